"""Where are the schools of a territory, one mark each, by their coordinates?

A mark's shape says its outcome, so that colour is never alone: a disc, a triangle, a square, a ring.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, floor, log10, radians
from statistics import median
from typing import Final

from checks.model import Outcome

WIDTH: Final = 640
HEIGHT: Final = 440
_MARGIN: Final = 14
_KM_PER_DEGREE: Final = 111.2
_FAR: Final = 3.0
"""Degrees away from the middle past which a school is left out of the drawing: its coordinates are wrong."""
ONE_BY_ONE: Final = 120
"""Up to so many schools, each mark is a link with its name."""
_ORDER: Final = (Outcome.UNMEASURED, Outcome.READY, Outcome.AT_RISK, Outcome.BLOCKED)
"""What blocks is drawn last, above the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One school, and where it stands in both senses; degrees, or None when the directory does not say."""

    uai: str
    name: str
    commune: str
    outcome: Outcome
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One path to draw: all the schools of one outcome, or a single school."""

    outcome: Outcome
    path: str
    place: Place | None  # the school, when it is drawn alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A drawing of `width` by `height`, what it leaves out, and how long `bar` (in its units) is in the field."""

    width: int
    height: int
    marks: tuple[Mark, ...]
    without: int  # schools that have no coordinates, or wrong ones
    bar: int
    bar_km: int


def draw(places: Sequence[Place]) -> Plot | None:
    """Lay out the schools; None when fewer than two can be placed."""
    located = [(p, p.latitude, p.longitude) for p in places if p.latitude is not None and p.longitude is not None]
    if not located:
        return None
    middle = median(latitude for _, latitude, _ in located), median(longitude for _, _, longitude in located)
    kept = [
        (p, latitude, longitude)
        for p, latitude, longitude in located
        if abs(latitude - middle[0]) <= _FAR and abs(longitude - middle[1]) <= _FAR
    ]
    if len(kept) < 2:
        return None
    narrow = cos(radians(middle[0]))
    xs = [longitude * narrow for _, _, longitude in kept]
    ys = [-latitude for _, latitude, _ in kept]
    scale = min(
        (WIDTH - 2 * _MARGIN) / ((max(xs) - min(xs)) or 0.01), (HEIGHT - 2 * _MARGIN) / ((max(ys) - min(ys)) or 0.01)
    )
    spots = {
        p.uai: (round((x - min(xs)) * scale) + _MARGIN, round((y - min(ys)) * scale) + _MARGIN)
        for (p, _, _), x, y in zip(kept, xs, ys, strict=True)
    }
    wide = max(x for x, _ in spots.values()) + _MARGIN
    bar_km = _round_length(0.3 * wide / scale * _KM_PER_DEGREE)
    return Plot(
        width=wide,
        height=max(y for _, y in spots.values()) + _MARGIN,
        marks=tuple(_marks([p for p, _, _ in kept], spots)),
        without=len(places) - len(kept),
        bar=max(1, round(bar_km / _KM_PER_DEGREE * scale)),
        bar_km=bar_km,
    )


def shape(outcome: str, x: int, y: int) -> str:
    """Return the path of one mark. A disc, a ring and a square are the ends of a line of no length."""
    return f"M{x} {y - 4}l4 7h-8z" if outcome == Outcome.AT_RISK else f"M{x} {y}h0"


def _marks(places: Iterable[Place], spots: Mapping[str, tuple[int, int]]) -> Iterable[Mark]:
    ordered = sorted(places, key=lambda place: _ORDER.index(place.outcome))
    if len(ordered) <= ONE_BY_ONE:
        for place in ordered:
            yield Mark(outcome=place.outcome, path=shape(place.outcome, *spots[place.uai]), place=place)
        return
    for outcome in _ORDER:
        path = "".join(dict.fromkeys(shape(outcome, *spots[p.uai]) for p in ordered if p.outcome is outcome))
        if path:
            yield Mark(outcome=outcome, path=path, place=None)


def _round_length(km: float) -> int:
    """Return the greatest of 1, 2, 5, 10, 20, 50… that is not above a length in kilometres; at least 1."""
    if km < 1:
        return 1
    power = 10 ** floor(log10(km))
    return int(next(step * power for step in (5, 2, 1) if step * power <= km))
