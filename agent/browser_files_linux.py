"""Which version is a browser, by the files installed with it? Starting a browser to ask takes a school PC's breath."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from agent.reading import text
from agent.system_linux import package_version

STATUS: Final = "/var/lib/dpkg/status"
STATUS_BYTES: Final = 64 << 20
"""Debian's account of what is installed, and the most that is read of it."""
PACKAGES: Final[Mapping[str, tuple[str, str]]] = {
    "/opt/google/chrome": ("chrome", "google-chrome-stable"),
    "/opt/microsoft/msedge": ("microsoft-edge", "microsoft-edge-stable"),
    "/usr/lib/chromium": ("chromium", "chromium"),
}
"""By the folder of a browser that comes as a package: its launcher in /usr/bin, and the package."""
_SCRIPT_BYTES: Final = 16 * 1024
_EXEC: Final = re.compile(r"^\s*exec\s+(/?[\w.-][\w./+-]*)(?:\s|$)", re.MULTILINE)


def program(path: str) -> str:
    """Return the program that a command leads to: the end of its links, or what a script of a line or two starts.

    A snap's command keeps its name: every snap is a link to one program that looks at the name it was called by.
    """
    for _ in range(3):
        if path.startswith("/snap/"):
            return path
        path = os.path.realpath(path)
        started = _EXEC.search(_script(path))
        found = shutil.which(started[1]) if started else None
        if found is None or os.path.realpath(found) == path:
            return path
        path = found
    return path


def _script(path: str) -> str:
    """Return a small script, "" for a program: those are large."""
    try:
        small = Path(path).stat().st_size <= _SCRIPT_BYTES
    except OSError:
        return ""
    held = text(path) if small else ""
    return held if held.startswith("#!") else ""


def version_said(path: str) -> str:
    """Return the version of a browser as its files write it ("153.7.0esr"); "" when none of them says it."""
    return next(filter(None, _sayings(path)), "")


def _sayings(path: str) -> Iterator[str]:
    """Yield what each file that may be there says of the browser at the path that `program` returned."""
    folder, name = os.path.split(path)
    yield parse_application(text(f"{folder}/application.ini"))
    if path.startswith("/snap/bin/"):
        yield parse_snap(text(f"/snap/{name}/current/meta/snap.yaml"))
    if folder.endswith("/exports/bin"):
        files = f"{folder.removesuffix('/exports/bin')}/app/{name}/current/active/files"
        yield parse_application(text(f"{files}/lib/firefox/application.ini"))
        yield parse_metainfo(text(f"{files}/share/metainfo/{name}.metainfo.xml"))
        yield parse_metainfo(text(f"{files}/share/appdata/{name}.appdata.xml"))
    for home, (launcher, package) in PACKAGES.items():
        # A package without its folder only leads to a snap, and has a version of its own.
        if (folder == home or path == f"/usr/bin/{launcher}") and Path(home).is_dir():
            yield package_version(text(STATUS, STATUS_BYTES), package) or ""


def parse_application(ini: str) -> str:
    """Read Firefox's application.ini: its version, with "esr" behind it when it comes from that branch."""
    version = re.search(r"^Version=([\d.]+)", ini, re.MULTILINE | re.ASCII)
    branch = re.search(r"^(?:SourceRepository=.*/mozilla-esr\d+|RemotingName=firefox-esr)\s*$", ini, re.MULTILINE)
    return f"{version[1]}{'esr' if branch else ''}" if version else ""


def parse_snap(yaml: str) -> str:
    """Read the version of a snap's own snap.yaml ("131.0.2-1", "128.5.0esr-1")."""
    version = re.search(r"""^version:\s*["']?(\d[\w.-]*)""", yaml, re.MULTILINE | re.ASCII)
    return version[1] if version else ""


def parse_metainfo(xml: str) -> str:
    """Read the first release, the newest, of what a Flatpak says of its program."""
    release = re.search(r"""<release\b[^>]*?\bversion=["'](\d[\w.-]*)["']""", xml, re.ASCII)
    return release[1] if release else ""
