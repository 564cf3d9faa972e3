"""Which browser opens addresses on this desktop? Read where desktops write it, without starting a program.

Formats: freedesktop.org's "Association between MIME types and applications" 1.0; KDE's kdeglobals.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from agent.reading import text

_ASKED: Final = ("x-scheme-handler/https", "x-scheme-handler/http", "text/html")
_ALWAYS: Final = ("/var/lib/snapd/desktop", "/var/lib/flatpak/exports/share")
"""Where desktop files are as well, whatever the environment of a system service says."""
_ALTERNATIVE: Final = "/etc/alternatives/x-www-browser"


def default_browser(environment: Mapping[str, str] = os.environ) -> str:
    """Return the name of a desktop file ("firefox-esr.desktop") or of a program; "" when nothing says it."""
    home = environment.get("HOME") or "/nowhere"
    configuration = [environment.get("XDG_CONFIG_HOME") or f"{home}/.config"]
    configuration += (environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
    data = [environment.get("XDG_DATA_HOME") or f"{home}/.local/share"]
    data += (environment.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":")
    data += [folder for folder in _ALWAYS if folder not in data]
    desktops = [f"{name.lower()}-" for name in environment.get("XDG_CURRENT_DESKTOP", "").split(":") if name]
    lists = [
        f"{folder}/{desktop}mimeapps.list"
        for folder in (*configuration, *(f"{one}/applications" for one in data))
        for desktop in (*desktops, "")
    ]
    caches = [f"{one}/applications/{name}" for one in data for name in ("defaults.list", "mimeinfo.cache")]
    found = (*_by_kde(text(f"{configuration[0]}/kdeglobals")), *_by_lists(lists), *_by_caches(caches))
    return next((name for name in found if _is_there(name, data)), "") or _alternative()


def _by_lists(paths: Iterable[str]) -> Iterator[str]:
    held = [text(path) for path in paths]
    for kind in _ASKED:
        for said in held:
            yield from parse_associations(said, "Default Applications", kind)


def _by_caches(paths: Iterable[str]) -> Iterator[str]:
    held = [text(path) for path in paths]
    for kind in _ASKED:
        for said in held:
            yield from parse_associations(said, "Default Applications", kind)
            yield from parse_associations(said, "MIME Cache", kind)


def _by_kde(globals_: str) -> tuple[str, ...]:
    """Read what KDE's own setting names; it may be a command ("!firefox") in place of a desktop file."""
    part = re.search(r"^\[General\]\s*$(.*?)(?=^\[|\Z)", globals_, re.MULTILINE | re.DOTALL)
    said = re.search(r"^BrowserApplication(?:\[\$e\])?=([\w.-]+\.desktop)\s*$", part[1], re.MULTILINE) if part else None
    return (said[1],) if said else ()


def parse_associations(text: str, group: str, kind: str) -> tuple[str, ...]:
    """Read the desktop files of one type in one group of mimeapps.list or mimeinfo.cache, the preferred first."""
    inside = False
    for line in text.splitlines():
        if line.startswith("["):
            inside = line.strip() == f"[{group}]"
        elif inside and line.partition("=")[0].strip() == kind:
            return tuple(name for name in map(str.strip, line.partition("=")[2].split(";")) if name)
    return ()


def _is_there(name: str, data: Iterable[str]) -> bool:
    """Tell whether a desktop file is installed: a default outlives the browser it was about."""
    return "/" not in name and any(Path(one, "applications", name).is_file() for one in data)


def _alternative() -> str:
    """Return the program that Debian's own choice leads to; "" when it makes none."""
    return Path(os.path.realpath(_ALTERNATIVE)).name if Path(_ALTERNATIVE).exists() else ""
