"""Where did each territory stand at the end of each day? Kept once a day, where it differs from the day before."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from collector.judged import TerritoryDay
from collector.store.many import upsert
from collector.store.summaries import Scope, Totals, totals, totals_by
from collector.territory import NATION, Territory

KINDS: Final = ("academie", "departement", "circonscription", "epci", "wave")
_COUNTS: Final = ("schools", "ready", "at_risk", "blocked", "unmeasured", "measured", "expected")


def keep_day(session: Session, now: int) -> int:
    """Keep where every territory above the commune stands; returns how many differ from what was kept last."""
    day = datetime.fromtimestamp(now, UTC).date()
    # A day to come was kept by a clock that has since been put right.
    session.execute(delete(TerritoryDay).where(col(TerritoryDay.day) > day))
    last = _last(session)
    rows = []
    for territory, found in _standing(session):
        values = {
            "schools": found.schools.total,
            **{name: getattr(found.schools, name) for name in ("ready", "at_risk", "blocked", "unmeasured")},
            "measured": found.workstations.measured,
            "expected": found.workstations.expected,
        }
        if last.get(str(territory)) != tuple(values[name] for name in _COUNTS):
            rows.append({"territory": str(territory), "day": day, **values})
    upsert(session, TerritoryDay, rows)
    return len(rows)


def days_of(session: Session, territory: Territory) -> list[TerritoryDay]:
    """Return the days on which a territory stood otherwise than the day before, oldest first."""
    query: Any = select(TerritoryDay).where(col(TerritoryDay.territory) == str(territory))
    return list(session.execute(query.order_by(col(TerritoryDay.day))).scalars().all())


def _standing(session: Session) -> Iterable[tuple[Territory, Totals]]:
    clauses = Scope(territory=NATION).clauses()
    for kind in KINDS:
        for (code,), found in totals_by(session, clauses, (kind,)).items():
            if code:
                yield Territory(kind, code), found
    yield NATION, totals(session, clauses)


def _last(session: Session) -> dict[str, tuple[int | None, ...]]:
    table = TerritoryDay.__table__  # type: ignore[attr-defined]
    latest = select(table.c.territory, func.max(table.c.day).label("day")).group_by(table.c.territory).subquery()
    query = select(table).join(latest, (latest.c.territory == table.c.territory) & (latest.c.day == table.c.day))
    return {row.territory: tuple(getattr(row, name) for name in _COUNTS) for row in session.execute(query)}
