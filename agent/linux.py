"""What does a Linux workstation answer? Each question is a short read, and a pure `parse_*` of what was read."""

import os
import platform
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import psutil

from agent import proxy_linux
from agent.links_linux import card_kind, gateway_sign, links, parse_ipv4_gateway
from agent.lookup import farthest
from agent.network import NetworkAnswers
from agent.proxy import Settings
from checks.answers.browser import Browser, Policies
from checks.answers.hardware import Cameras, Disk, Firmware, Memory, Processor, Screen, Sound
from checks.answers.network import Interface, Network
from checks.answers.software import Program, ProgramAsked
from checks.answers.system import Language, Protection, Release, TrustStore, Updates
from checks.answers.ways import Link
from checks.machine import CannotAnswer

_DISTRIBUTIONS: Final = ("debian", "ubuntu", "primtux", "linuxmint", "fedora", "opensuse")
BROWSERS: Final[Mapping[str, tuple[str, ...]]] = {
    "chrome": ("google-chrome", "google-chrome-stable", "/opt/google/chrome/chrome"),
    "chromium": ("chromium", "chromium-browser", "/snap/bin/chromium", "/usr/lib/chromium/chromium"),
    "edge": ("microsoft-edge", "microsoft-edge-stable", "/opt/microsoft/msedge/msedge"),
    "firefox": ("firefox", "/snap/bin/firefox", "/usr/lib/firefox/firefox", "/opt/firefox/firefox"),
    "firefox_esr": ("firefox-esr", "/usr/lib/firefox-esr/firefox-esr"),
}
"""Where each browser hides; the first that is there speaks for it."""
BROWSER_S: Final = 4.0
"""How long a browser may take to say its version."""


class LinuxMachine(NetworkAnswers):
    """Implements `checks.machine.Machine` on Linux; asks nothing that needs an administrator."""

    def network(self) -> Network:
        """Read cards from the system, routes from /proc."""
        stats, addresses = psutil.net_if_stats(), psutil.net_if_addrs()
        cards = (
            Interface(
                kind=card_kind(Path("/sys/class/net") / name),
                up=stat.isup,
                ipv4=farthest(a.address for a in addresses.get(name, []) if a.family.name == "AF_INET"),
                ipv6=farthest(a.address for a in addresses.get(name, []) if a.family.name == "AF_INET6"),
            )
            for name, stat in sorted(stats.items())
            if name != "lo"
        )
        routes = _text("/proc/net/route")
        beyond = self._beyond()  # first: asking is what makes the system look for its gateway
        return Network(
            interfaces=tuple(cards),
            ipv4_route=parse_ipv4_route(routes),
            ipv6_route=parse_ipv6_route(_text("/proc/net/ipv6_route")),
            gateway=gateway_sign(parse_ipv4_gateway(routes), _text("/proc/net/arp")),
            beyond=beyond,
        )

    def links(self) -> tuple[Link, ...]:
        """Ask the kernel about each card."""
        return links()

    def _proxy_settings(self) -> Settings:
        """Read the desktop's settings, else the environment's."""
        return proxy_linux.settings()

    def release(self) -> Release:
        """Read os-release."""
        return parse_release(platform.freedesktop_os_release(), bits=64 if sys.maxsize > 2**32 else 32)

    def memory(self) -> Memory:
        """Read the system's count."""
        seen = psutil.virtual_memory()
        return Memory(total_bytes=seen.total, available_bytes=seen.available)

    def disk(self) -> Disk:
        """Read the root volume; psutil's free is what an ordinary user may fill."""
        seen = psutil.disk_usage("/")
        return Disk(total_bytes=seen.total, free_bytes=seen.free)

    def browsers(self) -> tuple[Browser, ...]:
        """Look in every place where browsers hide, and ask each for its version."""
        default = parse_default(_said(["xdg-settings", "get", "default-web-browser"], 2.0))
        found: dict[str, Browser] = {}
        for name, places in BROWSERS.items():
            path = next((place for place in map(shutil.which, places) if place), None)
            real = os.path.realpath(path) if path else ""
            # Debian's `firefox` is often a link to firefox-esr: one browser, one line.
            if path and real not in found:
                version = parse_version(_said([path, "--version"], BROWSER_S))
                seen: Any = name
                is_default = None if default is None else default == name
                found[real] = Browser(name=seen, version=version, default=is_default)
        return tuple(found.values())

    def updates(self) -> Updates:
        """Not read yet."""
        raise CannotAnswer("not_supported")

    def trust_store(self, roots_sha256: tuple[str, ...]) -> TrustStore:  # noqa: ARG002 - not yet
        """Not read yet."""
        raise CannotAnswer("not_supported")

    def language(self) -> Language:
        """Not read yet."""
        raise CannotAnswer("not_supported")

    def protection(self) -> Protection:
        """Not read yet."""
        raise CannotAnswer("not_supported")

    def processor(self) -> Processor:
        """Not read yet."""
        raise CannotAnswer("not_supported")

    def screens(self) -> tuple[Screen, ...]:
        """Not read yet."""
        raise CannotAnswer("not_supported")

    def sound(self) -> Sound:
        """Not read yet."""
        raise CannotAnswer("not_supported")

    def cameras(self) -> Cameras:
        """Not read yet."""
        raise CannotAnswer("not_supported")

    def firmware(self) -> Firmware:
        """Not read yet."""
        raise CannotAnswer("not_supported")

    def policies(self, hosts: tuple[str, ...]) -> Policies:  # noqa: ARG002 - not yet
        """Not read yet."""
        raise CannotAnswer("not_supported")

    def programs(self, asked: tuple[ProgramAsked, ...]) -> tuple[Program, ...]:  # noqa: ARG002 - not yet
        """Not read yet."""
        raise CannotAnswer("not_supported")


