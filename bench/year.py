"""How much does a school year of reports leave behind? One report a day, where few change, through real HTTP."""

import asyncio
import time

from bench.ground import Ground, Scale
from bench.nation import up
from bench.table import Figure, Table, number
from collector.simulator.fleet import CHANGE_PERCENT, Sender
from collector.simulator.nation import draw, lay_out
from collector.simulator.traffic import Traffic

SCHOOL_DAYS = 180
PARTS = 20
"""Parts of a day, after each of which PostgreSQL may use the room of rewritten rows again."""
BAR_BYTES = 4_000


class _Changing(Sender):
    """A workstation that turns from one flavour into the next, so that 2 % of them change on any day."""

    def body(self, day: int = 0, now: int | None = None) -> bytes:
        """Return the report of a day."""
        every = 100 // CHANGE_PERCENT
        turns = (day + draw(self.pc.seed, "turn", self.pc.number) % every) // every
        kind = self.kinds[(self.pc.number + turns) % len(self.kinds)]
        return kind.packed(self.pc.workstation_id, int(time.time()) if now is None else now)


def measure(ground: Ground, scale: Scale, table: Table) -> None:
    """Send a school year of reports of some workstations, and weigh what that added to an empty database."""
    schools = lay_out(7, max(2, scale.year_pcs // 21), scale.year_pcs)
    empty, _ = ground.enrolled("year", schools[:1], 0)
    ground.vacuum(empty)
    before = ground.bytes_of(empty)
    url, fleet = ground.enrolled("year", schools, scale.year_pcs)
    senders = [_Changing(pc, ground.kinds) for pc in fleet]
    began = time.monotonic()
    with up(ground, url) as port:
        traffic = Traffic([f"http://127.0.0.1:{port}"], ground.kinds, all_good=True)
        for day in range(SCHOOL_DAYS):
            for part in range(PARTS):
                asyncio.run(traffic.day(senders[part::PARTS], day, lambda *_: None))
                ground.breathe(url, part + 1)
            traffic.outcome.acknowledged.clear()
    if traffic.outcome.wrong:
        raise SystemExit(f"bench: {traffic.outcome.wrong[:3]}")
    spent = time.monotonic() - began
    ground.vacuum(url)
    each = (ground.bytes_of(url) - before) / scale.year_pcs
    table.add(
        Figure(
            name=f"stored, per workstation and year, {ground.engine}",
            measured=f"{number(each)} bytes",
            baseline=f"{SCHOOL_DAYS} reports each, {CHANGE_PERCENT} % change a day, {scale.year_pcs} workstations",
            bar="<= 4 kB",
            holds=each <= BAR_BYTES,
        )
    )
    table.notes.append(f"a school year of {scale.year_pcs} workstations on {ground.engine} was sent in {spent:.0f} s")
