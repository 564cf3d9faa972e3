"""Which of a key's last reports were received, and which receipts did others follow?

Pure. A ring of slots, newest first: what a receipt needs to be written again, byte for byte, once the report itself is
sent again. A ring is most of what is kept of a workstation and is rewritten at each report: a byte of a slot is 64 for
each of a million. So numbers and dates are not held report by report. A ring opens with a *moment*: the number, the
date and the lateness of its newest report; each older one is known by how long the next one waited. Where a report did
not go on so (a number missing or going back, a clock set, six days of silence), the moment of before stays between the
two.

A report is known by 36 bits of its id and its content by 14 of a digest. A new report that takes the tag of one of 64
held would be refused as a conflict: once in six years of a million workstations at a report a day. Only the holder of
a key can look for such a pair, and would deceive nobody but itself.
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

SIZE: Final = 9
"""Bytes of a slot. Of a report, from the highest bit: tag, digest, seconds it came after the one before, followed,
state. Of a moment: received_at, sequence, lateness, then the state that no report has."""
_TAG_BITS, _DIGEST_BITS, _WAITED_BITS, _STATE_BITS = 36, 14, 19, 2
_RECEIVED_BITS, _SEQUENCE_BITS, _LATE_BITS = 30, 20, 20
_FOLLOWED: Final = 1 << _STATE_BITS
_MOMENT: Final = (1 << _STATE_BITS) - 1
_SINCE: Final = 1_577_836_800
"""2020-01-01: when a report was received is counted from there, until 2054."""
_STEP_S: Final = 4096
"""How late a report is by its own clock is held by such steps, never less than it was."""
_EARLIEST: Final = -(1 << 18)
"""The least lateness that is held, in steps: 34 years ahead."""
_MOMENTS: Final = bytes(flags for flags in range(256) if flags & _MOMENT == _MOMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One report received."""

    tag: int  # first bits of its id, and of its receipt's
    digest: int  # of its number and its exact bytes
    sequence: int  # held up to 2**20 - 1, to be compared
    sent_at: int  # by the workstation's clock; held up to some two hours before, never after, to be compared
    received_at: int
    state: str  # one of STATES
    followed: bool = False  # a later report went on from its receipt


def tag(id_: str) -> int:
    """Return what is held of the id of a report or of its receipt (a UUID)."""
    return int(id_[:8] + id_[9], 16)


def digest(sequence: int, sha256: str) -> int:
    """Return what is held of a report's number and bytes."""
    return int.from_bytes(hashlib.sha256(f"{sequence} {sha256}".encode()).digest()[:2], "big") >> 16 - _DIGEST_BITS


def receipt_id(key_id: str, report_id: str, sequence: int, sha256: str, received_at: int) -> str:
    """Name a receipt: the same for the same report received at the same moment."""
    named = hashlib.sha256(f"{key_id} {report_id} {sequence} {sha256} {received_at}".encode()).digest()
    hexed = report_id.replace("-", "")[:16] + named[:8].hex()
    return f"{hexed[:8]}-{hexed[8:12]}-{hexed[12:16]}-{hexed[16:20]}-{hexed[20:]}"


def entries(ring: bytes) -> list[Entry]:
    """Read a ring, oldest first."""
    return [entry for _, entry in _walk(ring)][::-1]


def find(ring: bytes, report_id: str) -> Entry | None:
    """Return the entry of a report."""
    wanted = _start(ring, tag(report_id))
    return None if wanted is None else next(entry for start, entry in _walk(ring) if start == wanted)


