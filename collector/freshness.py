"""Until when does a measurement count? In days of school, so that summer turns nobody stale. Pure.

Days of school are Monday to Friday out of the holidays of the school's zone (`collector/data/vacances.csv`). Académies
outside the three zones (Corse, outre-mer) have calendars of their own, which the file does not hold: there, only the
days that are holidays in all three zones are left out. After the file's last day, weeks have five days of school.
"""

import csv
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

DAY_S: Final = 86_400
_EPOCH: Final = date(1970, 1, 1)
_YEARS_BEYOND: Final = 5

# https://www.education.gouv.fr/calendrier-scolaire-100148, by the ministry's codes of académies.
_ZONES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("03", "04", "06", "07", "08", "10", "13", "22"), "A"),
    **dict.fromkeys(("02", "05", "09", "12", "14", "15", "17", "18", "19", "20", "21", "23", "70"), "B"),
    **dict.fromkeys(("01", "11", "16", "24", "25"), "C"),
}


def day_of(at: int) -> int:
    """Return the day of an instant, in days since 1970-01-01 (UTC)."""
    return at // DAY_S


def fresh_until(observed_at: int, school_days: int, academie_code: str = "") -> int:
    """Return the last day on which a measurement counts, in days since 1970-01-01.

    It counts on the day it was made and on the `school_days` days of school that follow, and until the next one.
    """
    return _fresh_until(day_of(observed_at), school_days, _ZONES.get(academie_code, ""))


@lru_cache(maxsize=4096)
def _fresh_until(day: int, school_days: int, zone: str) -> int:
    days = days_of_school(zone)
    after = bisect_right(days, day) + school_days
    if after < len(days):
        return days[after] - 1
    return day + -(-school_days * 7 // 5)


def known_until() -> date:
    """Return the last day of the calendar."""
    return max(last for spans in _holidays().values() for _, last in spans)


@cache
def _holidays() -> Mapping[str, Sequence[tuple[date, date]]]:
    found: dict[str, list[tuple[date, date]]] = {"A": [], "B": [], "C": []}
    with (files("collector") / "data" / "vacances.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["zone"]].append((date.fromisoformat(row["first"]), date.fromisoformat(row["last"])))
    return found


@cache
def days_of_school(zone: str) -> Sequence[int]:
    """Return every day of school of a zone, in order; "" for the académies outside the zones."""
    zones = [_without_school(zone)] if zone else [_without_school(one) for one in _holidays()]
    free = frozenset.intersection(*zones)
    first = min(first for spans in _holidays().values() for first, _ in spans)
    last = known_until() + timedelta(days=366 * _YEARS_BEYOND)
    numbers = range((first - _EPOCH).days, (last - _EPOCH).days)
    return [n for n in numbers if (n + 3) % 7 < 5 and n not in free]  # 1970-01-01 was a Thursday


def _without_school(zone: str) -> frozenset[int]:
    spans = _holidays()[zone]
    return frozenset(n for first, last in spans for n in range((first - _EPOCH).days, (last - _EPOCH).days + 1))
