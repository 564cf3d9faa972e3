"""When would a million workstations send, through an outage and after it? On a virtual clock: no network, no waiting.

Each workstation follows `checks.pace`, as the agent does. Three school days: an ordinary one, one with the outage, and
the next. What matters is how many requests arrive in the fullest minute, beside the mean minute of the recovery, and
that every report is acknowledged in the end.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from checks import pace

DAY_S: Final = 86_400
DAYS: Final = 3
MINUTE_S: Final = 60
_MONDAY_S: Final = 4 * DAY_S
"""The first of the three days is a Monday."""
_OFF_TO_UTC_S: Final = 3600  # France in winter
_PRESENCE: Final[Sequence[tuple[int, int, int, int, int]]] = (
    # share in percent; switched on from, to; switched off from, to: minutes of the day, as clocks in France say
    (50, 8 * 60 + 15, 9 * 60, 16 * 60 + 20, 17 * 60 + 30),  # a desk in use all day
    (18, 8 * 60 + 15, 9 * 60 + 30, 11 * 60 + 20, 12 * 60),  # mornings only
    (14, 13 * 60 + 15, 14 * 60, 16 * 60, 16 * 60 + 45),  # afternoons only
    (8, 9 * 60, 15 * 60, 0, 0),  # one session of three quarters of an hour
    (10, 0, 0, 0, 0),  # not that day
)
_SESSION_S: Final = 45 * 60
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """From when to when the collector does not answer: seconds since the first day's midnight, UTC."""

    begins: int
    ends: int


@dataclass(slots=True)
class Flow:
    """What arrives, minute by minute, over the three days."""

    asked: list[int] = field(default_factory=lambda: [0] * (DAYS * DAY_S // MINUTE_S))  # requests
    taken: list[int] = field(default_factory=lambda: [0] * (DAYS * DAY_S // MINUTE_S))  # acknowledged
    made: int = 0  # reports made
    waited: int = 0  # of them, those that could not leave at once
    left: int = 0  # still on workstations at the end of the last day
    drained: int = 0  # when the last report that the outage held back was acknowledged

    def fullest(self, begins: int, ends: int) -> int:
        """Return the most requests in one minute between two instants."""
        return max(self.asked[begins // MINUTE_S : ends // MINUTE_S], default=0)

    def mean(self, begins: int, ends: int) -> float:
        """Return the mean number acknowledged in a minute between two instants."""
        minutes = self.taken[begins // MINUTE_S : ends // MINUTE_S]
        return sum(minutes) / max(1, len(minutes))


def run(pcs: int, seed: int, outage: Outage, progress: Progress = lambda *_: None) -> Flow:
    """Have `pcs` workstations live three days; the same seed gives the same flow."""
    flow, chance = Flow(), random.Random(seed)  # noqa: S311 - a simulation
    for number in range(pcs):
        _live(flow, outage, chance, f"{seed}:{number}")
        if number % 20_000 == 0:
            progress(number, pcs)
    progress(pcs, pcs)
    return flow


def _live(flow: Flow, outage: Outage, chance: random.Random, key_id: str) -> None:
    """Follow one workstation from its first audit to the last day's evening."""
    due = pace.slot_s(key_id)
    held = held_by_outage = 0
    failed, not_before = 0, 0
    for at in _runs(chance):
        if at >= due:  # it audits: at most once a day, whatever becomes of the report
            flow.made += 1
            held += 1
            due = at + pace.next_in_s(key_id, _MONDAY_S + at)
        if not held or at < not_before:
            continue
        flow.asked[at // MINUTE_S] += 1
        if outage.begins <= at < outage.ends:
            failed += 1
            held_by_outage = held
            not_before = at + chance.randrange(pace.longest_defer_s(failed))
            continue
        flow.asked[at // MINUTE_S] += held - 1
        flow.taken[at // MINUTE_S] += held
        if held_by_outage:
            flow.waited += held_by_outage
            flow.drained = max(flow.drained, at)
        held = held_by_outage = failed = 0
    flow.left += held


def _runs(chance: random.Random) -> Iterator[int]:
    """Give the instants at which the scheduler runs the agent, over the three days."""
    for day in range(DAYS):
        on, off = _presence(chance)
        base, beat = day * DAY_S, on
        while beat < off:
            at = beat + int(chance.random() * pace.SPREAD_S)
            if at < off:
                yield base + at
            beat += pace.EVERY_S


def _presence(chance: random.Random) -> tuple[int, int]:
    """Return when a workstation is on that day, in seconds of the day (UTC)."""
    kinds, weights = zip(*((when, share) for share, *when in _PRESENCE), strict=True)
    on_from, on_to, off_from, off_to = chance.choices(kinds, weights)[0]
    if not on_from:
        return 0, 0
    on = int(60 * (on_from + chance.random() * (on_to - on_from))) - _OFF_TO_UTC_S
    if not off_from:
        return on, on + _SESSION_S
    return on, int(60 * (off_from + chance.random() * (off_to - off_from))) - _OFF_TO_UTC_S
