"""What does a Mac answer? Each question is a short read, and a pure `parse_*` of what was read.

Written after Apple's documentation and recorded samples: **never run on a real Mac**.
"""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psutil

from agent import browsers_macos
from agent.hardware_macos import PROFILES, SYSCTLS, parse_cameras, parse_processor, parse_screens, parse_sound
from agent.lookup import farthest
from agent.network import NetworkAnswers
from agent.policies import Imposed, policies_of
from agent.proxy import Settings
from agent.proxy_linux import parse_suffixes
from agent.reaching import Known
from agent.reading import binary, said, text
from agent.system_macos import (
    parse_language,
    parse_plist,
    parse_ports,
    parse_protection,
    parse_proxies,
    parse_release,
    parse_roots,
    parse_route,
    parse_updates,
)
from checks.answers.browser import Browser, Policies
from checks.answers.hardware import Cameras, Disk, Firmware, Memory, Processor, Screen, Sound
from checks.answers.network import Interface, Network
from checks.answers.software import Program, ProgramAsked
from checks.answers.system import Language, Protection, Release, TrustStore, Updates
from checks.answers.ways import Link
from checks.machine import CannotAnswer

_SOFTWARE_UPDATE: Final = "com.apple.SoftwareUpdate.plist"
_KEYCHAINS: Final = (
    "/System/Library/Keychains/SystemRootCertificates.keychain",
    "/Library/Keychains/System.keychain",
)
_COMMAND_S: Final = 5.0
"""How long a command of the system may take."""


def proxy_settings() -> Settings:
    """Ask the system which proxies are set."""
    return parse_proxies(said(["/usr/sbin/scutil", "--proxy"], _COMMAND_S), parse_suffixes(text("/etc/resolv.conf")))


