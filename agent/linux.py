"""What does a Linux workstation answer? Each question is a short read, and a pure `parse_*` of what was read."""

import os
import shutil
import sys
from datetime import date
from pathlib import Path
from typing import Final

import psutil

from agent import browsers_linux, links_linux, proxy_linux
from agent.hardware_linux import (
    parse_cameras,
    parse_connectors,
    parse_firmware,
    parse_processor,
    parse_sound,
    parse_xrandr,
)
from agent.lookup import farthest
from agent.network import NetworkAnswers
from agent.policies import Imposed, policies_of
from agent.proxy import Settings
from agent.reading import age_days, binary, log, said, text
from agent.system_linux import (
    parse_automatic,
    parse_history,
    parse_language,
    parse_packages,
    parse_protection,
    parse_release,
    parse_roots,
)
from agent.trust import BUNDLES
from checks.answers.browser import Browser, Policies
from checks.answers.hardware import Cameras, Disk, Firmware, Memory, Processor, Screen, Sound
from checks.answers.network import Interface, Network
from checks.answers.software import Program, ProgramAsked
from checks.answers.system import Language, Protection, Release, TrustStore, Updates
from checks.answers.ways import Link
from checks.machine import CannotAnswer

_APT_LOGS: Final = ("/var/log/apt/history.log.1.gz", "/var/log/apt/history.log")
_LOCALES: Final = ("/etc/locale.conf", "/etc/default/locale")
_KEYBOARDS: Final = ("/etc/X11/xorg.conf.d/00-keyboard.conf", "/etc/default/keyboard", "/etc/vconsole.conf")
_SECURE_BOOT: Final = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
_WANTED: Final = "/etc/systemd/system/multi-user.target.wants"


