"""Does a nation come back from an outage without a rush? On a virtual clock: neither machine nor engine matters."""

from bench.ground import SEED, Ground, Scale
from bench.table import Figure, Table, number
from collector.simulate_cli import MOST_TIMES_THE_MEAN
from collector.simulator.schedule import DAY_S, Outage, run

HOUR_S = 3600
OUTAGE = Outage(begins=DAY_S + 15 * HOUR_S // 2, ends=DAY_S + 23 * HOUR_S // 2)
"""From 8:30 to 12:30 on the second day, as clocks in France say in winter."""
EVENING = DAY_S + 31 * HOUR_S // 2
DRAINED_BY = 2 * DAY_S + 16 * HOUR_S
"""The end of the next school day: a workstation switched off at noon comes back in the morning."""
LEAST = 30_000
"""Workstations under which a minute holds too few requests for its fullest to say anything."""
NAME = "after 4 h of outage, fullest minute"


def measure(_ground: Ground, scale: Scale, table: Table) -> None:
    """Have the workstations live three days, once for all engines."""
    if any(figure.name.startswith(NAME) for figure in table.figures):
        return
    pcs = max(LEAST, scale.pcs)
    flow = run(pcs, SEED, OUTAGE)
    peak, mean = flow.fullest(OUTAGE.ends, EVENING), flow.mean(OUTAGE.ends, EVENING)
    lost, hours = flow.made - sum(flow.taken) - flow.left, (flow.drained - OUTAGE.ends) / HOUR_S
    table.add(
        Figure(
            name=f"{NAME}, {number(pcs)} workstations",
            measured=f"{number(peak)} requests",
            baseline=f"{number(mean)} a minute in the mean of the recovery",
            ratio=peak / max(1.0, mean),
            bar=f"<= x {MOST_TIMES_THE_MEAN}",
            holds=peak <= MOST_TIMES_THE_MEAN * mean,
        )
    )
    table.add(
        Figure(
            name="  reports lost, of those it held back",
            measured=number(lost),
            baseline=f"{number(flow.waited)} held back, drained {number(hours)} h after",
            bar="0, by the next evening",
            holds=lost == 0 and flow.waited > 0 and flow.drained <= DRAINED_BY,
        )
    )
