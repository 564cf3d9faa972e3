"""Which of a key's last reports were received, and which receipts did others follow?

Pure. A ring of short entries, newest last: what a receipt needs to be written again, byte for byte, once the report
itself is sent again. A report is known by the first five bytes of its id, its content by some bits of a digest: only
the holder of the key could make two collide, and would deceive nobody but itself. A ring is most of what is kept of a
workstation, and is rewritten at each report: every byte of an entry is 64 for each of a million.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

KEPT: Final = 64
"""How many of a key's last reports keep their receipt."""
STATES: Final = ("counted", "pending", "quarantined")
Cited = Literal["last", "followed", "open", "unknown"]
"""What a cited receipt is: the last one given, one that another report followed, one that none did, or none held."""

SIZE: Final = 17
"""Bytes of an entry: its tag, then bits, from the highest: digest, sequence, sent_at, received_at, followed, state."""
_TAG: Final = 5
_DIGEST_BITS, _SEQUENCE_BITS, _SENT_BITS, _RECEIVED_BITS = 18, 21, 24, 30
_SENT_STEP_S: Final = 256
_SINCE: Final = 1_577_836_800
"""2020-01-01: when a report was received is counted from there, until 2054."""
_FOLLOWED: Final = 0b100


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One report received."""

    tag: bytes  # first bytes of its id, and of its receipt's
    digest: int  # of its number and its exact bytes
    sequence: int  # held up to 2**21 - 1, to be compared
    sent_at: int  # by the workstation's clock; held by steps of 256 s, to be compared
    received_at: int
    state: str  # one of STATES
    followed: bool = False  # a later report went on from its receipt


def tag(id_: str) -> bytes:
    """Return what is held of the id of a report or of its receipt (a UUID)."""
    return bytes.fromhex(id_[:8] + id_[9:11])


def digest(sequence: int, sha256: str) -> int:
    """Return what is held of a report's number and bytes."""
    return int.from_bytes(hashlib.sha256(f"{sequence} {sha256}".encode()).digest()[:4], "big") >> 32 - _DIGEST_BITS


def receipt_id(key_id: str, report_id: str, sequence: int, sha256: str, received_at: int) -> str:
    """Name a receipt: the same for the same report received at the same moment."""
    named = hashlib.sha256(f"{key_id} {report_id} {sequence} {sha256} {received_at}".encode()).digest()
    hexed = report_id.replace("-", "")[:16] + named[:8].hex()
    return f"{hexed[:8]}-{hexed[8:12]}-{hexed[12:16]}-{hexed[16:20]}-{hexed[20:]}"


def entries(ring: bytes) -> Iterator[Entry]:
    """Read a ring, oldest first."""
    for start in range(0, len(ring), SIZE):
        bits = int.from_bytes(ring[start + _TAG : start + SIZE], "big")
        flags, bits = bits & 0b111, bits >> 3
        received_at, bits = bits & (1 << _RECEIVED_BITS) - 1, bits >> _RECEIVED_BITS
        sent_at, bits = bits & (1 << _SENT_BITS) - 1, bits >> _SENT_BITS
        yield Entry(
            tag=ring[start : start + _TAG],
            digest=bits >> _SEQUENCE_BITS,
            sequence=bits & (1 << _SEQUENCE_BITS) - 1,
            sent_at=sent_at * _SENT_STEP_S,
            received_at=received_at + _SINCE,
            state=STATES[flags & ~_FOLLOWED],
            followed=bool(flags & _FOLLOWED),
        )


def find(ring: bytes, report_id: str) -> Entry | None:
    """Return the entry of a report."""
    start = _start(ring, tag(report_id))
    return None if start is None else next(entries(ring[start : start + SIZE]))


def _start(ring: bytes, wanted: bytes) -> int | None:
    start = ring.find(wanted)
    while start >= 0 and start % SIZE:
        start = ring.find(wanted, start + 1)
    return None if start < 0 else start


def add(ring: bytes, entry: Entry, cited: str | None) -> bytes:
    """Return the ring with one more entry, and the receipt it goes on from marked; the oldest goes."""
    if cited is not None:
        ring = _follow(ring, tag(cited))
    return (ring + _packed(entry))[-KEPT * SIZE :]


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
    number = min(sequence, (1 << _SEQUENCE_BITS) - 1)
    date = min(sent_at // _SENT_STEP_S, (1 << _SENT_BITS) - 1) * _SENT_STEP_S
    return len(held) >= KEPT and all(number < one.sequence and date < one.sent_at for one in held)


def _follow(ring: bytes, wanted: bytes) -> bytes:
    start = _start(ring, wanted)
    if start is None:
        return ring
    flags = start + SIZE - 1
    return ring[:flags] + bytes((ring[flags] | _FOLLOWED,)) + ring[flags + 1 :]


def _packed(entry: Entry) -> bytes:
    bits = entry.digest
    for value, width in (
        (entry.sequence, _SEQUENCE_BITS),
        (entry.sent_at // _SENT_STEP_S, _SENT_BITS),
        (entry.received_at - _SINCE, _RECEIVED_BITS),
        (STATES.index(entry.state) | (_FOLLOWED if entry.followed else 0), 3),
    ):
        bits = bits << width | min(max(value, 0), (1 << width) - 1)
    return entry.tag + bits.to_bytes(SIZE - _TAG, "big")
