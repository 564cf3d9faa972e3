"""A ring of receipts says of a key's last 64 reports what a list of them would."""

import hashlib
import uuid
from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from collector import receipts
from collector.receipts import KEPT, SIZE, Entry

DAY_S = 86_400
NOW = 1_790_000_000
TWO_HOURS_S = 8_192


def entry(number: int, sequence: int, received_at: int, late_s: int = 0, state: str = "counted") -> Entry:
    """A report, whose id is told by a number."""
    return Entry(
        tag=receipts.tag(id_of(number)),
        digest=receipts.digest(sequence, f"{number}"),
        sequence=sequence,
        sent_at=max(0, received_at - late_s),
        received_at=received_at,
        state=state,
    )


def id_of(number: int) -> str:
    return str(uuid.UUID(bytes=hashlib.sha256(b"%d" % number).digest()[:16], version=4))


@dataclass
class Told:
    """The same reports as a ring and as a list."""

    ring: bytes = b""
    held: list[Entry] = field(default_factory=list)

    def add(self, one: Entry, cited: str | None = None) -> None:
        """Take one more report, in both."""
        if cited is not None:
            self.held = [replace(e, followed=True) if e.tag == receipts.tag(cited) else e for e in self.held]
        self.ring = receipts.add(self.ring, one, cited)
        self.held = [*self.held, one][-KEPT:]

    def same(self) -> None:
        """Hold the ring to the list; dates of sending may be held some two hours early."""
        found = receipts.entries(self.ring)
        assert [replace(e, sent_at=0) for e in found] == [replace(e, sent_at=0) for e in self.held]
        for kept, said in zip(found, self.held, strict=True):
            assert 0 <= said.sent_at - kept.sent_at <= TWO_HOURS_S


STEPS = st.lists(
    st.tuples(
        st.sampled_from((1, 1, 1, 1, 2, 9, 0, -3)),  # to the next number
        st.sampled_from((0, 1, DAY_S, DAY_S, 3 * DAY_S, 16 * DAY_S, -2)),  # to when the next one is received
        st.sampled_from((0, 1, -1, 3, 2_000, -2_000, 5 * DAY_S, -5 * DAY_S, NOW)),  # how late it is by its own clock
        st.sampled_from(receipts.STATES),
        st.integers(0, 70),  # how many reports ago the receipt it cites was given; beyond 64: none
    ),
    max_size=200,
)


@given(STEPS)
def test_a_ring_says_what_a_list_of_the_last_64_would(steps: list[tuple[int, int, int, str, int]]) -> None:
    told, sequence, received_at = Told(), 1_000, NOW
    for number, (further, later, late_s, state, ago) in enumerate(steps):
        sequence, received_at = sequence + further, received_at + later
        cited = id_of(number - 1 - ago) if ago < KEPT else None
        told.add(entry(number, sequence, received_at, late_s, state), cited)
        assert len(told.ring) <= 2 * KEPT * SIZE
        assert receipts.cited(told.ring, id_of(number)) == "last"
    told.same()
    for number in range(len(steps)):
        known = receipts.find(told.ring, id_of(number))
        assert (known is not None) == (number >= len(steps) - KEPT)
        if known is not None and number < len(steps) - 1:
            assert receipts.cited(told.ring, id_of(number)) == ("followed" if known.followed else "open")
    assert receipts.cited(told.ring, id_of(-1_000)) == "unknown"
    held = [e.sequence for e in told.held]
    assert receipts.missing(told.ring) == (max(held) - min(held) + 1 - len(set(held)) if held else 0)


@given(STEPS, st.integers(990, 1_100), st.integers(-200 * DAY_S, 200 * DAY_S))
def test_nothing_is_called_superseded_that_is_not_older_by_number_and_date(
    steps: list[tuple[int, int, int, str, int]], sequence: int, ago_s: int
) -> None:
    told, number, received_at = Told(), 1_000, NOW
    for i, (further, later, late_s, state, _) in enumerate(steps):
        number, received_at = number + further, received_at + later
        told.add(entry(i, number, received_at, late_s, state))
    sent_at = NOW - ago_s
    if receipts.superseded(told.ring, sequence, sent_at):
        assert len(told.held) == KEPT
        assert all(sequence < e.sequence and sent_at < e.sent_at for e in told.held)


def test_a_year_of_ordinary_reports_takes_nine_bytes_each_and_ten_more() -> None:
    told = Told()
    for day in range(180):
        told.add(
            entry(day, day + 1, NOW + day * DAY_S + day * 37 % 400, late_s=day % 3), id_of(day - 1) if day else None
        )
    told.same()
    assert len(told.ring) == (KEPT + 1) * SIZE
    assert receipts.superseded(told.ring, 3, NOW)
    assert not receipts.superseded(told.ring, 3, NOW + 300 * DAY_S), "a restored workstation goes back by its number"
    assert not receipts.superseded(told.ring, 181, NOW)


def test_the_same_tag_in_the_middle_of_other_slots_is_not_taken_for_a_report() -> None:
    told = Told()
    for day in range(KEPT):
        told.add(entry(day, 7 * day, NOW + day))  # each beside a moment of its own
    for start in range(len(told.ring) - 5):
        is_report = start % SIZE == 0 and told.ring[start + SIZE - 1] & 0b11 != 0b11
        if not is_report:
            wanted = told.ring[start : start + 5].hex()[:9]
            assert receipts.find(told.ring, f"{wanted[:8]}-{wanted[8]}") is None


def test_numbers_and_dates_out_of_reach_are_held_at_their_limits() -> None:
    told = receipts.add(b"", entry(0, 2**40, 2**33), None)
    told = receipts.add(told, replace(entry(1, 2**41, 0), sent_at=2**40), None)
    first, second = receipts.entries(told)
    assert first.sequence == second.sequence == 2**20 - 1
    assert second.received_at < NOW < first.received_at
    assert second.sent_at <= 2**40
