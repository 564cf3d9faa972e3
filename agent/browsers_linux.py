"""Where do browsers hide on Linux, which is the default one, and what is imposed on them?"""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from agent.browser_files_linux import program, version_said
from agent.default_browser_linux import default_browser
from agent.policies import Imposed, merged
from agent.reading import permitted, said
from agent.side_by_side import ask_each
from checks.answers.browser import Bound, Browser

COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "chrome": ("google-chrome", "google-chrome-stable"),
    "chromium": ("chromium", "chromium-browser"),
    "edge": ("microsoft-edge", "microsoft-edge-stable"),
    "firefox_esr": ("firefox-esr",),
    "firefox": ("firefox",),
}
WITHOUT_COMMAND: Final[Mapping[str, str]] = {
    "chrome": "/opt/google/chrome/chrome",
    "chromium": "/usr/lib/chromium/chromium",
    "edge": "/opt/microsoft/msedge/msedge",
    "firefox_esr": "/usr/lib/firefox-esr/firefox-esr",
    "firefox": "/usr/lib/firefox/firefox",
}
"""Where each is when the PATH, as a system service has it, does not lead to it."""
APART: Final = (
    ("firefox", "/opt/firefox/firefox"),
    ("firefox", "/snap/bin/firefox"),
    ("chromium", "/snap/bin/chromium"),
)
"""Installed beside those of the distribution."""
FLATPAKS: Final[Mapping[str, str]] = {
    "com.google.Chrome": "chrome",
    "org.chromium.Chromium": "chromium",
    "com.microsoft.Edge": "edge",
    "org.mozilla.firefox": "firefox",
}
FLATPAK_FOLDERS: Final = ("/var/lib/flatpak/exports/bin", "~/.local/share/flatpak/exports/bin")
POLICIES: Final[Mapping[Bound, tuple[str, ...]]] = {
    "chrome": ("/etc/opt/chrome/policies/managed",),
    "chromium": ("/etc/chromium/policies/managed", "/etc/chromium-browser/policies/managed"),
    "edge": ("/etc/opt/edge/policies/managed",),
    "firefox": (
        "/etc/firefox/policies/policies.json",
        "/usr/lib/firefox/distribution/policies.json",
        "/usr/lib64/firefox/distribution/policies.json",
        "/usr/lib/firefox-esr/distribution/policies.json",
        "/usr/share/firefox-esr/distribution/policies.json",
        "/opt/firefox/distribution/policies.json",
    ),
}
"""Folders of JSON files, all of which bind; for Firefox, files of which the first binds."""
BROWSER_S: Final = 4.0
"""How long a browser may take to say its version."""


def found() -> Iterator[tuple[str, str]]:
    """Yield (name, path) of every browser, each program once: Debian's `firefox` is a script that starts its ESR."""
    seen: set[str] = set()
    usual = [(name, [shutil.which(one) for one in commands]) for name, commands in COMMANDS.items()]
    listed = [(name, path) for name, paths in usual for path in paths if path]
    listed += [(name, WITHOUT_COMMAND[name]) for name, paths in usual if not any(paths)]
    for name, path in (*listed, *APART):
        real = program(path)
        if real not in seen and os.access(real, os.X_OK):
            seen.add(real)
            yield name, real
    for folder in FLATPAK_FOLDERS:
        for file, name in FLATPAKS.items():
            path = os.path.expanduser(f"{folder}/{file}")  # noqa: PTH111 - no home is no error
            if os.access(path, os.X_OK):
                yield name, path


def browsers() -> tuple[Browser, ...]:
    """Read the version of every browser, asking only those whose files do not say it, and which is the default one."""
    default = parse_default(default_browser())

    def ask(one: tuple[str, str]) -> Browser:
        version = version_said(one[1]) or said([one[1], "--version"], BROWSER_S)
        return parse_browser(one[0], one[1], version, default)

    def late(one: tuple[str, str]) -> Browser:
        return parse_browser(one[0], one[1], "", default)

    every = ask_each(ask, tuple(found()), within_s=BROWSER_S + 0.5, otherwise=late)
    return tuple(dict.fromkeys(every))  # a launcher and what it starts are alike in all we tell


def parse_browser(name: str, path: str, version: str, default: str | None) -> Browser:
    """Read one browser from the name and path it was found by and what it says of itself ("… 128.5.0esr")."""
    place: Any = "machine"
    if "/snap/" in path:
        place = "snap"
    elif "/flatpak/" in path:
        place = "flatpak"
    esr = name == "firefox" and re.search(r"\d(?i:esr)\b", version)
    named: Any = "firefox_esr" if esr else name
    is_default = None if default is None else default in (name, named)
    return Browser(name=named, version=parse_version(version), default=is_default, place=place)


def parse_version(text: str) -> tuple[int, ...]:
    """Read the first version number of what a browser says; () when it says none."""
    said_it = re.search(r"\d{1,9}(?:\.\d{1,9})+", text, re.ASCII)
    return tuple(int(part) for part in said_it[0].split(".")[:5]) if said_it else ()


def parse_default(text: str) -> str | None:
    """Read which browser a desktop file is; None when it is none we know."""
    name = text.strip().removesuffix(".desktop")
    if name in FLATPAKS:
        return FLATPAKS[name]
    name = name.rpartition("_")[2]
    return next((browser for browser, commands in COMMANDS.items() if name in commands), None)


def imposed() -> tuple[Imposed, ...]:
    """Read what is imposed on each browser of this workstation; on Linux, for everybody only."""
    names = {"firefox" if name == "firefox_esr" else name for name, _ in found()}
    return tuple(_imposed(browser, places, browser in names) for browser, places in POLICIES.items())


def _imposed(browser: Bound, places: tuple[str, ...], installed: bool) -> Imposed:
    def one(state: Any, policies: Mapping[str, object]) -> Imposed:
        return Imposed(browser=browser, scope="machine", installed=installed, state=state, policies=policies)

    try:
        texts = [permitted(file) for place in places for file in _files(Path(place))]
        if not texts:
            return one("absent", {})
        if browser != "firefox":
            return one("read", merged(texts))
        table = merged(texts[:1]).get("policies")
        return one("read", table) if isinstance(table, dict) else one("unreadable", {})
    except (OSError, ValueError):
        return one("unreadable", {})


def _files(place: Path) -> list[Path]:
    """Return the policy files of a place; raises PermissionError when the place may not be looked into."""
    if place.suffix == ".json":
        return [place] if place.exists() else []
    try:
        return sorted(file for file in place.iterdir() if file.suffix == ".json")
    except (FileNotFoundError, NotADirectoryError):
        return []
