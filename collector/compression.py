"""How is JSON compressed for keeping? Each thread has its own compressor: making one costs more than using it."""

import threading
from typing import Final

import zstandard

_LEVEL: Final = 3


class _Own(threading.local):
    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


_own: Final = _Own()


def compress(plain: bytes) -> bytes:
    """Compress."""
    return _own.compressor.compress(plain)


def decompress(kept: bytes) -> bytes:
    """Decompress what `compress` made."""
    return _own.decompressor.decompress(kept)
