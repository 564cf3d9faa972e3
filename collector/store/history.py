"""What changed in schools, and when?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from checks.model import Outcome
from collector.charts.history import Change
from collector.judged import Transition
from collector.tables import School


def of_school(session: Session, uai: str, *, since: int = 0) -> list[Transition]:
    """Return what changed in one school since an instant, the oldest first: its outcome (check "") and its causes."""
    query = select(Transition).where(col(Transition.uai) == uai, col(Transition.at) >= since)
    return list(session.exec(query.order_by(col(Transition.at), col(Transition.id))).scalars().all())  # type: ignore[call-overload]


def outcomes_since(
    session: Session, clauses: Sequence[ColumnElement[bool]], since: int, *, most: int = 500
) -> list[tuple[Transition, School]]:
    """Return the outcomes of schools (those that the clauses on `School` keep) that changed, the latest first."""
    query: Any = (
        select(Transition, School)
        .join(School, col(School.uai) == col(Transition.uai))
        .where(*clauses, col(Transition.at) >= since, col(Transition.check_id) == "")
        .order_by(col(Transition.at).desc(), col(Transition.id).desc())
        .limit(most)
    )
    return [(change, school) for change, school in session.exec(query).all()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """How the schools of a territory moved: how many from an outcome to another, and the latest of them."""

    counts: tuple[tuple[Outcome, Outcome, int], ...]  # before, after, schools; what improved most first
    latest: tuple[tuple[School, Change], ...]


def moves_since(session: Session, clauses: Sequence[ColumnElement[bool]], since: int, *, most: int = 8) -> Moves:
    """Return the net moves since an instant: a school that came back to where it was has not moved."""
    in_order: Any = {"partition_by": col(Transition.uai), "order_by": col(Transition.id)}
    ordered = (
        select(
            func.first_value(col(Transition.before)).over(**in_order).label("before"),
            col(Transition.after),
            func.lead(col(Transition.id)).over(**in_order).label("next"),
        )
        .join(School, col(School.uai) == col(Transition.uai))
        .where(*clauses, col(Transition.at) >= since, col(Transition.check_id) == "")
        .subquery()
    )
    counted: Any = (
        select(ordered.c.before, ordered.c.after, func.count())
        .where(ordered.c.next.is_(None), ordered.c.before != ordered.c.after)
        .group_by(ordered.c.before, ordered.c.after)
    )
    counts = [(Outcome(b or Outcome.UNMEASURED), Outcome(a), n) for b, a, n in session.exec(counted).all()]
    latest = outcomes_since(session, clauses, since, most=most)
    return Moves(
        counts=tuple(sorted(counts, key=lambda move: (_RANK[move[1]] - _RANK[move[0]], -move[2]))),
        latest=tuple((school, _change(row)) for row, school in latest),
    )


_RANK: Final = {Outcome.READY: 0, Outcome.AT_RISK: 1, Outcome.UNMEASURED: 2, Outcome.BLOCKED: 3}


def outcome_changes(session: Session, uai: str) -> list[Change]:
    """Return the changes of a school's own outcome, the oldest first."""
    query = select(Transition).where(col(Transition.uai) == uai, col(Transition.check_id) == "")
    found: Any = session.exec(query.order_by(col(Transition.at), col(Transition.id)))  # type: ignore[call-overload]
    return [_change(row) for row in found.scalars().all()]


def _change(row: Transition) -> Change:
    return Change(
        at=datetime.fromtimestamp(row.at, UTC),
        before=Outcome(row.before or Outcome.UNMEASURED),
        after=Outcome(row.after),
        measured=row.workstations,
        why=row.why,
    )
