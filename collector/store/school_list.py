"""Which schools are in this territory, page by page, and in which territories is this school?"""

from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from checks.model import Outcome
from collector.charts.plot import Place
from collector.judged import SchoolState
from collector.names import folded
from collector.store.generations import serving
from collector.store.summaries import Scope, with_state
from collector.tables import School
from collector.territory import NATION, Territory

PAGE: Final = 50
_COMMUNES: Final = 8
MAIN_TREE: Final = ("nation", "academie", "departement", "circonscription")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One school of a list, and where it stands."""

    uai: str
    name: str
    commune: str
    outcome: Outcome
    reason: str
    measured: int
    expected: int | None


def page(session: Session, scope: Scope, *, after: str = "") -> tuple[list[Row], str | None]:
    """Return at most `PAGE` schools by commune, name and UAI, and the UAI to give as `after` for those that follow.

    `after`: the UAI of the last school already shown, or "". One that is not a school's starts again at the first.
    """
    query: Any = with_state(select(School, SchoolState), serving(session)).where(*clauses_of(scope))
    last = session.get(School, after) if after else None
    if last is not None:
        query = query.where(col(School.listed_as) > last.listed_as)
    found = session.exec(query.order_by(School.listed_as).limit(PAGE + 1)).all()
    rows = [_row(school, state) for school, state in found]
    return rows[:PAGE], rows[PAGE - 1].uai if len(rows) > PAGE else None


def located(session: Session, scope: Scope) -> list[Place]:
    """Return every school, with its coordinates and where it stands, for a drawing."""
    columns: tuple[Any, ...] = (
        School.uai,
        School.name,
        School.commune_name,
        SchoolState.outcome,
        School.latitude,
        School.longitude,
    )
    query: Any = with_state(select(*columns), serving(session)).where(*clauses_of(scope)).order_by(School.listed_as)
    return [
        Place(
            uai=uai,
            name=name,
            commune=commune,
            outcome=Outcome(outcome or Outcome.UNMEASURED),
            latitude=latitude,
            longitude=longitude,
        )
        for uai, name, commune, outcome, latitude, longitude in session.exec(query).all()
    ]


def school_exists(session: Session, uai: str) -> bool:
    """Tell whether the directory has, or had, this school."""
    return session.get(School, uai) is not None


def communes_named(session: Session, scope: Scope) -> list[tuple[Territory, str, int]]:
    """Return the communes, with how many schools, whose name begins as the search does; the largest first."""
    begins = folded(scope.text)
    here = (col(School.listed_as) >= begins, col(School.listed_as) < f"{begins}\uffff")
    schools = func.count()
    query: Any = (
        select(col(School.commune_code), func.max(School.commune_name), schools)
        .where(*replace(scope, text="").clauses(), *here)
        .group_by(School.commune_code)
        .order_by(schools.desc(), School.commune_code)
        .limit(_COMMUNES)
    )
    return [(Territory("commune", code), name, number) for code, name, number in session.exec(query).all()]


def clauses_of(scope: Scope) -> list[ColumnElement[bool]]:
    """Return the clauses, on schools joined to their state, that keep those of a scope and of its outcome."""
    return scope.clauses() + ([_stands(scope.outcome)] if scope.outcome else [])


def places_of(session: Session, uai: str) -> list[tuple[Territory, str]]:
    """Return the territories a school is in, with their names, the widest of each tree first; none for no school."""
    school = session.get(School, uai)
    if school is None:
        return []
    named = (
        ("academie", school.academie_code, school.academie_name),
        ("departement", school.departement_code, school.departement_name),
        ("circonscription", school.circonscription_code, school.circonscription_name),
        ("epci", school.epci_code, school.epci_name),
        ("commune", school.commune_code, school.commune_name),
        ("wave", school.wave, f"Vague {school.wave}"),
    )
    return [(NATION, "France"), *((Territory(kind, code), name or code) for kind, code, name in named if code)]


def above(session: Session, territory: Territory) -> list[tuple[Territory, str]]:
    """Return the territories above one of the main tree (académie > département > circonscription), widest first."""
    if territory.kind not in MAIN_TREE:
        return [(NATION, "France")]
    if territory == NATION:
        return []
    code = getattr(School, f"{territory.kind}_code")
    first: Any = select(func.min(col(School.uai))).where(code == territory.code, col(School.is_open).is_(True))
    found = places_of(session, session.exec(first).scalar_one() or "")
    return [place for place in found if place[0].kind in MAIN_TREE[: MAIN_TREE.index(territory.kind)]]


def _stands(outcome: Outcome) -> ColumnElement[bool]:
    kept = col(SchoolState.outcome) == outcome.value
    # A school nobody has added up yet is unmeasured.
    return or_(kept, col(SchoolState.uai).is_(None)) if outcome is Outcome.UNMEASURED else kept


def _row(school: School, state: SchoolState | None) -> Row:
    return Row(
        uai=school.uai,
        name=school.name,
        commune=school.commune_name,
        outcome=Outcome(state.outcome) if state else Outcome.UNMEASURED,
        reason=state.reason if state else "",
        measured=state.measured if state else 0,
        expected=school.expected_workstations,
    )
