"""Where does a territory stand? Sums over what is kept of each of its open schools."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, select
from sqlmodel import Session, col

from checks.actors import DEFAULT_ACTORS
from checks.model import Outcome, Role
from collector.answers import (
    CauseCount,
    ProfileUse,
    SchoolCounts,
    Sector,
    TerritoryName,
    TerritoryReadiness,
    WorkstationCounts,
)
from collector.store.schools import territory_filter, territory_name
from collector.tables import School, SchoolCause, SchoolState
from collector.territory import Territory

TOP_CAUSES: Final = 20
_STATIONS: Final = ("measured", "stale", "pending", "ready", "at_risk", "blocked", "unmeasured")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which open schools are meant."""

    territory: Territory
    wave: str | None = None
    sector: Sector | None = None

    def clauses(self) -> list[ColumnElement[bool]]:
        """Return the clauses on `School` that keep them."""
        clauses = territory_filter(self.territory)
        if self.wave is not None:
            clauses.append(col(School.wave) == self.wave)
        if self.sector is not None:
            clauses.append(col(School.sector) == self.sector)
        return clauses


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The sums over some schools. They hold until `holds_until` (seconds since 1970 UTC; None: until a report)."""

    schools: SchoolCounts
    workstations: WorkstationCounts
    holds_until: int | None

    def as_of(self, now: int) -> datetime:
        """Return the last moment, up to `now`, at which the sums are known to hold."""
        at = now if self.holds_until is None else min(now, self.holds_until)
        return datetime.fromtimestamp(at, UTC)


def readiness(session: Session, scope: Scope, now: int) -> TerritoryReadiness | None:
    """Sum a territory up; None when it has no open school (whatever its wave or sector)."""
    name = territory_name(session, scope.territory)
    if name is None:
        return None
    clauses = scope.clauses()
    found = totals(session, clauses)
    return TerritoryReadiness(
        territory=TerritoryName(id=str(scope.territory), name=name),
        as_of=found.as_of(now),
        profiles=_profiles(session, clauses),
        schools=found.schools,
        workstations=found.workstations,
        causes=_causes(session, clauses),
    )


def totals(session: Session, clauses: Sequence[ColumnElement[bool]]) -> Totals:
    """Return the sums over the schools that these clauses keep."""
    return _totals(session.exec(_query().where(*clauses)).one())


def totals_by(
    session: Session, clauses: Sequence[ColumnElement[bool]], kinds: Sequence[str]
) -> dict[tuple[str | None, ...], Totals]:
    """Return the same sums for each territory of the last of these kinds, by its codes of all of them.

    `kinds`: from the widest, such as ("academie", "departement"), or ("wave",). A code is None where a school has none.
    """
    codes = [col(School.wave) if kind == "wave" else getattr(School, f"{kind}_code") for kind in kinds]
    rows = session.exec(_query().add_columns(*codes).where(*clauses).group_by(*codes)).all()
    return {tuple(row[-len(codes) :]): _totals(row) for row in rows}


def _query() -> Any:
    outcome = col(SchoolState.outcome)
    sums: tuple[Any, ...] = (
        func.count(col(School.uai)),
        *(func.count(case((outcome == o.value, 1))) for o in (Outcome.READY, Outcome.AT_RISK, Outcome.BLOCKED)),
        func.sum(col(School.expected_workstations)),
        func.count(case((col(School.expected_workstations).is_(None), 1))),
        *(func.coalesce(func.sum(getattr(SchoolState, name)), 0) for name in _STATIONS),
        func.min(col(SchoolState.next_change_at)),
    )
    # A school nobody has added up yet is unmeasured, not absent.
    return select(*sums).select_from(School).outerjoin(SchoolState, col(SchoolState.uai) == col(School.uai))


def _totals(row: Any) -> Totals:
    total, ready, at_risk, blocked, expected, without = row[:6]
    unmeasured = total - ready - at_risk - blocked
    return Totals(
        schools=SchoolCounts(total=total, ready=ready, at_risk=at_risk, blocked=blocked, unmeasured=unmeasured),
        workstations=WorkstationCounts(
            expected=expected,
            schools_without_expected=without,
            **dict(zip(_STATIONS, row[6:], strict=False)),
        ),
        holds_until=row[6 + len(_STATIONS)],
    )


def _profiles(session: Session, clauses: Sequence[ColumnElement[bool]]) -> tuple[ProfileUse, ...]:
    version = (col(SchoolState.profile_id), col(SchoolState.profile_version))
    query: Any = (
        select(*version, func.count())
        .join(School, col(School.uai) == col(SchoolState.uai))
        .where(*clauses, version[0] != "")
        .group_by(*version)
        .order_by(*version)
    )
    return tuple(ProfileUse(id=i, version=v, schools=schools) for i, v, schools in session.exec(query).all())


def _causes(session: Session, clauses: Sequence[ColumnElement[bool]]) -> tuple[CauseCount, ...]:
    what = (col(SchoolCause.check_id), col(SchoolCause.cause), col(SchoolCause.role))
    schools, workstations = func.count(), func.sum(col(SchoolCause.workstations))
    query: Any = (
        select(*what, schools, workstations)
        .join(School, col(School.uai) == col(SchoolCause.uai))
        .where(*clauses)
        .group_by(*what)
        .order_by(schools.desc(), workstations.desc(), *what)
        .limit(TOP_CAUSES)
    )
    return tuple(
        CauseCount(check=check, cause=cause, actor=DEFAULT_ACTORS[Role(role)], schools=number, workstations=stations)
        for check, cause, role, number, stations in session.exec(query).all()
    )
