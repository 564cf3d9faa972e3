"""What did each network card of a Linux workstation agree on with the other end? Read without any right."""

import re
import shutil
import socket
import struct
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from agent.reading import text
from checks.answers.network import Sign
from checks.answers.ways import Band, Link

_SYS: Final = Path("/sys/class/net")
_ETHTOOL: Final = 0x8946  # SIOCETHTOOL
_GLINKSETTINGS: Final = 0x4C  # ETHTOOL_GLINKSETTINGS
_HEAD: Final = struct.Struct("=IIBBBBBBBbBBBB7I")
"""struct ethtool_link_settings: command, speed, duplex, …, the number of words of each mask as its eighth byte."""
_MODES: Final[Mapping[int, int]] = {
    **dict.fromkeys((0, 1), 10),
    **dict.fromkeys((2, 3), 100),
    **dict.fromkeys((4, 5, 17), 1000),
    15: 2500,
    47: 2500,
    48: 5000,
    **dict.fromkeys((12, 18, 19), 10_000),
}
"""ETHTOOL_LINK_MODE_* bits of copper and backplane cards, and their speeds in Mbit/s."""
_IW_S: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What a card's driver says; None where it does not."""

    speed_kbps: int | None = None
    able_kbps: int | None = None
    offered_kbps: int | None = None
    duplex: Any = None


def links() -> tuple[Link, ...]:
    """Describe each card but loopback."""
    carrying = parse_ipv4_carrier(text(Path("/proc/net/route")))
    wireless = text(Path("/proc/net/wireless"))
    names = sorted(path.name for path in _SYS.iterdir()) if _SYS.is_dir() else []
    return tuple(_link(name, name == carrying, wireless) for name in names if name != "lo")


def _link(name: str, carries: bool, wireless: str) -> Link:
    device, kind = _SYS / name, card_kind(_SYS / name)
    up = text(device / "carrier").strip() == "1"
    wifi = kind == "wifi"
    said = _iw(name) if wifi and up else ""
    agreed = Agreed(speed_kbps=parse_iw_rate(said)) if wifi else _agreed(name)
    return Link(
        kind=kind,
        up=up,
        carries=carries,
        radio_off=_radio_off(device) if wifi else None,
        speed_kbps=agreed.speed_kbps if up else None,
        able_kbps=agreed.able_kbps,
        offered_kbps=agreed.offered_kbps if up else None,
        duplex=agreed.duplex if up else None,
        signal_percent=parse_wireless(wireless, name) if wifi and up else None,
        band=parse_iw_band(said),
    )


def card_kind(device: Path) -> Any:
    """Tell a card's kind from its folder under /sys/class/net."""
    if (device / "wireless").exists() or (device / "phy80211").exists():
        return "wifi"
    return "wired" if (device / "device").exists() else "virtual"


def parse_link_settings(raw: bytes) -> Agreed:
    """Read struct ethtool_link_settings and the masks after it: supported, advertised, and the other end's."""
    fields = _HEAD.unpack_from(raw)
    speed, duplex, words = fields[1], fields[2], fields[9]
    masks = struct.unpack_from(f"={3 * words}I", raw, _HEAD.size) if words > 0 else ()
    able, _, offered = (_fastest(masks[n * words : (n + 1) * words]) for n in range(3)) if masks else (None,) * 3
    return Agreed(
        speed_kbps=speed * 1000 if 0 < speed < 2**31 else None,  # unknown is -1
        able_kbps=able,
        offered_kbps=offered,
        duplex={0: "half", 1: "full"}.get(duplex),
    )


def parse_ipv4_gateway(routes: str) -> str:
    """Return the address of the default gateway in /proc/net/route; "" when there is none."""
    row = _default_row(routes)
    return socket.inet_ntoa(struct.pack("=I", int(row[2], 16))) if row and int(row[2], 16) else ""


def parse_ipv4_carrier(routes: str) -> str:
    """Return the name of the card that the default route leaves by; "" when there is none."""
    row = _default_row(routes)
    return row[0] if row else ""


def gateway_sign(gateway: str, arp: str) -> Sign:
    """Tell from /proc/net/arp whether the gateway was found on the wire: its entry is complete (flag 2), or is not."""
    for line in arp.splitlines()[1:]:
        row = line.split()
        if len(row) > 3 and row[0] == gateway:
            return "answers" if int(row[2], 16) & 2 else "silent"
    return "unknown"


