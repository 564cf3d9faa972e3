"""What changes when a generation comes in force, and what is left of those before?"""

from typing import Any, Final

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from collector.judged import Finding, Generation, SchoolCause, SchoolState, Transition, Verdict
from collector.store.generations import Serving
from collector.tables import School

_SCHOOL: Final = School.__table__  # type: ignore[attr-defined]
_VERDICT: Final = Verdict.__table__  # type: ignore[attr-defined]
_FINDING: Final = Finding.__table__  # type: ignore[attr-defined]
_STATE: Final = SchoolState.__table__  # type: ignore[attr-defined]
_CAUSE: Final = SchoolCause.__table__  # type: ignore[attr-defined]
_AT_ONCE: Final = 500


def note_changes(session: Session, found: Serving, now: int) -> int:
    """Note the schools whose outcome the generation in preparation changes; returns how many."""
    assert found.pending is not None
    new, old = _STATE.alias("new"), _STATE.alias("old")
    measured = new.c.ready + new.c.at_risk + new.c.blocked + new.c.unmeasured
    changed = (
        select(
            new.c.uai,
            old.c.outcome,
            new.c.outcome,
            measured,
            new.c.generation,
        )
        .join(_SCHOOL, _SCHOOL.c.uai == new.c.uai)
        .join(old, (old.c.uai == new.c.uai) & (old.c.generation == found.expression()))
        .where(new.c.generation == found.pending.id, new.c.outcome != old.c.outcome)
        .order_by(new.c.uai)
    )
    rows = [
        {
            "uai": uai,
            "at": now,
            "check_id": "",
            "cause": "",
            "before": before,
            "after": after,
            "workstations": number,
            "why": "profile",
            "generation": generation,
        }
        for uai, before, after, number, generation in session.execute(changed)
    ]
    if rows:
        session.execute(insert(Transition), rows)
    return len(rows)


def sweep_past(session: Session, most: int = 20_000) -> int:
    """Take away some of what was kept under generations that serve no more; returns how many rows."""
    past = select(Generation.id).where(Generation.state.in_(("past", "abandoned")))  # type: ignore[call-overload,attr-defined]
    gone = 0
    for table, name in ((_VERDICT, "workstation_id"), (_FINDING, "workstation_id"), (_STATE, "uai"), (_CAUSE, "uai")):
        for generation in session.execute(past).scalars().all():
            mine = (
                select(table.c[name]).where(table.c.generation == generation).order_by(table.c[name]).limit(most - gone)
            )
            names = session.execute(mine).scalars().all()
            for start in range(0, len(names), _AT_ONCE):
                some = names[start : start + _AT_ONCE]
                found: Any = session.execute(
                    delete(table).where(table.c.generation == generation, table.c[name].in_(some))
                )
                gone += found.rowcount
            if gone >= most:
                return gone
    return gone
