"""Which schools are meant, and what do they add up to? Of what is kept of each open school."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select
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
from collector.filters import Contract, Filters
from collector.freshness import DAY_S, day_of
from collector.judged import SchoolState
from collector.ledger import Entry, Sum
from collector.names import searched
from collector.store.generations import Serving, serving
from collector.store.marks import swept_at
from collector.store.schools import territory_filter
from collector.tables import School
from collector.territory import Territory

TOP_CAUSES: Final = 20
_STATIONS: Final = ("stale", "pending", "ready", "at_risk", "blocked", "unmeasured")
_MEASURED: Final = ("ready", "at_risk", "blocked", "unmeasured")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which open schools are meant."""

    territory: Territory
    wave: str | None = None
    sector: Sector | None = None
    contract: Contract | None = None
    nature: str | None = None
    outcome: Outcome | None = None  # only lists of schools look at it: counts by outcome have them all
    text: str = ""  # words of a search
    places: tuple[Territory, ...] = ()  # when there are some, only what is in one of them

    @property
    def is_cut(self) -> bool:
        """Tell whether it leaves schools of the territory out, whatever their outcome."""
        return any((self.wave, self.sector, self.contract, self.nature))

    def keeps(self, school: Entry) -> bool:
        """Tell whether a school of the territory is kept, by the same filters as `clauses`; it looks at no words."""
        return (
            self.wave in (None, school.wave)
            and self.sector in (None, school.sector)
            and self.nature in (None, school.nature)
            and (
                self.contract is None
                or (school.sector == "privé" and school.contract.startswith("hors") is (self.contract == "hors"))
            )
        )

    @classmethod
    def of(cls, territory: Territory, filters: Filters, *, text: str = "") -> "Scope":
        """Return what filters keep of a territory."""
        return cls(
            territory=territory,
            wave=filters.wave,
            sector=filters.sector,
            contract=filters.contract,
            nature=filters.nature,
            outcome=filters.outcome,
            text=text,
        )

    def clauses(self) -> list[ColumnElement[bool]]:
        """Return the clauses on `School` that keep them, whatever their outcome."""
        clauses = territory_filter(self.territory)
        for column, value in ((School.wave, self.wave), (School.sector, self.sector), (School.nature, self.nature)):
            if value is not None:
                clauses.append(col(column) == value)
        if self.contract is not None:
            outside = col(School.contract).startswith("hors")
            clauses += [col(School.sector) == "privé", outside if self.contract == "hors" else not_(outside)]
        if self.places:
            clauses.append(or_(*(and_(*territory_filter(place)) for place in self.places)))
        return clauses + [col(School.listed_as).contains(word, autoescape=True) for word in searched(self.text)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The sums over some schools."""

    schools: SchoolCounts
    workstations: WorkstationCounts


def as_of(session: Session, now: int) -> datetime:
    """Return the last moment, up to `now`, for which time was taken into account: the end of the last day swept."""
    swept = swept_at(session)
    return datetime.fromtimestamp(now if swept is None else min(now, (day_of(swept) + 1) * DAY_S - 1), UTC)


def readiness_of(
    territory: Territory, name: str, found: Sum, now_serving: Serving, as_of: datetime
) -> TerritoryReadiness:
    """Say where a territory stands, from what its schools add up to."""
    sums = totals_of(found.counts)
    return TerritoryReadiness(
        territory=TerritoryName(id=str(territory), name=name),
        as_of=as_of,
        profiles=_profiles(found, now_serving),
        schools=sums.schools,
        workstations=sums.workstations,
        causes=_causes(found),
    )


def totals(session: Session, clauses: Sequence[ColumnElement[bool]], found: Serving | None = None) -> Totals:
    """Return the sums over the schools that these clauses keep."""
    return _totals(session.exec(_query(found or serving(session)).where(*clauses)).one())


def totals_by(
    session: Session, clauses: Sequence[ColumnElement[bool]], kinds: Sequence[str]
) -> dict[tuple[str | None, ...], Totals]:
    """Return the same sums for each territory of the last of these kinds, by its codes of all of them.

    `kinds`: from the widest, such as ("academie", "departement"), or ("wave",). A code is None where a school has none.
    """
    codes = [col(School.wave) if kind == "wave" else getattr(School, f"{kind}_code") for kind in kinds]
    rows = session.exec(_query(serving(session)).add_columns(*codes).where(*clauses).group_by(*codes)).all()
    return {tuple(row[-len(codes) :]): _totals(row) for row in rows}


def _query(found: Serving) -> Any:
    outcome = col(SchoolState.outcome)
    sums: tuple[Any, ...] = (
        func.count(col(School.uai)),
        *(func.count(case((outcome == o.value, 1))) for o in (Outcome.READY, Outcome.AT_RISK, Outcome.BLOCKED)),
        func.sum(col(School.expected_workstations)),
        func.count(case((col(School.expected_workstations).is_(None), 1))),
        *(func.coalesce(func.sum(getattr(SchoolState, name)), 0) for name in _STATIONS),
    )
    # A school nobody has added up yet is unmeasured, not absent.
    return with_state(select(*sums), found)


def with_state(query: Any, found: Serving) -> Any:
    """Join to schools what is kept of each under the generation that serves it, None where nothing is."""
    serves = col(SchoolState.generation) == found.expression()
    return query.select_from(School).outerjoin(SchoolState, (col(SchoolState.uai) == col(School.uai)) & serves)


def _totals(row: Any) -> Totals:
    total, ready, at_risk, blocked, expected, without = row[:6]
    unmeasured = total - ready - at_risk - blocked
    stations = dict(zip(_STATIONS, row[6:], strict=False))
    return Totals(
        schools=SchoolCounts(total=total, ready=ready, at_risk=at_risk, blocked=blocked, unmeasured=unmeasured),
        workstations=WorkstationCounts(
            expected=expected,
            schools_without_expected=without,
            measured=sum(stations[name] for name in _MEASURED),
            **stations,
        ),
    )


def totals_of(counts: Sequence[int]) -> Totals:
    """Lay out sums that are kept as `collector.ledger.COLUMNS`."""
    total, ready, at_risk, blocked, expected, without = counts[:6]
    return _totals((total, ready, at_risk, blocked, expected if without < total else None, without, *counts[6:]))


def _profiles(found: Sum, now_serving: Serving) -> tuple[ProfileUse, ...]:
    used = (gen for gen in now_serving.current.values() if found.generations.get(gen.id))
    named = ((gen.profile, found.generations[gen.id]) for gen in used if gen.profile)
    by_name = sorted(named, key=lambda one: (one[0].id, one[0].version))
    return tuple(ProfileUse(id=p.id, version=p.version, schools=schools) for p, schools in by_name)


def _causes(found: Sum) -> tuple[CauseCount, ...]:
    there = ((key, having) for key, having in found.causes.items() if having[0])
    top = sorted(there, key=lambda one: (-one[1][2], -one[1][0], -one[1][1], one[0]))[:TOP_CAUSES]
    return tuple(
        CauseCount(
            check=check,
            cause=cause,
            actor=DEFAULT_ACTORS[Role(role)],
            schools=schools,
            workstations=workstations,
            blocked=blocked,
        )
        for (check, cause, role), (schools, workstations, blocked) in top
    )
