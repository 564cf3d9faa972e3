"""Write `bcryptprimitives.dll`, which Debian's wine lacks and every Rust extension asks for: `forwarder.py FILE`.

It holds no code: its one export is forwarded to the system's own random source. Real Windows has its own.
"""

import struct
import sys
from pathlib import Path
from typing import Final

_EXPORT: Final = b"ProcessPrng\0"
_TARGET: Final = b"ADVAPI32.SystemFunction036\0"  # RtlGenRandom: the same two arguments
_NAME: Final = b"bcryptprimitives.dll\0"
_AT: Final = 0x1000  # where the section is, in memory
_FILE_AT: Final = 0x200  # where it is in the file
_IMAGE_BYTES: Final = 0x2000


def forwarder() -> bytes:
    """Return a 64-bit DLL of one section: its export directory."""
    section = _exports()
    directories = struct.pack("<II", _AT, len(section)) + bytes(15 * 8)
    optional = struct.pack("<HBBIIIII", 0x20B, 14, 0, 0, _FILE_AT, 0, 0, _AT)
    optional += struct.pack(
        "<QIIHHHHHHIIIIHH", 0x180000000, 0x1000, 0x200, 6, 0, 0, 0, 6, 0, 0, _IMAGE_BYTES, 0x200, 0, 2, 0x160
    )
    optional += struct.pack("<QQQQII", 0x100000, 0x1000, 0x100000, 0x1000, 0, 16) + directories
    characteristics = 0x2022  # executable image, large addresses, DLL
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, len(optional), characteristics)
    row = struct.pack("<8sIIIIIIHHI", b".edata", len(section), _AT, _FILE_AT, _FILE_AT, 0, 0, 0, 0, 0x40000040)
    dos = b"MZ" + bytes(58) + struct.pack("<I", 64)
    head = dos + coff + optional + row
    return head.ljust(_FILE_AT, b"\0") + section.ljust(_FILE_AT, b"\0")


def _exports() -> bytes:
    """Lay out the export directory, then what it points at."""
    tables_at = _AT + 40
    functions, names, ordinals = tables_at, tables_at + 4, tables_at + 8
    name_at = tables_at + 12
    export_at = name_at + len(_NAME)
    target_at = export_at + len(_EXPORT)
    directory = struct.pack("<IIHHIIIIIII", 0, 0, 0, 0, name_at, 1, 1, 1, functions, names, ordinals)
    return directory + struct.pack("<IIHH", target_at, export_at, 0, 0) + _NAME + _EXPORT + _TARGET


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(forwarder())
