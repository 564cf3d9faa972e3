"""How is a picture of a page made small? Its 256 commonest colours, and one byte per point.

A page has few colours, and the shades of its letters: the eye does not see the others go.
"""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Final

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_COLOURS: Final = 256

Colour = tuple[int, int, int]


def smaller(png: bytes) -> bytes:
    """Return a PNG of 8 bits a channel, RGB or RGBA as browsers make them, as a PNG of a palette."""
    width, height, channels = _header(png)
    rows = list(_rows(png, width, height, channels))
    counts: Counter[bytes] = Counter()
    for row in rows:
        counts.update(row[i : i + 3] for i in range(0, len(row), channels))
    palette = [colour for colour, _ in counts.most_common(_COLOURS)]
    index = {colour: number for number, colour in enumerate(palette)}
    for colour in counts:
        if colour not in index:
            index[colour] = min(range(len(palette)), key=lambda n, c=colour: _apart(palette[n], c))
    lines = b"".join(b"\0" + bytes(index[row[i : i + 3]] for i in range(0, len(row), channels)) for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(name, data) for name, data in parts)


def _apart(a: bytes, b: bytes) -> int:
    return 3 * (a[0] - b[0]) ** 2 + 6 * (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2


def _header(png: bytes) -> tuple[int, int, int]:
    assert png.startswith(SIGNATURE), "not a PNG"
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", png[16:29])
    assert (depth, interlaced) == (8, 0), "not as browsers make them"
    return width, height, {2: 3, 6: 4}[kind]


def _rows(png: bytes, width: int, height: int, channels: int) -> Iterator[bytes]:
    """Yield each row, unfiltered (PNG specification, section 9)."""
    data = zlib.decompress(b"".join(data for name, data in _chunks(png) if name == b"IDAT"))
    stride = width * channels
    before = bytearray(stride)
    for y in range(height):
        start = y * (stride + 1)
        row = bytearray(data[start + 1 : start + 1 + stride])
        _unfilter(data[start], row, before, channels)
        yield bytes(row)
        before = row


def _unfilter(kind: int, row: bytearray, above: bytearray, step: int) -> None:
    if kind == 0:
        return
    for i in range(len(row)):
        left = row[i - step] if i >= step else 0
        up = above[i]
        corner = above[i - step] if i >= step else 0
        row[i] = (row[i] + (left, up, (left + up) // 2, _nearest(left, up, corner))[kind - 1]) & 255


def _nearest(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda value: abs(guess - value))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
