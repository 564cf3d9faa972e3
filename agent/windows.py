"""What does a Windows workstation answer? Each question is a short read, and a pure `parse_*` of what was read."""

import ctypes
import platform
import ssl
import sys
import threading
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

import psutil

from agent.network import NetworkAnswers
from agent.policies import Imposed, policies_of
from agent.proxy import Settings
from agent.reaching import Known
from agent.win32 import browsers, cards, hardware, policies, session, system, winhttp, wmi
from agent.win32.libraries import library
from agent.win32.registry import LiveRegistry, Registry, number
from checks.answers.browser import Browser, Policies
from checks.answers.hardware import Cameras, Disk, Firmware, Memory, Processor, Screen, Sound
from checks.answers.network import Interface, Network
from checks.answers.software import Program, ProgramAsked
from checks.answers.system import Language, Protection, Release, Root, TrustStore, Updates
from checks.answers.ways import Link
from checks.machine import CannotAnswer

RootState = Literal["trusted", "absent", "distrusted"]
_POWERSHELL: Final = Path("System32", "WindowsPowerShell", "v1.0", "powershell.exe")


class WindowsMachine(NetworkAnswers):
    """Implements `checks.machine.Machine` on Windows; asks nothing that needs an administrator."""

    def __init__(self, known: Known | None = None, registry: Registry | None = None) -> None:
        super().__init__(known)
        self._registry: Registry = registry or LiveRegistry()
        self._asking = threading.Lock()
        self._said: wmi.Said | None = None

    def network(self) -> Network:
        """Read cards and routes from the system.

        Lit : GetIfTable2, GetIpForwardTable2 et GetAdaptersAddresses (iphlpapi).
        """
        addresses = cards.addresses()
        found = (
            Interface(kind=card.kind, up=card.up, **addresses.get(card.index, {"ipv4": None, "ipv6": None}))
            for card in cards.cards()
        )
        ipv4, ipv6 = cards.routes()
        return Network(interfaces=tuple(found), ipv4_route=ipv4, ipv6_route=ipv6, beyond=self._beyond())

    def links(self) -> tuple[Link, ...]:
        """Read what each card agreed on; Windows does not tell what the other end offered.

        Lit : GetIfTable2, GetIpForwardTable2 (iphlpapi) ; WMI MSFT_NetAdapter (duplex) ; la radio (wlanapi).
        """
        return cards.links(self._wmi().duplex)

    def _proxy_settings(self) -> Settings:
        r"""Ask Windows what is set for this account, or for everybody.

        Lit : WinHttpGetIEProxyConfigForCurrentUser, WinHttpDetectAutoProxyConfigUrl (winhttp) ; registre
        HKLM\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings.
        """
        return winhttp.settings()

    def release(self) -> Release:
        r"""Read which Windows this is, and whether it still gets paid updates.

        Lit : registre HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion ; pour Windows 10 seulement, l'état des
        licences ESU (WMI SoftwareLicensingProduct) et HKCU\…\ConsumerESU.
        """
        current = self._registry.values(system.CURRENT)
        said = self._wmi() if system.may_have_extended_support(current) else wmi.Said()
        consumer = self._registry.values(system.CONSUMER_ESU) if session.is_somebodys() else None
        return system.parse_release(current, bits=_bits(), said=said, consumer_esu=consumer)

    def updates(self) -> Updates:
        r"""Read how updates go.

        Lit : dates de Windows Update (COM Microsoft.Update.AutoUpdate, sinon registre HKLM\…\Auto Update) ; stratégie
        HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU ; clés RebootRequired et RebootPending.
        """
        return system.read_updates(self._registry, self._wmi(), datetime.now(UTC))

    def trust_store(self, roots_sha256: tuple[str, ...]) -> TrustStore:
        r"""Look for these roots, and for no other, in the stores of the machine and of this account.

        Lit : magasins de certificats ROOT et Disallowed ; stratégie HKLM\…\SystemCertificates\AuthRoot.
        """
        trusted, distrusted = _store("ROOT"), _store("Disallowed")
        found = (Root(root_sha256=one, state=_state(one, trusted, distrusted)) for one in roots_sha256)
        refused = number(self._registry.values(system.ROOT_POLICY), "DisableRootAutoUpdate") == 1
        return TrustStore(roots=tuple(found), fetches_roots=not refused)

    def language(self) -> Language:
        r"""Read the language and keyboard of this session.

        Lit : GetUserDefaultUILanguage ; registre HKCU\Keyboard Layout\Preload et Substitutes.
        """
        _need_session()
        preload, others = map(self._registry.values, (system.KEYBOARDS, system.SUBSTITUTES))
        return system.parse_language(session.interface_language(), preload, others)

    def protection(self) -> Protection:
        r"""Read what the Security Centre and the firewall's settings say.

        Lit : WMI root\SecurityCenter2 (état des antivirus et pare-feu, sans leur nom) ; registre
        HKLM\…\SharedAccess\Parameters\FirewallPolicy et HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall.
        """
        expected = system.parse_edition(self._registry.values(system.CURRENT)) != "server"
        return system.read_protection(self._registry, self._wmi(), expected=expected)

    def memory(self) -> Memory:
        """Read the system's count.

        Lit : GlobalMemoryStatusEx.
        """
        seen = psutil.virtual_memory()
        return Memory(total_bytes=seen.total, available_bytes=seen.available)

    def disk(self) -> Disk:
        """Read the volume Windows is on; free is what this account may fill.

        Lit : GetDiskFreeSpaceEx sur le volume de Windows.
        """
        seen = psutil.disk_usage(windows_folder().anchor)
        return Disk(total_bytes=seen.total, free_bytes=seen.free)

    def processor(self) -> Processor:
        r"""Read the processor's own numbers.

        Lit : registre HKLM\HARDWARE\DESCRIPTION\System\CentralProcessor\0 ; GetLogicalProcessorInformationEx.
        """
        cores, threads = psutil.cpu_count(logical=False), psutil.cpu_count() or 1
        values = self._registry.values(hardware.PROCESSOR)
        return hardware.parse_processor(values, cores=cores, threads=threads, bits=_bits())

    def screens(self) -> tuple[Screen, ...]:
        """Ask for each screen of this session.

        Lit : EnumDisplayMonitors, EnumDisplaySettings, GetDpiForMonitor.
        """
        _need_session()
        return session.screens()

    def sound(self) -> Sound:
        """Count ways for sound to come out and in.

        Lit : waveOutGetNumDevs et waveInGetNumDevs (winmm).
        """
        _need_session()
        return hardware.sound()

    def cameras(self) -> Cameras:
        r"""Count cameras, and read whether this session may use them.

        Lit : liste des interfaces de la classe « caméra » (cfgmgr32) ; registre
        …\CapabilityAccessManager\ConsentStore\webcam et stratégie HKLM\SOFTWARE\Policies\Microsoft\Windows\AppPrivacy.
        """
        found = hardware.cameras(self._registry, session=session.is_somebodys())
        if found is None:
            raise CannotAnswer("not_supported")
        return found

    def firmware(self) -> Firmware:
        r"""Read what a new system would ask of the firmware.

        Lit : GetFirmwareType ; registre HKLM\SYSTEM\CurrentControlSet\Control\SecureBoot\State ;
        Tbsi_GetDeviceInfo (tbs).
        """
        return hardware.read_firmware(self._registry, starts_by=hardware.starts_by(), tpm=hardware.tpm())

    def browsers(self) -> tuple[Browser, ...]:
        r"""Look in every place of the registry where a browser says that it is installed.

        Lit : registre, clés Uninstall (64 et 32 bits, machine et compte), Google\Update et EdgeUpdate (pv), BLBeacon,
        Mozilla Firefox ; choix du navigateur par défaut HKCU\…\https\UserChoiceLatest et UserChoice.
        """
        return browsers.read_browsers(self._registry, session=session.is_somebodys())

    def policies(self, hosts: tuple[str, ...]) -> Policies:
        r"""Read what is imposed on each browser, for everybody and for this account.

        Lit : registre HKLM et HKCU, clés SOFTWARE\Policies de Chrome, Chromium, Edge et Firefox, aux seuls noms des
        règles sur adresses, JavaScript, cookies, fenêtres et proxys ; policies.json de Firefox.
        """
        return policies_of(self._imposed(), hosts)

    def _imposed(self) -> tuple[Imposed, ...]:
        here = session.is_somebodys()
        names = [browser.name for browser in browsers.read_browsers(self._registry, session=here)]
        return policies.read_policies(self._registry, installed=names, session=here)

    def programs(self, asked: tuple[ProgramAsked, ...]) -> tuple[Program, ...]:
        """Look for each program the profile names.

        Lit : registre, clés Uninstall et App Paths ; seuls les noms du profil sont comparés.
        """
        return browsers.read_programs(self._registry, asked)

    def _wmi(self) -> wmi.Said:
        """Return what WMI says, asked once for all questions."""
        with self._asking:
            if self._said is None:
                esu = system.may_have_extended_support(self._registry.values(system.CURRENT))
                self._said = wmi.ask(windows_folder() / _POWERSHELL, esu=esu)
            return self._said


def too_old() -> str:
    """Say why this Windows is not audited by the agent, in French; "" when it is."""
    return system.parse_too_old(LiveRegistry().values(system.CURRENT), _bits())


def _need_session() -> None:
    """Close the door on what only somebody's session sees; raises `CannotAnswer`."""
    if not session.is_somebodys():
        raise CannotAnswer("not_permitted")


def windows_folder() -> Path:
    """Return where Windows is, by Windows itself: the environment is anybody's to change."""
    found = ctypes.create_unicode_buffer(260)
    library("kernel32").GetSystemWindowsDirectoryW(found, len(found))
    return Path(found.value)


def _bits() -> Literal[32, 64]:
    """Return how many bits the system has, whatever this program has."""
    return 64 if platform.machine().endswith("64") else 32


if sys.platform == "win32":

    def _store(name: str) -> frozenset[str]:
        return frozenset(sha256(der).hexdigest() for der, _, _ in ssl.enum_certificates(name))

else:

    def _store(name: str) -> frozenset[str]:  # noqa: ARG001 - the same shape everywhere
        return frozenset()


def _state(root: str, trusted: frozenset[str], distrusted: frozenset[str]) -> RootState:
    return "distrusted" if root in distrusted else "trusted" if root in trusted else "absent"
