"""What does a card say of its link? A TAP card is told, and its kernel answers every program so from then on.

Run in the card's namespace as `python -m tests.lab.card CARD {"speed": 100, "duplex": "half", "able": 1000}`: Mbit/s;
what the card (`able`) and the other end (`offered`) can do is left out for those that do not say.
"""

import ctypes
import fcntl
import json
import socket
import struct
import sys
from typing import Any, Final

_ETHTOOL: Final = 0x8946  # SIOCETHTOOL
_GET, _SET = 0x4C, 0x4D  # ETHTOOL_GLINKSETTINGS, ETHTOOL_SLINKSETTINGS
_HEAD: Final = struct.Struct("=IIBBBBBBBbBBBB7I")  # struct ethtool_link_settings, before its masks
_WORDS: Final = 9
_MODES: Final = {10: 1 << 1, 100: 1 << 3, 1000: 1 << 5}
"""ETHTOOL_LINK_MODE_*: both ways at once, on copper."""


def tell(card: str, said: dict[str, Any]) -> None:
    """Give a card its speed, its duplex, and what it and the other end can do."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        words = -_HEAD.unpack_from(_asked(asking, card, _HEAD.pack(_GET, *(0,) * 20)))[_WORDS]
        fields = [_SET, said["speed"], 1 if said["duplex"] == "full" else 0, *(0,) * 18]
        fields[_WORDS] = words
        able, offered = _MODES.get(said.get("able"), 0), _MODES.get(said.get("offered"), 0)
        masks = [mode if word == 0 else 0 for mode in (able, able, offered) for word in range(words)]
        _asked(asking, card, _HEAD.pack(*fields) + struct.pack(f"={len(masks)}I", *masks))


def _asked(asking: socket.socket, card: str, question: bytes) -> bytes:
    held = ctypes.create_string_buffer(question, 2048)
    fcntl.ioctl(asking, _ETHTOOL, struct.pack("16sP", card.encode(), ctypes.addressof(held)).ljust(40, b"\0"))
    return held.raw


if __name__ == "__main__":
    tell(sys.argv[1], json.loads(sys.argv[2]))