def add(ring: bytes, entry: Entry, cited: str | None) -> bytes:
    """Return the ring with one more entry, and the receipt it goes on from marked; the oldest goes."""
    if cited is not None:
        ring = _follow(ring, tag(cited))
    received = _within(entry.received_at - _SINCE, _RECEIVED_BITS)
    sequence = _within(entry.sequence, _SEQUENCE_BITS)
    late_s = entry.received_at - entry.sent_at
    late, waited = max(_EARLIEST, late_s // _STEP_S + 1), 0
    if ring:
        received_before, sequence_before, late_before = _moment(ring, 0)
        passed = received - received_before
        goes_on = sequence == sequence_before + 1 and 0 <= passed < 1 << _WAITED_BITS
        if goes_on and 0 <= late_before * _STEP_S - late_s <= 2 * _STEP_S:
            ring, waited, late = ring[SIZE:], passed, late_before
    moment = (received << _SEQUENCE_BITS | sequence) << _LATE_BITS | _within(late - _EARLIEST, _LATE_BITS)
    report = (entry.tag << _DIGEST_BITS | entry.digest) << _WAITED_BITS | waited
    flags = STATES.index(entry.state) | (_FOLLOWED if entry.followed else 0)
    newest = (moment << _STATE_BITS | _MOMENT) << 8 * SIZE | report << _STATE_BITS + 1 | flags
    return _shortened(newest.to_bytes(2 * SIZE, "big") + ring)


def cited(ring: bytes, receipt: str) -> Cited:
    """Tell what a receipt that a report goes on from is to this key."""
    start = _start(ring, tag(receipt))
    if start is None:
        return "unknown"
    if start == SIZE:
        return "last"
    return "followed" if ring[start + SIZE - 1] & _FOLLOWED else "open"


def missing(ring: bytes) -> int:
    """Return how many reports never arrived: numbers between the lowest and the highest held that nothing has."""
    numbers = {entry.sequence for entry in entries(ring)}
    return max(numbers) - min(numbers) + 1 - len(numbers) if numbers else 0


def superseded(ring: bytes, sequence: int, sent_at: int) -> bool:
    """Tell whether a report is older than every receipt of a full ring.

    Older by both its number and its date: a restored workstation goes back by its number only.
    """
    held = entries(ring)
    number = _within(sequence, _SEQUENCE_BITS)
    return len(held) >= KEPT and all(number < one.sequence and sent_at < one.sent_at for one in held)


def _walk(ring: bytes) -> Iterator[tuple[int, Entry]]:
    """Read a ring, newest first: where each report's slot starts, and the report."""
    received = sequence = late = 0
    for start in range(0, len(ring), SIZE):
        bits = int.from_bytes(ring[start : start + SIZE], "big")
        if bits & _MOMENT == _MOMENT:
            received, sequence, late = _moment(ring, start)
            continue
        state, followed, bits = bits & _MOMENT, bool(bits & _FOLLOWED), bits >> _STATE_BITS + 1
        waited, bits = bits & (1 << _WAITED_BITS) - 1, bits >> _WAITED_BITS
        yield (
            start,
            Entry(
                tag=bits >> _DIGEST_BITS,
                digest=bits & (1 << _DIGEST_BITS) - 1,
                sequence=sequence,
                sent_at=received + _SINCE - late * _STEP_S,
                received_at=received + _SINCE,
                state=STATES[state],
                followed=followed,
            ),
        )
        received, sequence = received - waited, sequence - 1


def _moment(ring: bytes, start: int) -> tuple[int, int, int]:
    """Read a moment: seconds since `_SINCE`, number, lateness in steps."""
    bits = int.from_bytes(ring[start : start + SIZE], "big") >> _STATE_BITS
    late, bits = (bits & (1 << _LATE_BITS) - 1) + _EARLIEST, bits >> _LATE_BITS
    return bits >> _SEQUENCE_BITS, bits & (1 << _SEQUENCE_BITS) - 1, late


def _start(ring: bytes, wanted: int) -> int | None:
    """Return where the slot of a report starts."""
    first = (wanted >> _TAG_BITS - 32).to_bytes(4, "big")
    start = ring.find(first)
    while start >= 0:
        is_report = start % SIZE == 0 and ring[start + SIZE - 1] & _MOMENT != _MOMENT
        if is_report and int.from_bytes(ring[start : start + 5], "big") >> 40 - _TAG_BITS == wanted:
            return start
        start = ring.find(first, start + 1)
    return None


def _follow(ring: bytes, wanted: int) -> bytes:
    start = _start(ring, wanted)
    if start is None:
        return ring
    flags = start + SIZE - 1
    return ring[:flags] + bytes((ring[flags] | _FOLLOWED,)) + ring[flags + 1 :]


def _shortened(ring: bytes) -> bytes:
    """Take the oldest reports of a ring away until `KEPT` are left, each with the moment that only it needed."""
    if len(ring) <= (KEPT + 1) * SIZE:
        return ring
    too_many = len(ring[SIZE - 1 :: SIZE].translate(None, _MOMENTS)) - KEPT
    while too_many > 0 or ring[-1] & _MOMENT == _MOMENT:
        too_many -= ring[-1] & _MOMENT != _MOMENT
        ring = ring[:-SIZE]
    return ring


def _within(value: int, bits: int) -> int:
    """Return a number, or the nearest one that so many bits hold."""
    return min(max(value, 0), (1 << bits) - 1)