def parse_wireless(text: str, name: str) -> int | None:
    """Read a card's link quality, of 70, from /proc/net/wireless; percent, None when it is not there."""
    found = re.search(rf"^\s*{re.escape(name)}:\s+\w+\s+(\d+)\.?", text, re.MULTILINE)
    return min(round(int(found[1]) * 100 / 70), 100) if found else None


def parse_iw_rate(text: str) -> int | None:
    """Read the slower of the two rates that `iw dev … link` prints, in kbit/s.

    One told without its modulation (MCS), beside one told with it, is a beacon's: at rest, nothing else was heard.
    """
    said = re.findall(r"bitrate:\s+([\d.]+) MBit/s(.*)", text)
    rates = [float(rate) for rate, how in said if "MCS" in how] or [float(rate) for rate, _ in said]
    return round(min(rates) * 1000) if rates else None


def parse_iw_band(text: str) -> Band | None:
    """Read the band from the frequency that `iw dev … link` prints, in MHz."""
    found = re.search(r"freq: (\d+)", text)
    if not found:
        return None
    mhz = int(found[1])
    return "2.4" if mhz < 3000 else "5" if mhz < 5925 else "6"


def _fastest(mask: tuple[int, ...]) -> int | None:
    speeds = [mbps for bit, mbps in _MODES.items() if bit // 32 < len(mask) and mask[bit // 32] >> bit % 32 & 1]
    return max(speeds) * 1000 if speeds else None


def _default_row(routes: str) -> list[str]:
    rows = [line.split() for line in routes.splitlines()[1:]]
    default = [r for r in rows if len(r) > 7 and r[1] == r[7] == "00000000" and int(r[3], 16) & 1]
    return min(default, key=lambda r: int(r[6]), default=[])


def _agreed(name: str) -> Agreed:
    """Ask a card's driver, first how long its masks are, then for them."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            words = -_HEAD.unpack_from(_ioctl(asking, name, 0))[9]
            return parse_link_settings(_ioctl(asking, name, words)) if words > 0 else Agreed()
    except OSError:
        return Agreed()


def _ioctl(asking: socket.socket, name: str, words: int) -> bytes:
    import ctypes

    held = ctypes.create_string_buffer(_HEAD.size + 3 * 4 * 128)
    _HEAD.pack_into(held, 0, _GLINKSETTINGS, 0, 0, 0, 0, 0, 0, 0, 0, words, 0, 0, 0, 0, *(0,) * 7)
    request = struct.pack("16sP", name.encode()[:15], ctypes.addressof(held)).ljust(40, b"\0")
    import fcntl  # on no other system, while what is read here is read anywhere in tests

    fcntl.ioctl(asking, _ETHTOOL, request)
    return held.raw


def _radio_off(device: Path) -> bool | None:
    """Tell whether any switch, by hand or by software, keeps the radio off."""
    switches = [*device.glob("phy80211/rfkill*"), *device.glob("device/rfkill/rfkill*")]
    states = [text(switch / name).strip() for switch in switches for name in ("hard", "soft")]
    return "1" in states if states else None


def _iw(name: str) -> str:
    program = shutil.which("iw") or shutil.which("iw", path="/usr/sbin:/sbin")
    if program is None:
        return ""
    command = [program, "dev", name, "link"]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed question about a card the kernel named
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_IW_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def parse_ipv4_route(routes: str) -> bool:
    """Look for a default route in /proc/net/route: destination and mask are zero, and it is up (flag 1)."""
    rows = (line.split() for line in routes.splitlines()[1:])
    return any(len(r) > 7 and r[1] == r[7] == "00000000" and int(r[3], 16) & 1 for r in rows)


def parse_ipv6_route(routes: str) -> bool:
    """Look for a default route in /proc/net/ipv6_route: ::/0, up, by a real card, and not a refusal (flag 0x200)."""
    rows = (line.split() for line in routes.splitlines())
    return any(
        len(r) > 9 and r[0] == "0" * 32 and r[1] == "00" and int(r[8], 16) & 0x201 == 1 and r[9] != "lo" for r in rows
    )
