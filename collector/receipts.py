"""Which of a key's last reports were received, and which receipts did others follow?

Pure. A ring of short entries, newest last: what a receipt needs to be written again, byte for byte, once the report
itself is sent again. A report is known by the first eight bytes of its id, its content by six bytes of a digest: only
the holder of the key could make two collide, and would deceive nobody but itself.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

KEPT: Final = 64
"""How many of a key's last reports keep their receipt."""
STATES: Final = ("counted", "pending", "quarantined")
Cited = Literal["last", "followed", "open", "unknown"]
"""What a cited receipt is: the last one given, one that another report followed, one that none did, or none held."""

_ENTRY: Final = struct.Struct(">8s6sIIIB")
_FOLLOWED: Final = 0x80
_MOST: Final = 2**32 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One report received."""

    tag: bytes  # first eight bytes of its id, and of its receipt's
    digest: bytes  # of its number and its exact bytes
    sequence: int  # numbers and dates are held up to 2**32 - 1, to be compared
    sent_at: int  # by the workstation's clock
    received_at: int
    state: str  # one of STATES
    followed: bool = False  # a later report went on from its receipt


def tag(id_: str) -> bytes:
    """Return what is held of the id of a report or of its receipt (a UUID)."""
    return bytes.fromhex(id_.replace("-", "")[:16])


def digest(sequence: int, sha256: str) -> bytes:
    """Return what is held of a report's number and bytes."""
    return hashlib.sha256(f"{sequence} {sha256}".encode()).digest()[:6]


def receipt_id(key_id: str, report_id: str, sequence: int, sha256: str, received_at: int) -> str:
    """Name a receipt: the same for the same report received at the same moment."""
    named = hashlib.sha256(f"{key_id} {report_id} {sequence} {sha256} {received_at}".encode()).digest()
    hexed = (tag(report_id) + named[:8]).hex()
    return f"{hexed[:8]}-{hexed[8:12]}-{hexed[12:16]}-{hexed[16:20]}-{hexed[20:]}"


def entries(ring: bytes) -> Iterator[Entry]:
    """Read a ring, oldest first."""
    for named, content, sequence, sent_at, received_at, flags in _ENTRY.iter_unpack(ring):
        yield Entry(
            tag=named,
            digest=content,
            sequence=sequence,
            sent_at=sent_at,
            received_at=received_at,
            state=STATES[flags & ~_FOLLOWED],
            followed=bool(flags & _FOLLOWED),
        )


def find(ring: bytes, report_id: str) -> Entry | None:
    """Return the entry of a report."""
    start = _start(ring, tag(report_id))
    return None if start is None else next(entries(ring[start : start + _ENTRY.size]))


def _start(ring: bytes, wanted: bytes) -> int | None:
    start = ring.find(wanted)
    while start >= 0 and start % _ENTRY.size:
        start = ring.find(wanted, start + 1)
    return None if start < 0 else start


def add(ring: bytes, entry: Entry, cited: str | None) -> bytes:
    """Return the ring with one more entry, and the receipt it goes on from marked; the oldest goes."""
    if cited is not None:
        ring = _follow(ring, tag(cited))
    return (ring + _packed(entry))[-KEPT * _ENTRY.size :]


def cited(ring: bytes, receipt: str, last_receipt: str | None) -> Cited:
    """Tell what a receipt that a report goes on from is to this key."""
    if receipt == last_receipt:
        return "last"
    entry = find(ring, receipt)
    if entry is None:
        return "unknown"
    return "followed" if entry.followed else "open"


def missing(ring: bytes) -> int:
    """Return how many reports never arrived: numbers between the lowest and the highest held that nothing has."""
    numbers = {entry.sequence for entry in entries(ring)}
    return max(numbers) - min(numbers) + 1 - len(numbers) if numbers else 0


def superseded(ring: bytes, sequence: int, sent_at: int) -> bool:
    """Tell whether a report is older than every receipt of a full ring.

    Older by both its number and its date: a restored workstation goes back by its number only.
    """
    held = list(entries(ring))
    number, date = min(sequence, _MOST), min(sent_at, _MOST)
    return len(held) >= KEPT and all(number < one.sequence and date < one.sent_at for one in held)


def _follow(ring: bytes, wanted: bytes) -> bytes:
    start = _start(ring, wanted)
    if start is None:
        return ring
    flags = start + _ENTRY.size - 1
    return ring[:flags] + bytes((ring[flags] | _FOLLOWED,)) + ring[flags + 1 :]


def _packed(entry: Entry) -> bytes:
    flags = STATES.index(entry.state) | (_FOLLOWED if entry.followed else 0)
    numbers = (min(entry.sequence, _MOST), min(entry.sent_at, _MOST), min(entry.received_at, _MOST))
    return _ENTRY.pack(entry.tag, entry.digest, *numbers, flags)
