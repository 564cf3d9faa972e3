"""Each school that has coordinates is one mark, whose shape says its outcome."""

import re
from itertools import cycle

from hypothesis import given
from hypothesis import strategies as st

from checks.model import Outcome
from collector.charts.plot import HEIGHT, ONE_BY_ONE, WIDTH, Place, draw, shape

DEGREES = st.none() | st.floats(allow_nan=False, allow_infinity=False, min_value=-90, max_value=90)


def place(number: int, latitude: float | None, longitude: float | None, outcome: Outcome = Outcome.READY) -> Place:
    return Place(
        uai=f"{number:07}A", name="Ecole", commune="Muret", outcome=outcome, latitude=latitude, longitude=longitude
    )


def test_each_outcome_has_its_shape_and_few_schools_are_links() -> None:
    outcomes = cycle(Outcome)
    places = [place(n, 43 + n / 100, 1 + n / 80, next(outcomes)) for n in range(8)]
    plot = draw(places)
    assert plot is not None
    assert len(plot.marks) == 8
    assert plot.marks[-1].outcome is Outcome.BLOCKED
    assert {mark.place.uai for mark in plot.marks if mark.place} == {p.uai for p in places}
    assert shape(Outcome.AT_RISK, 1, 9) != shape(Outcome.READY, 1, 9)


def test_many_schools_are_one_path_an_outcome() -> None:
    plot = draw([place(n, 43 + n % 40 / 100, 1 + n / 1000) for n in range(ONE_BY_ONE + 1)])
    assert plot is not None
    assert [mark.outcome for mark in plot.marks] == [Outcome.READY]
    assert plot.marks[0].place is None


def test_a_wrong_place_is_left_out_and_counted() -> None:
    plot = draw([place(1, 43.1, 1.2), place(2, 43.4, 1.5), place(3, 0.0, 0.0), place(4, None, None)])
    assert plot is not None
    assert plot.without == 2
    assert len(plot.marks) == 2


def test_the_bar_is_a_round_length() -> None:
    plot = draw([place(1, 43.0, 1.0), place(2, 43.0, 2.0)])  # 81 km apart
    assert plot is not None
    assert plot.bar_km == 20
    assert abs(plot.bar / (WIDTH - 28) - 20 / 81) < 0.01


def test_one_place_is_no_plot() -> None:
    assert draw([]) is None
    assert draw([place(1, 43.0, 1.0), place(2, None, 1.0)]) is None


@given(st.lists(st.tuples(DEGREES, DEGREES), max_size=30))
def test_every_mark_is_inside_the_frame(degrees: list[tuple[float | None, float | None]]) -> None:
    plot = draw([place(n, *where) for n, where in enumerate(degrees)])
    if plot is None:
        return
    assert plot.width <= WIDTH + 1
    assert plot.height <= HEIGHT + 1
    for mark in plot.marks:
        for x, y in re.findall(r"M(-?\d+) (-?\d+)", mark.path):
            assert 0 <= int(x) <= plot.width
            assert 0 <= int(y) <= plot.height
