"""What does time alone change? Measurements grow stale; and each day is kept as it ended."""

import logging
from datetime import UTC, datetime
from typing import Final

from sqlmodel import Session, col, select, update

from collector.freshness import day_of, known_until
from collector.judged import Mark, Verdict
from collector.store.engine import Store
from collector.store.generations import serving
from collector.store.marks import swept_at
from collector.store.standing import moving
from collector.store.stations import AT_ONCE
from collector.store.territory_days import keep_day

log = logging.getLogger(__name__)


MOST: Final = 4 * AT_ONCE
"""Workstations taken out in one transaction: other writers wait for no more."""


def sweep(session: Session, now: int) -> int:
    """Take out of the counts measurements that time alone made stale, at most `MOST`; returns how many.

    To be called until it returns less: only then is the day done, and kept. Measurements that a wrong clock had made
    stale come back.
    """
    found, today = serving(session), day_of(now)
    gens = {0, *(gen.id for gen in found.current.values()), *((found.pending.id,) if found.pending else ())}
    is_old = col(Verdict.fresh_until) < today
    wrong = select(Verdict.workstation_id).where(col(Verdict.generation).in_(gens), col(Verdict.is_stale) != is_old)
    ids = sorted(session.exec(wrong.distinct().limit(MOST)).all())
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        with moving(session, some, now, "time"):
            session.exec(update(Verdict).where(col(Verdict.workstation_id).in_(some)).values(is_stale=is_old))
    if len(ids) < MOST:
        _end(session, now)
    return len(ids)


def sweep_all(store: Store, now: int) -> int:
    """Sweep until the day is done, other writers having their turns; returns how many workstations moved."""
    swept = 0
    while some := store.write(lambda session: sweep(session, now)):
        swept += some
        if some < MOST:
            break
    return swept


def _end(session: Session, now: int) -> None:
    if datetime.fromtimestamp(now, UTC).date() > known_until():
        log.warning("the calendar of school days ends on %s: update Préau", known_until())
    before = swept_at(session)
    if before is None or day_of(before) != day_of(now):
        keep_day(session, now)
    session.merge(Mark(name="sweep", at=now))
    session.flush()
