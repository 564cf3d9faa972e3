"""How good is the Wi-Fi of each card? Asked of wlanapi in questions whose answers hold no name of a network.

Windows asks people for their consent before it names a network or an access point (24H2 and later): nothing that would
is asked here. What it refuses is not known. Constants and shapes: wlanapi.h and windot11.h of Microsoft's SDK.
"""

import ctypes
import struct
from collections.abc import Callable
from ctypes import byref, c_void_p
from ctypes import c_uint32 as c_dword
from dataclasses import dataclass
from typing import Any, Final

from agent.win32.libraries import library
from checks.answers.ways import Band

_CLIENT_VERSION: Final = 2
_RADIO_STATE, _CHANNEL, _RSSI = 4, 8, 0x10000102
"""Of WLAN_INTF_OPCODE: switches of the radio, channel in use, received power."""
_OFF: Final = 2  # dot11_radio_state_off
_SIX_GHZ: Final = frozenset({10, 11})
"""Of DOT11_PHY_TYPE: 802.11ax and be, the only ones that may use 6 GHz."""
_WEAKEST_DBM, _STRONGEST_DBM = -100, -50
"""What Windows shows as 0 and 100 percent (wlanSignalQuality of WLAN_ASSOCIATION_ATTRIBUTES), evenly between."""

Ask = Callable[[int], bytes]
"""Returns the bytes of one answer about a card, b"" for a refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wifi:
    """What one card says of its radio; None where it does not."""

    radio_off: bool | None = None
    signal_percent: int | None = None
    band: Band | None = None


def wifi(guid: bytes) -> Wifi:
    """Ask about one card, by its number; nothing is known where there is no wlanapi, or its service is stopped."""
    try:
        wlanapi = library("wlanapi")
        handle, spoken = c_void_p(), c_dword()
        if wlanapi.WlanOpenHandle(_CLIENT_VERSION, None, byref(spoken), byref(handle)):
            return Wifi()
    except (OSError, AttributeError):
        return Wifi()
    card = ctypes.create_string_buffer(guid, 16)
    try:
        return read(lambda code: _query(wlanapi, handle, card, code), _capability(wlanapi, handle, card))
    finally:
        wlanapi.WlanCloseHandle(handle, None)


def read(ask: Ask, capability: bytes) -> Wifi:
    """Put one card's answers together."""
    return Wifi(
        radio_off=parse_radio_off(ask(_RADIO_STATE)),
        signal_percent=parse_rssi(ask(_RSSI)),
        band=parse_band(ask(_CHANNEL), capability),
    )


def parse_radio_off(raw: bytes) -> bool | None:
    """Read WLAN_RADIO_STATE, a count and as many (index, software switch, hardware switch); None when it says none."""
    if len(raw) < 4:
        return None
    count = min(struct.unpack_from("<I", raw)[0], 64, (len(raw) - 4) // 12)
    switches = [struct.unpack_from("<III", raw, 4 + 12 * number)[1:] for number in range(count)]
    return all(_OFF in pair for pair in switches) if switches else None


def parse_rssi(raw: bytes) -> int | None:
    """Read the received power, in dBm, as the percentage that Windows shows; None for what is no power."""
    if len(raw) != 4:
        return None
    (dbm,) = struct.unpack("<i", raw)
    if not -200 < dbm < 0:
        return None
    above = min(max(int(dbm), _WEAKEST_DBM), _STRONGEST_DBM) - _WEAKEST_DBM
    return above * 100 // (_STRONGEST_DBM - _WEAKEST_DBM)


def parse_band(raw: bytes, capability: bytes) -> Band | None:
    """Tell the band of a channel; None where 6 GHz has the same number and this card could be there."""
    if len(raw) != 4:
        return None
    (channel,) = struct.unpack("<I", raw)
    usual: Band | None = "2.4" if 1 <= channel <= 14 else "5" if 32 <= channel <= 177 else None
    in_six = channel % 4 == 1 and channel <= 233
    if not in_six:
        return usual
    if parse_may_be_six(capability):
        return None if usual and _is_usual(channel) else "6"
    return usual


def _is_usual(channel: int) -> bool:
    """Tell whether a number of 6 GHz is one of 2.4 or 5 GHz too."""
    return channel <= 13 or 149 <= channel <= 177


def parse_may_be_six(capability: bytes) -> bool:
    """Read WLAN_INTERFACE_CAPABILITY: the last count says how many kinds of radio follow. True when it is not known."""
    if len(capability) < 20:
        return True
    count = min(struct.unpack_from("<5I", capability)[4], 64, (len(capability) - 20) // 4)
    kinds = struct.unpack_from(f"<{count}I", capability, 20)
    return not kinds or not _SIX_GHZ.isdisjoint(kinds)


def _query(wlanapi: Any, handle: c_void_p, card: object, code: int) -> bytes:
    length, at, kind = c_dword(), c_void_p(), c_dword()
    asked = wlanapi.WlanQueryInterface(handle, card, code, None, byref(length), byref(at), byref(kind))
    return b"" if asked else _taken(wlanapi, at, min(length.value, 4096))


def _capability(wlanapi: Any, handle: c_void_p, card: object) -> bytes:
    at = c_void_p()
    asked = wlanapi.WlanGetInterfaceCapability(handle, card, None, byref(at))
    return b"" if asked else _taken(wlanapi, at, 20 + 64 * 4)


def _taken(wlanapi: Any, at: c_void_p, length: int) -> bytes:
    if not at.value:
        return b""
    try:
        return ctypes.string_at(at.value, length)
    finally:
        wlanapi.WlanFreeMemory(at)
