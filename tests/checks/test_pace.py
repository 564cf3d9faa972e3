"""Slots are even, stable, in school hours and on weekdays; the wait after failures is bounded."""

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from checks import pace

MONDAY_NOON = int(datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp())


@given(key_id=st.text("0123456789abcdef", min_size=32, max_size=32), now=st.integers(0, 2**33))
def test_the_next_slot_is_a_weekday_within_the_school_day(key_id: str, now: int) -> None:
    wait = pace.next_in_s(key_id, now)
    at = datetime.fromtimestamp(now + wait, UTC)
    assert at.weekday() < 5
    assert (7, 30) <= (at.hour, at.minute) < (15, 0)
    assert 0 < wait <= 3 * 86_400 + 15 * 3600
    assert at.hour * 3600 + at.minute * 60 + at.second <= pace.slot_s(key_id)


def test_friday_leads_to_monday() -> None:
    friday = MONDAY_NOON + 4 * 86_400
    assert datetime.fromtimestamp(friday + pace.next_in_s("a", friday), UTC).weekday() == 0
    assert datetime.fromtimestamp(MONDAY_NOON + pace.next_in_s("a", MONDAY_NOON), UTC).weekday() == 1


def test_who_is_off_at_its_slot_is_expected_earlier() -> None:
    late = next(key for key in map("{:032x}".format, range(99)) if pace.slot_s(key) > 14 * 3600)
    for hour, wanted in ((9, (7.5, 9)), (11, (7.5, 11)), (14.9, (14, 15))):
        now = MONDAY_NOON - 12 * 3600 + int(hour * 3600)
        assert wanted[0] * 3600 <= (now + pace.next_in_s(late, now)) % 86_400 <= wanted[1] * 3600


def test_a_fleet_is_spread_evenly() -> None:
    by_quarter = Counter(pace.slot_s(f"{number:032x}") // 900 for number in range(30_000))
    assert len(by_quarter) == 30
    assert max(by_quarter.values()) < 1.15 * 30_000 / 30


def test_the_wait_doubles_up_to_its_bound() -> None:
    assert [pace.longest_defer_s(runs) for runs in (1, 2, 3, 4, 5, 500)] == [900, 1800, 3600, 7200, 7200, 7200]
