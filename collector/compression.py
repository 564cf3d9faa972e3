"""How is JSON compressed for keeping? By a dictionary of what all workstations say alike.

A workstation's facts are 13 kB of JSON, of which other workstations say nearly all: alone they compress to 2 kB, by the
dictionary to a few hundred bytes. The first byte of what is kept numbers its dictionary. One that was used is never
changed nor removed: a better one gets the next number (`collector.data.make_dictionary`), older rows stay readable.
Each thread has its own compressor: making one costs more than using it.
"""

import threading
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

import zstandard

CURRENT: Final = 2
"""Number of the dictionary that new rows are kept by."""
_LEVEL: Final = 3
_MAGIC: Final = 0x28
"""First byte of a zstd frame: rows kept without a dictionary have no number before it."""


def _dictionary(number: int) -> zstandard.ZstdCompressionDict:
    content = (files("collector") / "data" / f"kept-{number}.dict").read_bytes()
    return zstandard.ZstdCompressionDict(content, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


_DICTIONARIES: Final[Mapping[int, zstandard.ZstdCompressionDict]] = {
    number: _dictionary(number) for number in range(1, CURRENT + 1)
}
_DICTIONARIES[CURRENT].precompute_compress(level=_LEVEL)


class _Own(threading.local):
    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL, dict_data=_DICTIONARIES[CURRENT])
        self.alone = zstandard.ZstdDecompressor()
        self.decompressors = {n: zstandard.ZstdDecompressor(dict_data=one) for n, one in _DICTIONARIES.items()}


_own: Final = _Own()


def compress(plain: bytes) -> bytes:
    """Compress by the current dictionary."""
    return bytes((CURRENT,)) + _own.compressor.compress(plain)


def decompress(kept: bytes) -> bytes:
    """Decompress what `compress` made, now or by an earlier version."""
    if kept[0] == _MAGIC:
        return _own.alone.decompress(kept)
    return _own.decompressors[kept[0]].decompress(memoryview(kept)[1:])
