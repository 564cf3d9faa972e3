"""Which schools are in this territory, page by page, and in which territories is this school?"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from checks.model import Outcome
from collector.judged import SchoolState
from collector.store.generations import serving
from collector.store.summaries import with_state
from collector.tables import School
from collector.territory import NATION, Territory

PAGE: Final = 100
MAIN_TREE: Final = ("nation", "academie", "departement", "circonscription")
_NAME: Final = (col(School.commune_name), col(School.name), col(School.uai))


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


def page(
    session: Session, clauses: Sequence[ColumnElement[bool]], *, outcome: Outcome | None, after: str
) -> tuple[list[Row], str | None]:
    """Return at most `PAGE` schools by commune, name and UAI, and the UAI to give as `after` for those that follow.

    `after`: the UAI of the last school already shown, or "". One that is not a school's starts again at the first.
    """
    now_serving = serving(session)
    named: Any = with_state(select(*_NAME), now_serving).where(*clauses)
    if outcome is not None:
        named = named.where(_stands(outcome))
    # Sorted here: databases put "Équerre" after "Vieille", each in its own way.
    keys = sorted(_key(*row) for row in session.exec(named).all())
    last = session.get(School, after)
    start = bisect_right(keys, _key(last.commune_name, last.name, last.uai)) if last else 0
    uais = [key[-1] for key in keys[start : start + PAGE]]
    found: Any = with_state(select(School, SchoolState), now_serving).where(col(School.uai).in_(uais))
    rows = {school.uai: _row(school, state) for school, state in session.exec(found).all()}
    return [rows[uai] for uai in uais], uais[-1] if len(keys) > start + PAGE else None


def _key(commune: str, name: str, uai: str) -> tuple[str, str, str]:
    return _folded(commune), _folded(name), uai


def _folded(text: str) -> str:
    """Return a name as dictionaries order it: accents and case do not count, signs are spaces."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return re.sub(r"\W+", " ", plain).casefold().strip()


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