class MacMachine(NetworkAnswers):
    """Implements `checks.machine.Machine` on macOS; asks nothing that needs an administrator."""

    def __init__(self, known: Known | None = None) -> None:
        super().__init__(known)
        self._asking = threading.Lock()
        self._profiled: str | None = None

    def network(self) -> Network:
        """Read cards from the system, and whether a default route is there.

        Lit : les cartes et leurs adresses (par psutil), `networksetup -listallhardwareports`, `route -n get default`.
        """
        stats, addresses = psutil.net_if_stats(), psutil.net_if_addrs()
        kinds = parse_ports(said(["/usr/sbin/networksetup", "-listallhardwareports"], _COMMAND_S))
        cards = (
            Interface(
                kind=kinds.get(name, "virtual"),
                up=stat.isup,
                ipv4=farthest(a.address for a in addresses.get(name, []) if a.family.name == "AF_INET"),
                ipv6=farthest(a.address for a in addresses.get(name, []) if a.family.name == "AF_INET6"),
            )
            for name, stat in sorted(stats.items())
            if name != "lo0"
        )
        return Network(
            interfaces=tuple(cards),
            ipv4_route=parse_route(said(["/sbin/route", "-n", "get", "default"], _COMMAND_S)),
            ipv6_route=parse_route(said(["/sbin/route", "-n", "get", "-inet6", "default"], _COMMAND_S)),
            beyond=self._beyond(),
        )

    def links(self) -> tuple[Link, ...]:
        """Not read on macOS.

        Lit : rien.
        """
        raise CannotAnswer("not_supported")

    def _proxy_settings(self) -> Settings:
        """Ask the system.

        Lit : `scutil --proxy`, les domaines de recherche de `/etc/resolv.conf`.
        """
        return proxy_settings()

    def release(self) -> Release:
        """Read how the system names itself.

        Lit : `/System/Library/CoreServices/SystemVersion.plist`.
        """
        return parse_release(_plist("/System/Library/CoreServices/SystemVersion.plist"))

    def updates(self) -> Updates:
        """Read the settings of updates.

        Lit : `com.apple.SoftwareUpdate.plist` dans `/Library/Preferences` et `/Library/Managed Preferences`.
        """
        settings, imposed = (
            _plist(f"/Library/{folder}/{_SOFTWARE_UPDATE}") for folder in ("Preferences", "Managed Preferences")
        )
        return parse_updates(settings, imposed, datetime.now(UTC))

    def trust_store(self, roots_sha256: tuple[str, ...]) -> TrustStore:
        """Look for these roots in the system's keychains.

        Lit : les empreintes que donne `security find-certificate -a -Z` des trousseaux du système.
        """
        return parse_roots(
            said(["/usr/bin/security", "find-certificate", "-a", "-Z", *_KEYCHAINS], _COMMAND_S), roots_sha256
        )

    def language(self) -> Language:
        """Read the languages and keyboards of this session.

        Lit : `.GlobalPreferences.plist` et `com.apple.HIToolbox.plist` dans `~/Library/Preferences`.
        """
        names = (".GlobalPreferences.plist", "com.apple.HIToolbox.plist")
        everywhere, inputs = (_plist(f"~/Library/Preferences/{name}") for name in names)
        return parse_language(everywhere, inputs)

    def protection(self) -> Protection:
        """Ask the firewall.

        Lit : `socketfilterfw --getglobalstate`. macOS va sans antivirus ajouté.
        """
        return parse_protection(
            said(["/usr/libexec/ApplicationFirewall/socketfilterfw", "--getglobalstate"], _COMMAND_S)
        )

    def memory(self) -> Memory:
        """Read the system's count.

        Lit : la mémoire totale et disponible (par psutil).
        """
        seen = psutil.virtual_memory()
        return Memory(total_bytes=seen.total, available_bytes=seen.available)

    def disk(self) -> Disk:
        """Read the system's volume.

        Lit : la taille et la place libre du volume `/` (par psutil).
        """
        seen = psutil.disk_usage("/")
        return Disk(total_bytes=seen.total, free_bytes=seen.free)

    def processor(self) -> Processor:
        """Ask the kernel.

        Lit : `sysctl` : `hw.physicalcpu`, `hw.logicalcpu`, `hw.optional.arm64`, `machdep.cpu.family` et semblables.
        """
        return parse_processor(said(["/usr/sbin/sysctl", *SYSCTLS], _COMMAND_S))

    def screens(self) -> tuple[Screen, ...]:
        """Ask the system's own inventory.

        Lit : `system_profiler SPDisplaysDataType`.
        """
        return parse_screens(self._profile())

    def sound(self) -> Sound:
        """Ask the system's own inventory.

        Lit : `system_profiler SPAudioDataType`.
        """
        return parse_sound(self._profile())

    def cameras(self) -> Cameras:
        """Ask the system's own inventory.

        Lit : `system_profiler SPCameraDataType`.
        """
        return parse_cameras(self._profile())

    def firmware(self) -> Firmware:
        """Of no use on a Mac: no Windows goes there.

        Lit : rien.
        """
        raise CannotAnswer("not_supported")

    def browsers(self) -> tuple[Browser, ...]:
        """Read the browsers among the applications.

        Lit : les `Info.plist` de `/Applications`, `~/Applications` et `/System/Cryptexes/App/System/Applications`,
        `application.ini` de Firefox ; le choix du navigateur dans
        `com.apple.launchservices.secure.plist`.
        """
        return browsers_macos.browsers()

    def policies(self, hosts: tuple[str, ...]) -> Policies:
        """Read what management profiles impose on each browser.

        Lit : les fichiers de Chrome, Chromium, Edge et Firefox dans `/Library/Managed Preferences` ; `policies.json` de
        Firefox. Les règles de Safari ne sont pas lues.
        """
        return policies_of(self._imposed(), hosts)

    def _imposed(self) -> tuple[Imposed, ...]:
        return browsers_macos.imposed()

    def programs(self, asked: tuple[ProgramAsked, ...]) -> tuple[Program, ...]:
        """Look for the profile's names among applications.

        Lit : `/Applications` et `~/Applications`, aux seuls noms du profil.
        """
        return browsers_macos.programs(asked)

    def _profile(self) -> str:
        """Return what system_profiler says, asked once for all questions."""
        with self._asking:
            if self._profiled is None:
                self._profiled = said(["/usr/sbin/system_profiler", "-json", *PROFILES], 2 * _COMMAND_S)
            if not self._profiled:
                raise CannotAnswer("not_supported")
            return self._profiled


def _plist(path: str) -> dict[str, object]:
    return parse_plist(binary(str(Path(path).expanduser())) or b"")
