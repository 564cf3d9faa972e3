"""A measurement ages in days of school: neither summer nor Christmas turns anybody stale."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.freshness import DAY_S, fresh_until, known_until

EPOCH = date(1970, 1, 1)


def until(day: date, school_days: int, academie: str) -> date:
    at = (day - EPOCH).days * DAY_S + 9 * 3600
    return date.fromordinal(EPOCH.toordinal() + fresh_until(at, school_days, academie))


@pytest.mark.parametrize(
    ("measured", "school_days", "academie", "last"),
    [
        (date(2026, 11, 23), 4, "16", date(2026, 11, 29)),  # Monday: the four days that follow, and the week-end
        (date(2026, 11, 27), 0, "16", date(2026, 11, 29)),  # Friday: until the next day of school
        (date(2026, 7, 3), 0, "16", date(2026, 8, 31)),  # the last day before summer: until it ends
        (date(2026, 7, 3), 30, "16", date(2026, 10, 12)),  # six weeks of September and October
        (date(2026, 12, 18), 1, "10", date(2027, 1, 4)),  # over Christmas: the first Monday of January
        (date(2027, 2, 12), 1, "10", date(2027, 3, 1)),  # the winter holidays of zone A…
        (date(2027, 2, 12), 1, "15", date(2027, 2, 15)),  # …are not those of zone B
        (date(2026, 7, 3), 0, "28", date(2026, 8, 31)),  # outside the zones: what all three have in common
    ],
)
def test_it_counts_until_the_day_of_school_after_its_last(
    measured: date, school_days: int, academie: str, last: date
) -> None:
    assert until(measured, school_days, academie) == last


@given(st.dates(date(2025, 9, 1), date(2040, 1, 1)), st.integers(0, 400), st.sampled_from(["16", "10", "15", "28", ""]))
def test_a_later_measurement_never_ends_earlier_and_more_days_never_less(day: date, days: int, academie: str) -> None:
    here = until(day, days, academie)
    assert here >= day
    assert until(day, days + 1, academie) > here


def test_the_calendar_covers_the_school_year_after_this_one() -> None:
    assert known_until() >= date(2028, 8, 31)
