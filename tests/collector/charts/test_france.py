"""Every département with schools is on the map, shaded by what is known."""

from pathlib import Path

import pytest

import collector
from collector.answers import SchoolCounts
from collector.charts.france import GRADES, UNKNOWN, draw, grade, outlines
from collector.simulator.nation import departements


def counts(ready: int = 0, at_risk: int = 0, blocked: int = 0, unmeasured: int = 0) -> SchoolCounts:
    total = ready + at_risk + blocked + unmeasured
    return SchoolCounts(total=total, ready=ready, at_risk=at_risk, blocked=blocked, unmeasured=unmeasured)


def test_the_outlines_are_those_of_metropolitan_france_with_their_licence() -> None:
    codes = {f"{n:03}" for n in range(1, 96) if n != 20} | {"02A", "02B"}
    assert set(outlines()) == codes
    assert codes < {one.code for one in departements()}
    text = (Path(collector.__file__).parent / "data" / "contours.csv").read_text(encoding="utf-8")
    assert "CC BY 4.0" in text.splitlines()[0]
    assert len(text.encode()) < 24_000
    assert all(0 <= a < c <= 614 and 0 <= b < d <= 586 for a, b, c, d in (one.box for one in outlines().values()))


@pytest.mark.parametrize(
    ("schools", "shade"),
    [
        (counts(ready=19, blocked=81), "g0"),
        (counts(ready=10, at_risk=10, blocked=80), "g1"),
        (counts(ready=79, blocked=21), "g3"),
        (counts(ready=80, blocked=20), "g4"),
        (counts(ready=5), "g4"),
        (counts(ready=49, unmeasured=51), UNKNOWN),
        (counts(ready=50, unmeasured=50), "g2"),
        (counts(), UNKNOWN),
    ],
)
def test_the_shade_is_the_share_that_can_open_once_most_is_known(schools: SchoolCounts, shade: str) -> None:
    assert grade(schools) == shade
    assert shade in {*(name for name, _ in GRADES), UNKNOWN}


def test_what_has_no_outline_is_a_tile() -> None:
    found = draw({code: counts(ready=1) for code in ("031", "02A", "974", "971", "099")})
    assert {area.code for area in found.areas} == {"031", "02A", "974", "971", "099"}
    tiles = [area for area in found.areas if area.label]
    assert [area.code for area in tiles] == ["971", "974", "099"]
    left, top, width, height = found.frame
    for area in tiles:
        assert area.label is not None
        x, y, text = area.label
        assert left < x < left + width
        assert top < y < top + height
        assert text == area.code


def test_a_nation_fits_and_a_place_with_only_tiles_too() -> None:
    nation = draw({code: counts(ready=1) for code in (*outlines(), "971", "972", "973", "974", "976")})
    assert len(nation.areas) == 101
    assert nation.frame[2] < 700
    assert draw({"099": counts(ready=1)}).frame[2] < 120
    assert draw({}).areas == ()