def parse_ipv4_route(text: str) -> bool:
    """Look for a default route in /proc/net/route: destination and mask are zero, and it is up (flag 1)."""
    rows = (line.split() for line in text.splitlines()[1:])
    return any(len(r) > 7 and r[1] == r[7] == "00000000" and int(r[3], 16) & 1 for r in rows)


def parse_ipv6_route(text: str) -> bool:
    """Look for a default route in /proc/net/ipv6_route: ::/0, up, by a real card, and not a refusal (flag 0x200)."""
    rows = (line.split() for line in text.splitlines())
    return any(
        len(r) > 9 and r[0] == "0" * 32 and r[1] == "00" and int(r[8], 16) & 0x201 == 1 and r[9] != "lo" for r in rows
    )


def parse_release(names: Mapping[str, str], *, bits: Any) -> Release:
    """Read a distribution and its version from os-release."""
    words = [names.get("ID", "").lower(), *names.get("ID_LIKE", "").lower().split()]
    distribution: Any = words[0] if words[0] in _DISTRIBUTIONS else "other"
    if "primtux" in (names.get("NAME", "") + names.get("PRETTY_NAME", "")).lower():
        distribution = "primtux"
    elif words[0].startswith("opensuse"):
        distribution = "opensuse"
    return Release(
        family="linux",
        distribution=distribution,
        version=tuple(int(part) for part in re.findall(r"\d+", names.get("VERSION_ID", ""))[:3]),
        build=None,
        edition="",
        extended_support=None,
        bits=bits,
    )


def parse_version(text: str) -> tuple[int, ...]:
    """Read the first version number of what a browser says; () when it says none."""
    found = re.search(r"\d+(?:\.\d+)+", text)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def parse_default(text: str) -> str | None:
    """Read which browser a desktop file is; None when it is none we know."""
    name = text.strip().removesuffix(".desktop").rpartition("_")[2]
    table = {place: browser for browser, places in BROWSERS.items() for place in places if "/" not in place}
    return table.get(name)


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""  # no such table on this kernel: no such route


def _said(command: list[str], within_s: float) -> str:
    """Return what a known program prints; "" when it is not there, fails, or has not said it in time."""
    try:
        child = subprocess.Popen(  # noqa: S603 - a fixed name of the table above
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError:
        return ""
    try:
        return child.communicate(timeout=within_s)[0]
    except subprocess.TimeoutExpired:
        # A browser's launcher has children of its own: end the whole group, or the pipe stays open.
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        return ""
