"""A fleet on the virtual clock: the same every time, nothing lost, and no rush after an outage."""

import pytest

from collector import cli
from collector.simulate_cli import MOST_TIMES_THE_MEAN
from collector.simulator.schedule import DAY_S, Outage, run

HOUR_S = 3600
FOUR_HOURS = Outage(begins=DAY_S + 15 * HOUR_S // 2, ends=DAY_S + 23 * HOUR_S // 2)
EVENING = DAY_S + 31 * HOUR_S // 2


def test_the_same_seed_gives_the_same_flow() -> None:
    assert run(2_000, 5, FOUR_HOURS) == run(2_000, 5, FOUR_HOURS)
    assert run(2_000, 5, FOUR_HOURS).asked != run(2_000, 6, FOUR_HOURS).asked


@pytest.mark.parametrize("seed", [1, 2])
def test_after_four_hours_of_outage_they_come_back_over_hours_and_nothing_is_lost(seed: int) -> None:
    flow = run(30_000, seed, FOUR_HOURS)
    assert flow.made == sum(flow.taken) + flow.left
    assert flow.left < flow.made // 50
    assert flow.waited > flow.made // 8
    assert sum(flow.taken[FOUR_HOURS.begins // 60 : FOUR_HOURS.ends // 60]) == 0
    assert flow.fullest(FOUR_HOURS.ends, EVENING) <= MOST_TIMES_THE_MEAN * flow.mean(FOUR_HOURS.ends, EVENING)
    assert flow.drained < 2 * DAY_S + 16 * HOUR_S  # by the end of the next school day: some were off


def test_the_command_says_whether_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["simulate", "--pcs", "20000", "--http", "0"]) == 0
    said = capsys.readouterr().out
    assert "fois la moyenne (au plus 3) : tenu" in said
    assert "relevés perdus : 0 : tenu" in said


def test_without_an_outage_nothing_waits() -> None:
    flow = run(5_000, 1, Outage(begins=0, ends=0))
    assert (flow.waited, flow.drained) == (0, 0)
    assert sum(flow.asked) == sum(flow.taken)
