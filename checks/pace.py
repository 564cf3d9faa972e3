"""When does a workstation audit and send, so that a million of them never arrive together?

Pure; the same numbers for the agent, for the collector that gives each its slot, and for the simulation that shows what
they come to. Instants are seconds since 1970-01-01 UTC.

- The system's scheduler runs the agent at start-up and then every `EVERY_S`, each time after a random delay of up to
  `SPREAD_S`: a whole school that is switched on at half past eight does not send at half past eight.
- A run audits when the last receipt's slot has come, and sends what it holds.
- A run that could not send waits `defer_s`, drawn at random up to a bound that doubles: after an outage of hours, those
  who wait come back over as long as the bound, not at once.
"""

import hashlib
from typing import Final

EVERY_S: Final = 3600
SPREAD_S: Final = 3600
FIRST_DEFER_S: Final = 900
LONGEST_DEFER_S: Final = 7200

_DAY_S: Final = 86_400
_OPENS_S: Final = 7 * 3600 + 1800
_CLOSES_S: Final = 15 * 3600
"""Half past seven to three o'clock UTC: within the school day of metropolitan France, winter and summer."""
_MONDAY: Final = 4 * _DAY_S
"""1970-01-01 was a Thursday."""


def slot_s(key_id: str) -> int:
    """Return the second of the day (UTC) that is this key's own: it never changes, and keys are spread evenly."""
    number = int.from_bytes(hashlib.sha256(f"slot {key_id}".encode()).digest()[:8], "big")
    return _OPENS_S + number % (_CLOSES_S - _OPENS_S)


def next_in_s(key_id: str, now: int) -> int:
    """Return in how many seconds this key is expected again: at its slot of the next weekday.

    One that reports earlier in the day than its slot was switched off then: it is expected proportionally earlier.
    """
    day = now // _DAY_S + 1
    while (day * _DAY_S - _MONDAY) // _DAY_S % 7 > 4:
        day += 1
    slot, today_s = slot_s(key_id) - _OPENS_S, now % _DAY_S - _OPENS_S
    if 0 < today_s < slot:
        slot = slot * today_s // (_CLOSES_S - _OPENS_S)
    return day * _DAY_S + _OPENS_S + slot - now


def longest_defer_s(failed_runs: int) -> int:
    """Return the bound of the wait after so many runs (at least one) that could not send: draw up to it."""
    return min(LONGEST_DEFER_S, FIRST_DEFER_S << min(failed_runs - 1, 10))
