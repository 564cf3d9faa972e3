"""Which causes are there in a territory, in which schools, and which were fixed, as a later report proved?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlmodel import Session, col

from checks.actors import DEFAULT_ACTORS, Actor
from checks.model import Role
from collector.judged import SchoolCause, SchoolState, Transition
from collector.store.generations import serving
from collector.store.school_list import PAGE
from collector.store.summaries import Scope, with_state
from collector.tables import School

FIXED: Final = (col(Transition.after) == "") & (col(Transition.before) != "") & (col(Transition.why) == "report")
"""A cause that a report no longer has: nobody's word is taken for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One cause in a territory."""

    actor: Actor
    check: str
    cause: str
    schools: int
    of_site: int  # schools where it is the school's, not some workstations'
    workstations: int
    blocked: int  # workstations that it blocks
    fixed: int  # schools that no longer have it, since the instant asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A school that has the cause."""

    uai: str
    name: str
    commune: str
    outcome: str
    workstations: int
    blocked: int
    of_site: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A school that no longer has the cause, as a report proved."""

    uai: str
    name: str
    commune: str
    at: datetime
    before: int  # workstations that had it, when it was last counted


def lines(session: Session, scope: Scope, since: int) -> list[Line]:
    """Return the causes of a territory, those that block most workstations first."""
    what = (col(SchoolCause.check_id), col(SchoolCause.cause), col(SchoolCause.role))
    blocked, having = func.sum(col(SchoolCause.blocked)), func.sum(_having())
    query: Any = (
        select(*what, func.count(), func.sum(_is_true(col(SchoolCause.of_site))), having, blocked)
        .join(School, _has(session))
        .where(*scope.clauses())
        .group_by(*what)
        .order_by(blocked.desc(), having.desc(), *what)
    )
    fixed = _fixed_counts(session, scope, since)
    return [
        Line(
            actor=DEFAULT_ACTORS[Role(role)],
            check=check,
            cause=cause,
            schools=schools,
            of_site=of_site,
            workstations=workstations,
            blocked=blocks,
            fixed=fixed.get((check, cause), 0),
        )
        for check, cause, role, schools, of_site, workstations, blocks in session.exec(query).all()
    ]


def touched(
    session: Session, scope: Scope, check: str, cause: str, after: str = ""
) -> tuple[list[Touched], str | None]:
    """Return at most `PAGE` schools that have a cause, by commune and name, and the UAI to give as `after`."""
    joined = and_(_has(session), col(SchoolCause.check_id) == check, col(SchoolCause.cause) == cause)
    query: Any = with_state(select(School, SchoolCause, SchoolState), serving(session)).join(SchoolCause, joined)
    query = query.where(*scope.clauses())
    last = session.get(School, after) if after else None
    if last is not None:
        query = query.where(col(School.listed_as) > last.listed_as)
    found = session.exec(query.order_by(School.listed_as).limit(PAGE + 1)).all()
    rows = [
        Touched(
            uai=school.uai,
            name=school.name,
            commune=school.commune_name,
            outcome=state.outcome,
            workstations=kept.workstations,
            blocked=kept.blocked,
            of_site=kept.of_site,
        )
        for school, kept, state in found
    ]
    return rows[:PAGE], rows[PAGE - 1].uai if len(rows) > PAGE else None


def fixed(session: Session, scope: Scope, check: str, cause: str, since: int) -> list[Fixed]:
    """Return at most `PAGE` schools that no longer have a cause, the latest first, with what it touched."""
    earlier = Transition.__table__.alias("earlier")  # type: ignore[attr-defined]
    before = (
        select(earlier.c.workstations)
        .where(
            earlier.c.uai == col(Transition.uai),
            earlier.c.check_id == check,
            earlier.c.cause == cause,
            earlier.c.id < col(Transition.id),
        )
        .order_by(earlier.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query: Any = (
        select(col(School.uai), col(School.name), col(School.commune_name), col(Transition.at), before)
        .join(Transition, col(Transition.uai) == col(School.uai))
        .where(*scope.clauses(), *_gone(session, since))
        .where(col(Transition.check_id) == check, col(Transition.cause) == cause)
        .order_by(col(Transition.at).desc(), col(Transition.id).desc())
        .limit(PAGE)
    )
    found = [
        Fixed(uai=uai, name=name, commune=commune, at=datetime.fromtimestamp(at, UTC), before=had or 0)
        for uai, name, commune, at, had in session.exec(query).all()
    ]
    return list({row.uai: row for row in reversed(found)}.values())[::-1]


def _fixed_counts(session: Session, scope: Scope, since: int) -> dict[tuple[str, str], int]:
    what = (col(Transition.check_id), col(Transition.cause))
    query: Any = (
        select(*what, func.count(func.distinct(col(Transition.uai))))
        .join(School, col(School.uai) == col(Transition.uai))
        .where(*scope.clauses(), *_gone(session, since))
        .group_by(*what)
    )
    return {(check, cause): schools for check, cause, schools in session.exec(query).all()}


def _gone(session: Session, since: int) -> Sequence[ColumnElement[bool]]:
    """Clauses on causes that a report took away since an instant, and that are not back."""
    back = exists().where(
        _has(session),
        col(SchoolCause.check_id) == col(Transition.check_id),
        col(SchoolCause.cause) == col(Transition.cause),
    )
    return (col(Transition.at) >= since, FIXED, ~back.correlate(School, Transition))


def _has(session: Session) -> Any:
    serves = col(SchoolCause.generation) == serving(session).expression()
    return (col(SchoolCause.uai) == col(School.uai)) & serves


def _having() -> Any:
    return col(SchoolCause.blocked) + col(SchoolCause.unmeasured) + col(SchoolCause.at_risk)


def _is_true(column: Any) -> Any:
    return case((column.is_(True), 1), else_=0)
