"""What is planted on a machine and must be found nowhere, and how is it looked for, however it is dressed?"""

import base64
import gzip
import hashlib
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from io import BytesIO
from pathlib import Path
from typing import Final

import zstandard

CANARIES: Final = {
    "user name": "zcanariuser",
    "full name": "Zcanari Personne",
    "host name": "zcanari-poste-direction",
    "MAC address": "02:5a:ca:9a:71:0c",
    "serial number": "ZCANARISERIAL42",
    "machine id": "5acab1e05acab1e05acab1e05acab1e0",
    "SSID": "Zcanari-Livebox",
    "BSSID": "02:5a:ca:9a:71:0d",
    "e-mail": "zcanari.personne@ecole.example",
    "proxy password": "zcanari-mot-de-passe",
    "page visited": "zcanari-historique.example",
}


def needles(value: str) -> set[bytes]:
    """The ways in which a value may hide: its letters and hashes, in hexadecimal and base64, with and without signs."""
    spelled = {value, value.lower(), value.upper(), re.sub(r"[^0-9A-Za-z]", "", value).lower()}
    raw = {text.encode() for text in spelled}
    hashed = {h(one).hexdigest().encode() for one in raw for h in (hashlib.md5, hashlib.sha1, hashlib.sha256)}
    hexed = {one.hex().encode() for one in raw}
    sixty_four = {base64.b64encode(b"\0" * skip + one)[4:-4] for one in raw for skip in range(3)}
    return {one for one in raw | hashed | hexed | sixty_four | {one.upper() for one in hexed} if len(one) >= 8}


NEEDLES: Final = {name: needles(value) for name, value in CANARIES.items()}


def found_in(folder: Path) -> list[str]:
    """Say which canaries are in which files of a folder, whatever packs them."""
    return [
        f"{name} in {path.relative_to(folder)}{inside}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for inside, content in unpacked(path.name, path.read_bytes())
        for name, wanted in NEEDLES.items()
        if any(one in content for one in wanted)
    ]


def unpacked(name: str, content: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield a content and all that it packs: gzip, zlib, zstd, zip, tables of SQLite."""
    yield "", content
    if depth > 3:
        return
    for inside, more in opened(content):
        for deeper, most in unpacked(name, more, depth + 1):
            yield inside + deeper, most


def opened(content: bytes) -> Iterator[tuple[str, bytes]]:
    with suppress(OSError, EOFError, zlib.error):
        yield " (gzip)", gzip.decompress(content)
    with suppress(zlib.error):
        yield " (zlib)", zlib.decompress(content)
    with suppress(zstandard.ZstdError):
        yield " (zstd)", zstandard.ZstdDecompressor().decompress(content, max_output_size=2**24)
    if zipfile.is_zipfile(BytesIO(content)):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            yield from ((f" ({one})", archive.read(one)) for one in archive.namelist())
    if content.startswith(b"SQLite format 3\0"):
        yield from of_database(content)


def of_database(content: bytes) -> Iterator[tuple[str, bytes]]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(content[:18] + b"\1\1" + content[20:])  # as not WAL: its log is a file beside it
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in database.execute(f'SELECT * FROM "{table}"'):
                for value in row:
                    if isinstance(value, bytes):
                        yield f" (table {table})", value
