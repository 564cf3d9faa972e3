"""How did a school stand, day after day? A band cut where its outcome changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from checks.model import Outcome

WIDTH: Final = 640
HEIGHT: Final = 72
_MOST: Final = 400
_LEVELS: Final = {Outcome.READY: 0, Outcome.AT_RISK: 1, Outcome.UNMEASURED: 2, Outcome.BLOCKED: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The outcome of a school changed."""

    at: datetime  # UTC
    before: Outcome
    after: Outcome
    measured: int  # workstations, after
    why: str  # a key of `WHY`


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A while during which the outcome was the same: where it is drawn, and since when it lasted."""

    outcome: Outcome
    x: int
    width: int
    y: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The drawing, from `start` to `end`."""

    start: datetime
    end: datetime
    steps: tuple[Step, ...]


WHY: Final = {
    "report": "un relevé",
    "profile": "de nouvelles exigences",
    "time": "des relevés devenus trop anciens",
    "person": "une décision de l'exploitant",
    "directory": "l'annuaire ou l'attribution des écoles",
}
"""What made an outcome change, in French."""


def draw(changes: Sequence[Change], now: int) -> Band | None:
    """Lay out the changes, the oldest first, up to `now` (seconds since 1970 UTC); None when there is none."""
    kept = changes[-_MOST:]
    if not kept:
        return None
    start, end = kept[0].at, datetime.fromtimestamp(now, UTC)
    whole = max((end - start).total_seconds(), 1.0)
    edges = [round((change.at - start).total_seconds() * WIDTH / whole) for change in kept] + [WIDTH]
    steps = (
        Step(outcome=c.after, x=x, width=max(after - x, 1), y=_LEVELS[c.after] * HEIGHT // 4, since=c.at)
        for c, x, after in zip(kept, edges, edges[1:], strict=False)
    )
    return Band(start=start, end=end, steps=tuple(steps))
