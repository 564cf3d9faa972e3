"""How much does a school year of reports leave behind? One report a day, where few change, on a year's own days.

Signed reports are taken in, judged and committed by the very function to which HTTP's go in groups, at the moments that
the calendar of a school year gives them: HTTP itself keeps nothing, and a year lasts minutes.
"""

import random
import time
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

import msgspec

from bench.ground import SEED, Ground, Scale
from bench.table import Figure, Table, number
from bench.weight import lines, parts
from checks.wire import REPORTS_PATH
from collector.envelope import open_envelope
from collector.freshness import DAY_S, day_of, days_of_school
from collector.ingest import take_group
from collector.profile_names import ProfileNames
from collector.signing import Keys, open_keys
from collector.simulator.fleet import CHANGE_PERCENT, Sender
from collector.simulator.nation import draw, lay_out
from collector.store import Session
from collector.store.engine import Store
from collector.store.taking import senders

SCHOOL_DAYS = 180
_FIRST_DAY = (date(2025, 9, 1) - date(1970, 1, 1)).days
_OPENS_S, _OPEN_S = 7 * 3600, 9 * 3600
TOGETHER = 32
"""Reports of one commit, of workstations of any schools."""
PARTS = 2
"""Parts of a day, after each of which PostgreSQL looks after rewritten rows: less often than its autovacuum would."""
BAR_BYTES = 4_000
FEWEST = 400
"""Workstations below which the bar is not held to anything: what weighs is then the first pages of each table."""


class _Changing(Sender):
    """A workstation that turns from one flavour into the next, so that 2 % of them change on any day."""

    def body(self, day: int = 0, now: int | None = None) -> bytes:
        """Return the report of a day."""
        every = 100 // CHANGE_PERCENT
        turns = (day + draw(self.pc.seed, "turn", self.pc.number) % every) // every
        kind = self.kinds[(self.pc.number + turns) % len(self.kinds)]
        return kind.packed(self.pc.workstation_id, int(time.time()) if now is None else now)


def measure(ground: Ground, scale: Scale, table: Table) -> None:
    """Take in a school year of reports of some workstations, and weigh what that added to an empty database."""
    pcs = scale.year_pcs
    schools = lay_out(7, max(2, pcs // 21), pcs)
    empty, _ = ground.enrolled("empty", schools[:1], 0)
    ground.vacuum(empty)
    before = ground.bytes_of(empty)
    url, fleet = ground.enrolled("year", schools, pcs)
    began = time.monotonic()
    _send(ground, url, [_Changing(pc, ground.kinds) for pc in fleet])
    spent = time.monotonic() - began
    ground.vacuum(url)
    each = (ground.bytes_of(url) - before) / pcs
    table.add(
        Figure(
            name=f"stored, per workstation and year, {ground.engine}",
            measured=f"{number(each)} bytes",
            baseline=f"{SCHOOL_DAYS} reports each, {CHANGE_PERCENT} % change a day, {pcs} workstations",
            bar=f"<= 4 kB (from {FEWEST} workstations)",
            holds=each <= BAR_BYTES if pcs >= FEWEST else None,
        )
    )
    table.notes.append(f"a school year of {pcs} workstations on {ground.engine} was taken in in {spent:.0f} s:")
    table.notes += lines(parts(ground, url), pcs)


def _send(ground: Ground, url: str, fleet: Sequence[_Changing]) -> None:
    """Take in a report a day of each workstation, every day in another order."""
    keys, names, order = open_keys(ground.settings(url)), ProfileNames(), random.Random(SEED)
    days = [day for day in days_of_school("A") if day >= _FIRST_DAY][:SCHOOL_DAYS]
    with Store(url) as store:
        for number_of_day, day in enumerate(days):
            waiting = order.sample(fleet, len(fleet))
            for part in range(PARTS):
                mine = waiting[part::PARTS]
                for now, group in _groups(mine, day * DAY_S + _OPENS_S + part * _OPEN_S // PARTS):
                    store.write(partial(_take, keys, names, group, number_of_day, now))
                ground.breathe(url)


def _groups(fleet: Sequence[_Changing], at: int) -> Iterator[tuple[int, Sequence[_Changing]]]:
    """Cut a part of a day's workstations into groups; with the moment of each, spread over that part."""
    for start in range(0, len(fleet), TOGETHER):
        yield at + start * _OPEN_S // PARTS // len(fleet), fleet[start : start + TOGETHER]


def _take(keys: Keys, names: ProfileNames, group: Sequence[_Changing], day: int, now: int, session: Session) -> None:
    """Take in one report of each of a group, and give each its receipt."""
    envelopes = []
    for sender in group:
        body = sender.body(day, now)
        headers = {name.lower(): value for name, value in sender.report(body, now=now).items()}
        envelopes.append(open_envelope("POST", REPORTS_PATH, headers, body))
    found = senders(session, [envelope.key_id for envelope in envelopes])
    for sender, answer in zip(
        group, take_group(session, keys, envelopes, found, names.current(session), now), strict=True
    ):
        if answer.status != 201:
            raise SystemExit(f"bench: a report of day {day_of(now)} was refused: {answer}")
        sender.last_receipt = msgspec.json.decode(answer.body)["receipt_id"]
