"""What changes when a generation comes in force, and what is left of those before?"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import case, delete, insert, literal, or_, select
from sqlmodel import Session

from collector.judged import Finding, Generation, SchoolCause, SchoolState, Transition, Verdict
from collector.store.dialect import durable_later
from collector.store.generations import Serving
from collector.tables import School

_SCHOOL: Final = School.__table__  # type: ignore[attr-defined]
_VERDICT: Final = Verdict.__table__  # type: ignore[attr-defined]
_FINDING: Final = Finding.__table__  # type: ignore[attr-defined]
_STATE: Final = SchoolState.__table__  # type: ignore[attr-defined]
_CAUSE: Final = SchoolCause.__table__  # type: ignore[attr-defined]


def note_changes(session: Session, found: Serving, now: int) -> int:
    """Note what the generation in preparation changes of schools and of their causes; returns how many schools."""
    assert found.pending is not None
    _note_causes(session, found, found.pending.id, now)
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


def _note_causes(session: Session, found: Serving, generation: int, now: int) -> None:
    """Note the causes that come, go, or become the site's or a workstation's: in the database, there may be many.

    For one generation in force after the other: by a constant, not by what serves each school, databases use the keys.
    """
    for served_by in sorted({found.default.id, *(gen.id for gen in found.current.values())}):
        _note_causes_of(session, found, served_by, generation, now)


def _note_causes_of(session: Session, found: Serving, served_by: int, generation: int, now: int) -> None:
    new, old = _CAUSE.alias("new"), _CAUSE.alias("old")
    same = (new.c.uai == old.c.uai) & (new.c.check_id == old.c.check_id) & (new.c.cause == old.c.cause)
    mine = select(_SCHOOL.c.uai).where(found.expression() == served_by)
    touched = select(_STATE.c.uai).where(_STATE.c.generation == generation, _STATE.c.uai.in_(mine))
    after = (
        select(new.c.uai, new.c.check_id, new.c.cause, *_scopes(old, new), _having(new))
        .outerjoin(old, (old.c.generation == served_by) & same)
        .where(new.c.generation == generation, new.c.uai.in_(mine))
        .where(or_(old.c.uai.is_(None), old.c.of_site != new.c.of_site))
    )
    gone = (
        select(old.c.uai, old.c.check_id, old.c.cause, *_scopes(old, new), literal(0))
        .outerjoin(new, (new.c.generation == generation) & same)
        .where(old.c.generation == served_by, old.c.uai.in_(touched), new.c.uai.is_(None))
    )
    told = ("uai", "check_id", "cause", "before", "after", "workstations")
    for changed in (after, gone):
        rows = changed.add_columns(literal(now), literal("profile"), literal(generation)).order_by("uai")
        session.execute(insert(Transition).from_select([*told, "at", "why", "generation"], rows))


def _scopes(old: Any, new: Any) -> tuple[Any, Any]:
    """Say how far a cause went, before and after, as `Transition` does."""

    def said(one: Any) -> Any:
        return case((one.c.uai.is_(None), ""), (one.c.of_site, "site"), else_="workstation")

    return said(old).label("before"), said(new).label("after")


def _having(one: Any) -> Any:
    return one.c.blocked + one.c.unmeasured + one.c.at_risk


OF_WORKSTATIONS: Final = (_VERDICT,)
OF_THE_REST: Final = (_FINDING, _STATE, _CAUSE)
"""What a generation leaves, in two parts of about the same size."""


def sweep_past(session: Session, tables: Sequence[Any] = OF_WORKSTATIONS + OF_THE_REST, most: int = 20_000) -> int:
    """Take away some of what was kept under generations that serve no more; returns how many rows."""
    durable_later(session)  # what a crash brings back is found again
    past = select(Generation.id).where(Generation.state.in_(("past", "abandoned")))  # type: ignore[call-overload,attr-defined]
    gone = 0
    for generation in session.execute(past).scalars().all():
        for table in tables:
            gone += _sweep(session, table, generation, most - gone)
            if gone >= most:
                return gone
    return gone


def _sweep(session: Session, table: Any, generation: int, most: int) -> int:
    """Take away about so many rows of a generation, those that come first in its key."""
    mine, key = table.c.generation == generation, list(table.primary_key)[1]
    last = session.execute(select(key).where(mine).order_by(key).offset(most - 1).limit(1)).scalar()
    found: Any = session.execute(delete(table).where(mine, *(() if last is None else (key <= last,))))
    swept: int = found.rowcount
    return swept
