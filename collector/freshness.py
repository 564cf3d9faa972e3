"""Until when does a measurement count? Pure."""

from typing import Final

DAY_S: Final = 86_400


def day_of(at: int) -> int:
    """Return the day of an instant, in days since 1970-01-01 (UTC)."""
    return at // DAY_S


def fresh_until(observed_at: int, freshness_days: int) -> int:
    """Return the last day on which a measurement counts, in days since 1970-01-01."""
    return day_of(observed_at) + freshness_days
