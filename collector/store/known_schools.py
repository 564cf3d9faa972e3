"""Where do schools stand now, to be compared with where another profile would put them?"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlmodel import Session

from checks.model import Outcome
from collector.judged import SchoolState
from collector.store.generations import Serving
from collector.store.readiness import kept_tallies
from collector.tables import School
from collector.tally import Tally

_SCHOOL: Final = School.__table__  # type: ignore[attr-defined]
_STATE: Final = SchoolState.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A school as it stands now."""

    uai: str
    name: str
    commune: str
    expected: int | None
    outcome: Outcome
    serves: int  # the generation in force there


def known_schools(session: Session, found: Serving, uais: Collection[str]) -> list[Known]:
    """Read where some schools stand now."""
    serves = found.expression().label("serves")
    schools = session.execute(
        select(
            _SCHOOL.c.uai,
            _SCHOOL.c.name,
            _SCHOOL.c.commune_name,
            _SCHOOL.c.expected_workstations,
            serves,
            _STATE.c.outcome,
        )
        .outerjoin(_STATE, (_STATE.c.uai == _SCHOOL.c.uai) & (_STATE.c.generation == serves))
        .where(_SCHOOL.c.uai.in_(uais))
        .order_by(_SCHOOL.c.uai)
    ).all()
    return [
        Known(
            uai=school.uai,
            name=school.name,
            commune=school.commune_name,
            expected=school.expected_workstations,
            outcome=Outcome(school.outcome or "unmeasured"),
            serves=school.serves,
        )
        for school in schools
    ]


def tallies_now(session: Session, schools: Collection[Known]) -> dict[str, Tally]:
    """Return what is kept of some schools now, by UAI; those without anything are left out."""
    found: dict[str, Tally] = {}
    for gen in {school.serves for school in schools}:
        found |= kept_tallies(session, gen, [school.uai for school in schools if school.serves == gen])
    return found


def measured_among(session: Session, found: Serving, uais: Collection[str]) -> list[str]:
    """Return those of these schools that have measured workstations, in order."""
    gens = {0, *(gen.id for gen in found.current.values())}
    counted = _STATE.c.ready + _STATE.c.at_risk + _STATE.c.blocked + _STATE.c.unmeasured
    query = select(_STATE.c.uai).where(_STATE.c.generation.in_(gens), counted > 0)
    return sorted(set(session.execute(query).scalars().all()) & set(uais))


def is_empty(session: Session) -> bool:
    """Tell whether no school is known."""
    return session.execute(select(_SCHOOL.c.uai).limit(1)).first() is None
