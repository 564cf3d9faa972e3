"""How is an instant written for people in France?"""

from datetime import UTC, date, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MONTHS: Final = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def _zone() -> tuple[tzinfo, str]:
    try:
        return ZoneInfo("Europe/Paris"), "heure de Paris"
    except ZoneInfoNotFoundError:  # a system without a table of zones
        return UTC, "temps universel"


_ZONE, ZONE_NAME = _zone()


def local(value: datetime) -> datetime:
    """Return an instant, with its zone, by the clock that `ZONE_NAME` names."""
    return value.astimezone(_ZONE)


def day(value: date | datetime) -> str:
    """Return "24 novembre 2026", "1er janvier 2027"; an instant (with its zone) is taken in France's."""
    if isinstance(value, datetime):
        value = local(value)
    return f"{'1er' if value.day == 1 else value.day} {_MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime) -> str:
    """Return "24 novembre 2026 à 9 h 05", by the clock that `ZONE_NAME` names, for an instant with its zone."""
    here = local(value)
    return f"{day(here)} à {here.hour} h {here.minute:02}"


def short_day(instant: int) -> str:
    """Return "24/11/2026" for an instant in seconds since 1970 UTC, as a command's line has it."""
    return f"{datetime.fromtimestamp(instant, _ZONE):%d/%m/%Y}"