class LinuxMachine(NetworkAnswers):
    """Implements `checks.machine.Machine` on Linux; asks nothing that needs an administrator."""

    def network(self) -> Network:
        """Read cards from the system, routes from /proc.

        Lit : les cartes et leurs adresses (par psutil), `/proc/net/route`, `/proc/net/ipv6_route`, `/proc/net/arp`,
        `/sys/class/net`.
        """
        stats, addresses = psutil.net_if_stats(), psutil.net_if_addrs()
        cards = (
            Interface(
                kind=links_linux.card_kind(Path("/sys/class/net") / name),
                up=stat.isup,
                ipv4=farthest(a.address for a in addresses.get(name, []) if a.family.name == "AF_INET"),
                ipv6=farthest(a.address for a in addresses.get(name, []) if a.family.name == "AF_INET6"),
            )
            for name, stat in sorted(stats.items())
            if name != "lo"
        )
        routes = text("/proc/net/route")
        beyond = self._beyond()  # first: asking is what makes the system look for its gateway
        return Network(
            interfaces=tuple(cards),
            ipv4_route=links_linux.parse_ipv4_route(routes),
            ipv6_route=links_linux.parse_ipv6_route(text("/proc/net/ipv6_route")),
            gateway=links_linux.gateway_sign(links_linux.parse_ipv4_gateway(routes), text("/proc/net/arp")),
            beyond=beyond,
        )

    def links(self) -> tuple[Link, ...]:
        """Ask the kernel about each card.

        Lit : `/sys/class/net`, `/proc/net/route`, `/proc/net/wireless`, ioctl `SIOCETHTOOL`, `iw dev … link`.
        """
        return links_linux.links()

    def _proxy_settings(self) -> Settings:
        """Read the desktop's settings, else the environment's.

        Lit : `gsettings` (GNOME), `kioslaverc` (KDE), `https_proxy`, `http_proxy`, `no_proxy`, `auto_proxy`,
        `/etc/resolv.conf`.
        """
        return proxy_linux.settings()

    def release(self) -> Release:
        """Read how the distribution names itself, and Ubuntu Pro's account of itself.

        Lit : `/etc/os-release` (à défaut `/usr/lib/os-release`), `/var/lib/ubuntu-advantage/status.json`.
        """
        names = text("/etc/os-release") or text("/usr/lib/os-release")
        bits = 64 if sys.maxsize > 2**32 else 32
        return parse_release(names, bits=bits, pro_status=text("/var/lib/ubuntu-advantage/status.json"))

    def updates(self) -> Updates:
        """Read apt's history and settings.

        Lit : `/var/log/apt/history.log` et le précédent, les dates de `/var/lib/apt/lists` et de
        `/var/lib/apt/periodic/update-success-stamp`, `/etc/apt/apt.conf.d`, la présence de `/run/reboot-required`.
        """
        if not Path("/var/lib/dpkg/status").exists():
            raise CannotAnswer("not_supported")
        days = [day for day in (parse_history(log(path)) for path in _APT_LOGS) if day]
        settings = "\n".join(text(path) for path in sorted(Path("/etc/apt/apt.conf.d").glob("*")))
        looked_for = [age_days(path) for path in ("/var/lib/apt/periodic/update-success-stamp", "/var/lib/apt/lists")]
        return Updates(
            installed_days=max((date.today() - max(days)).days, 0) if days else None,  # noqa: DTZ011 - apt's is local too
            looked_for_days=min((days for days in looked_for if days is not None), default=None),
            automatic=parse_automatic(settings),
            restart_pending=Path("/run/reboot-required").exists() or None,
        )

    def trust_store(self, roots_sha256: tuple[str, ...]) -> TrustStore:
        """Read the system's bundle of roots.

        Lit : le magasin de certificats du système (`/etc/ssl/certs/ca-certificates.crt` sur Debian et Ubuntu).
        """
        return parse_roots(_first(BUNDLES), roots_sha256)

    def language(self) -> Language:
        """Read the session's language, else the system's, and the keyboard of its files.

        Lit : les variables `LANGUAGE`, `LC_ALL`, `LC_MESSAGES`, `LANG`, `/etc/locale.conf` ou `/etc/default/locale`,
        `/etc/X11/xorg.conf.d/00-keyboard.conf`, `/etc/default/keyboard` ou `/etc/vconsole.conf`.
        """
        return parse_language(os.environ, _first(_LOCALES), _first(_KEYBOARDS))

    def protection(self) -> Protection:
        """See which firewall starts with the system.

        Lit : `/etc/ufw/ufw.conf`, la mise en service de `firewalld` et de `nftables`. Linux va sans antivirus.
        """
        firewalld, nftables = (Path(_WANTED, f"{name}.service").exists() for name in ("firewalld", "nftables"))
        return parse_protection(text("/etc/ufw/ufw.conf"), firewalld=firewalld, nftables=nftables)

    def memory(self) -> Memory:
        """Read the system's count.

        Lit : `/proc/meminfo` (par psutil).
        """
        seen = psutil.virtual_memory()
        return Memory(total_bytes=seen.total, available_bytes=seen.available)

    def disk(self) -> Disk:
        """Read the root volume; psutil's free is what an ordinary user may fill.

        Lit : la taille et la place libre du volume `/` (par psutil).
        """
        seen = psutil.disk_usage("/")
        return Disk(total_bytes=seen.total, free_bytes=seen.free)

    def processor(self) -> Processor:
        """Read the kernel's account of it.

        Lit : `/proc/cpuinfo`, `/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq`.
        """
        khz = text("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq")
        return parse_processor(text("/proc/cpuinfo"), os.uname().machine, khz)

    def screens(self) -> tuple[Screen, ...]:
        """Ask the session's X server, else read the kernel's connectors.

        Lit : `xrandr --current` dans une session X ; sinon `/sys/class/drm` (la définition propre de l'écran).
        """
        shown = parse_xrandr(said(["xrandr", "--current"], 2.0)) if os.environ.get("DISPLAY") else ()
        folders = sorted(Path("/sys/class/drm").glob("card*-*"))
        return shown or parse_connectors(
            (text(folder / "status"), text(folder / "enabled"), text(folder / "modes")) for folder in folders
        )

    def sound(self) -> Sound:
        """Read ALSA's list.

        Lit : `/proc/asound/pcm`.
        """
        return parse_sound(text("/proc/asound/pcm"))

    def cameras(self) -> Cameras:
        """Read the kernel's list.

        Lit : `/sys/class/video4linux` (le rang de chaque entrée et le nom de son pilote).
        """
        folders = sorted(Path("/sys/class/video4linux").glob("*"))
        return parse_cameras((text(f / "index"), os.path.realpath(f / "device/driver")) for f in folders)

    def firmware(self) -> Firmware:
        """Read what the kernel says of firmware and TPM.

        Lit : la présence de `/sys/firmware/efi`, sa variable `SecureBoot`, `/sys/class/tpm/*/tpm_version_major`.
        """
        tpms = {folder.name: text(folder / "tpm_version_major") for folder in Path("/sys/class/tpm").glob("tpm?")}
        efi = Path("/sys/firmware/efi").is_dir()
        return parse_firmware(efi=efi, secure_boot=binary(_SECURE_BOOT), tpm_versions=tpms)

    def browsers(self) -> tuple[Browser, ...]:
        """Look in every place where browsers hide, and read the version of each.

        Lit : les commandes du `PATH` (`/usr/bin`), `/opt`, `/usr/lib`, `/snap`, `/var/lib/flatpak` et le dossier de
        Flatpak du compte ; de chacun, `application.ini`, `snap.yaml`, `metainfo.xml`, ou sa version dans
        `/var/lib/dpkg/status` ; à défaut, ce qu'il répond à `--version`. Celui par défaut : `mimeapps.list`
        (dossier du compte, `/etc/xdg`, `/usr/share/applications`), `mimeinfo.cache`, `kdeglobals`,
        `/etc/alternatives/x-www-browser`.
        """
        return browsers_linux.browsers()

    def policies(self, hosts: tuple[str, ...]) -> Policies:
        """Read what is imposed on each.

        Lit : `/etc/opt/chrome/policies/managed`, `/etc/chromium/policies/managed`, `/etc/opt/edge/policies/managed`,
        `policies.json` de Firefox (`/etc/firefox/policies` ou son dossier `distribution`), les commandes
        (`/usr/bin`) qui disent quels navigateurs sont là.
        """
        return policies_of(self._imposed(), hosts)

    def _imposed(self) -> tuple[Imposed, ...]:
        return browsers_linux.imposed()

    def programs(self, asked: tuple[ProgramAsked, ...]) -> tuple[Program, ...]:
        """Look for the profile's names among packages, then among commands.

        Lit : `/var/lib/dpkg/status`, aux seuls noms du profil ; à défaut, les commandes de ce nom dans le `PATH`.
        """
        status = text("/var/lib/dpkg/status", most_bytes=64 << 20)
        return tuple(_program(one, status) for one in asked)


def _program(asked: ProgramAsked, status: str) -> Program:
    version = parse_packages(status, asked.linux)
    there = version is not None or any(shutil.which(name) for name in asked.linux)
    return Program(program=asked.program, installed=there if asked.linux else None, version=version or ())


def _first(paths: tuple[str, ...]) -> str:
    """Return the first of some files that holds something."""
    return next((held for held in map(text, paths) if held.strip()), "")
