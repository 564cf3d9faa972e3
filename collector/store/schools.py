"""Which schools are in this territory, and what is it called?"""

import re
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from collector.geography import communes_of
from collector.tables import School
from collector.territory import NATION, SCHOOL_KIND, Territory, parse_territory

_CODES: Final[Mapping[str, Any]] = {
    "academie": col(School.academie_code),
    "departement": col(School.departement_code),
    "circonscription": col(School.circonscription_code),
    "epci": col(School.epci_code),
    "commune": col(School.commune_code),
    "wave": col(School.wave),
    SCHOOL_KIND: col(School.uai),
}
_NAMES: Final[Mapping[str, Any]] = {
    "academie": col(School.academie_name),
    "departement": col(School.departement_name),
    "circonscription": col(School.circonscription_name),
    "epci": col(School.epci_name),
    "commune": col(School.commune_name),
    "wave": col(School.wave),
    SCHOOL_KIND: col(School.name),
}
_BELOW: Final[Mapping[str, str]] = {
    "nation": "academie",
    "academie": "departement",
    "departement": "circonscription",
    "epci": "commune",
}


def territory_filter(territory: Territory | str, *, open_only: bool = True) -> list[ColumnElement[bool]]:
    """Clauses on `School` that keep the schools of this territory, the open ones only by default. BadTerritory."""
    if isinstance(territory, str):
        territory = parse_territory(territory)
    clauses: list[ColumnElement[bool]] = [col(School.is_open).is_(True)] if open_only else []
    if territory.kind == "commune":
        clauses.append(col(School.commune_code).in_(communes_of(territory.code)))
    elif territory != NATION:
        clauses.append(_CODES[territory.kind] == territory.code)
    return clauses


def territory_name(session: Session, territory: Territory) -> str | None:
    """What the territory is called; None if no open school is in it."""
    if territory == NATION:
        return "France"
    name = _NAMES[territory.kind]
    query = (  # a code written with two names has the one most schools give it
        select(name).where(*territory_filter(territory)).group_by(name).order_by(func.count().desc(), name).limit(1)
    )
    found = session.exec(query).all()
    return called(territory, found[0]) if found else None


def territories(session: Session, kind: str, within: Territory = NATION) -> list[tuple[Territory, str]]:
    """Every territory of this kind that has an open school in `within`, with its name, in the order of names."""
    code, name = _CODES[kind], _NAMES[kind]
    query = select(code, name, func.count()).where(*territory_filter(within), code.is_not(None)).group_by(code, name)
    most: dict[str, tuple[int, str]] = {}
    for one, said, schools in session.exec(query).all():
        most[one] = max(most.get(one, (0, "")), (schools, said or one))
    found = [(Territory(kind, one), called(Territory(kind, one), said)) for one, (_, said) in most.items()]
    return sorted(found, key=lambda pair: (pair[1].casefold(), pair[0].code))


def children(session: Session, territory: Territory) -> list[Territory]:
    """The territories this one is cut into, in the order of names; none below a circonscription, a commune, a wave."""
    below = _BELOW.get(territory.kind)
    return [child for child, _ in territories(session, below, territory)] if below else []


def outside(session: Session, asked: Territory | str, place: Territory) -> bool:
    """Is a school asked for (the open ones of a territory, or the one with this UAI) not in `place`?"""
    wanted = [col(School.uai) == asked] if isinstance(asked, str) else territory_filter(asked)
    inside = select(School.uai).where(*territory_filter(place, open_only=False))  # codes may be null, UAI may not
    return session.exec(select(School.uai).where(*wanted, col(School.uai).not_in(inside)).limit(1)).first() is not None


def called(territory: Territory, name: str | None) -> str:
    """Return how people call a territory, from how its schools do."""
    if territory.kind == "wave":
        return f"Vague {territory.code}"
    if territory.kind == "commune" and len(communes_of(territory.code)) > 1:
        return re.sub(r"(?i)\s+[0-9]+\S*\s+arrondissement.*", "", name or territory.code)
    return name or territory.code
