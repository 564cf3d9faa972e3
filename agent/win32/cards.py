"""Which network cards are there, and does a route leave? Asked of the IP helper library."""

import ctypes
import socket
from collections.abc import Mapping
from ctypes import Structure, byref, c_byte, c_ubyte, c_uint32, c_uint64, c_void_p, c_wchar
from dataclasses import dataclass
from typing import Any, Final, Literal

import psutil

from agent.lookup import farthest
from agent.win32.libraries import library
from agent.win32.wifi import Wifi, wifi
from checks.answers.network import AddressKind
from checks.answers.ways import Link

_ETHERNET, _WIFI, _LOOPBACK = 6, 71, 24
_UP: Final = 1
_HARDWARE, _FILTER = 1, 2
"""Of InterfaceAndOperStatusFlags: there is a real card behind; this is a layer over another entry."""
_IPV4, _IPV6 = 2, 23


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card, by its number; nameless."""

    index: int
    kind: Literal["wired", "wifi", "virtual", "other"]
    up: bool
    receives_kbps: int | None
    sends_kbps: int | None
    guid: bytes = b""  # Windows' own name of the card, which goes no further


class _Row(Structure):  # MIB_IF_ROW2
    _fields_ = [
        ("luid", c_uint64),
        ("index", c_uint32),
        ("guid", c_byte * 16),
        ("alias", c_wchar * 257),
        ("description", c_wchar * 257),
        ("address_length", c_uint32),
        ("address", c_ubyte * 32),
        ("permanent_address", c_ubyte * 32),
        ("mtu", c_uint32),
        ("type", c_uint32),
        ("tunnel", c_uint32),
        ("medium", c_uint32),
        ("physical_medium", c_uint32),
        ("access", c_uint32),
        ("direction", c_uint32),
        ("flags", c_ubyte),
        ("state", c_uint32),
        ("admin", c_uint32),
        ("media", c_uint32),
        ("network", c_byte * 16),
        ("connection", c_uint32),
        ("sends", c_uint64),
        ("receives", c_uint64),
        ("counters", c_uint64 * 18),
    ]


class _Route(Structure):  # MIB_IPFORWARD_ROW2
    _fields_ = [
        ("luid", c_uint64),
        ("index", c_uint32),
        ("family", ctypes.c_ushort),  # of the destination: a SOCKADDR_INET of 28 bytes, then its length
        ("prefix", c_ubyte * 26),
        ("prefix_length", c_ubyte),
        ("next_hop", c_ubyte * 28),
        ("site_prefix_length", c_ubyte),
        ("lifetimes", c_uint32 * 2),
        ("metric", c_uint32),
        ("protocol", c_uint32),
        ("booleans", c_ubyte * 4),
        ("age", c_uint32),
        ("origin", c_uint32),
    ]


def cards() -> tuple[Card, ...]:
    """Ask for every card, loopback and layers over cards left out."""
    return tuple(card for card in map(parse_row, _table("GetIfTable2", _Row)) if card is not None)


def routes() -> tuple[bool, bool]:
    """Ask whether an IPv4 and an IPv6 default route leave by a card."""
    loopback = {row.index for row in _table("GetIfTable2", _Row) if row.type == _LOOPBACK}
    default = [row for row in _table("GetIpForwardTable2", _Route, 0) if row.prefix_length == 0]
    families = {row.family for row in default if row.index not in loopback}
    return _IPV4 in families, _IPV6 in families


def links(duplex: Mapping[int, bool]) -> tuple[Link, ...]:
    """Ask what each card agreed on with the other end; `duplex` is what WMI says, by the card's number."""
    carriers = {row.index for row in _table("GetIpForwardTable2", _Route, 0) if row.prefix_length == 0}
    return tuple(
        link(
            card,
            carries=card.index in carriers,
            full=duplex.get(card.index),
            radio=wifi(card.guid) if card.kind == "wifi" else Wifi(),
        )
        for card in cards()
    )


def link(card: Card, *, carries: bool, full: bool | None = None, radio: Wifi | None = None) -> Link:
    """Describe one card; its speed counts only while it is up, and a Wi-Fi's is the slower of its two ways."""
    speeds = [speed for speed in (card.receives_kbps, card.sends_kbps) if speed is not None]
    told, heard = card.up and card.kind == "wired" and full is not None, radio or Wifi()
    return Link(
        kind=card.kind,
        up=card.up,
        carries=card.up and carries,
        radio_off=heard.radio_off,
        speed_kbps=min(speeds) if card.up and speeds else None,
        able_kbps=None,
        offered_kbps=None,
        duplex=("full" if full else "half") if told else None,
        signal_percent=heard.signal_percent if card.up else None,
        band=heard.band if card.up else None,
    )


def addresses() -> dict[int, dict[str, AddressKind | None]]:
    """Ask which kind of address each card holds, by its number."""
    held, names = psutil.net_if_addrs(), _names()
    return {
        index: {
            "ipv4": farthest(a.address for a in held.get(name, []) if a.family is socket.AF_INET),
            "ipv6": farthest(a.address for a in held.get(name, []) if a.family is socket.AF_INET6),
        }
        for index, name in names.items()
    }


def parse_row(row: Any) -> Card | None:
    """Read one entry of the table of interfaces; None when it is no card of its own."""
    if row.type == _LOOPBACK or row.flags & _FILTER:
        return None
    return Card(
        index=row.index,
        kind=kind_of(row.type, hardware=bool(row.flags & _HARDWARE)),
        up=row.state == _UP,
        receives_kbps=_kbps(row.receives),
        sends_kbps=_kbps(row.sends),
        guid=bytes(row.guid),
    )


def kind_of(number: int, *, hardware: bool) -> Literal["wired", "wifi", "virtual", "other"]:
    """Tell a card's kind by its number (IANA's ifType) and whether there is a real card behind."""
    if number == _WIFI:
        return "wifi" if hardware else "virtual"
    if number == _ETHERNET:
        return "wired" if hardware else "virtual"
    return "other" if hardware else "virtual"


def _names() -> dict[int, str]:
    """Return the name psutil knows each card by, from its number; names go no further."""
    iphlpapi, names = library("iphlpapi"), {}
    for index, _ in socket.if_nameindex():
        luid, alias = ctypes.c_uint64(0), ctypes.create_unicode_buffer(257)
        if not iphlpapi.ConvertInterfaceIndexToLuid(
            index, ctypes.byref(luid)
        ) and not iphlpapi.ConvertInterfaceLuidToAlias(ctypes.byref(luid), alias, len(alias)):
            names[index] = alias.value
    return names


def _kbps(bits_per_second: int) -> int | None:
    return bits_per_second // 1000 if 0 < bits_per_second < 2**63 else None


def _table(function: str, row: type[Any], *arguments: int) -> list[Any]:
    """Return copies of a table's rows: a count, then rows aligned on eight bytes."""
    iphlpapi = library("iphlpapi")
    at = c_void_p()
    if getattr(iphlpapi, function)(*arguments, byref(at)) or not at.value:
        raise OSError(f"{function} did not answer")
    try:
        count = c_uint32.from_address(at.value).value
        whole = (row * count).from_address(at.value + 8)
        return [row.from_buffer_copy(one) for one in whole]
    finally:
        iphlpapi.FreeMibTable(at)
