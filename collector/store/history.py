"""What changed in schools, and when?"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
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


def outcome_changes(session: Session, uai: str) -> list[Change]:
    """Return the changes of a school's own outcome, the oldest first."""
    query = select(Transition).where(col(Transition.uai) == uai, col(Transition.check_id) == "")
    found: Any = session.exec(query.order_by(col(Transition.at), col(Transition.id)))  # type: ignore[call-overload]
    return [
        Change(
            at=datetime.fromtimestamp(row.at, UTC),
            before=Outcome(row.before or Outcome.UNMEASURED),
            after=Outcome(row.after),
            measured=row.workstations,
            why=row.why,
        )
        for row in found.scalars().all()
    ]
