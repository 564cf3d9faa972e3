"""What changes in the schools known when a file about them is read?

Nothing is deleted, and reading the same file again changes nothing. Callers give some thousand rows at a time, so that
other writers get their turn.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

from sqlalchemy import update
from sqlmodel import Session, col, select

from collector.assignment import Assignment
from collector.directory import Row
from collector.geography import epci_of
from collector.judged import SchoolState
from collector.names import listed_as
from collector.sheet import Refusal
from collector.store import many
from collector.store.dialect import look_at
from collector.store.readiness import refresh_schools
from collector.tables import School

_OWN: Final = ("line", "unsaid")
_DIRECTORY: Final = (*(one.name for one in fields(Row) if one.name not in _OWN), "epci_code", "epci_name", "listed_as")
_ASSIGNMENT: Final = tuple(one.name for one in fields(Assignment) if one.name not in _OWN)
_LOT: Final = 500
"""Most parameters of one query."""
_FEW: Final = 5
_SHARE: Final = 0.1
"""More absent schools than these, of a département, and the file looks partial rather than the schools closed."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """How many schools a file changed, and what of it was not taken."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    rejudge: list[str] = field(default_factory=list)  # UAI of schools whose workstations are to be judged again

    @property
    def taken(self) -> int:
        """Schools read."""
        return self.new + self.changed + self.unchanged

    def add(self, other: "Tally") -> None:
        """Count the other's schools too."""
        self.new += other.new
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.refusals += other.refusals
        self.rejudge += other.rejudge


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Which schools left the directory."""

    closed: tuple[str, ...]  # UAI
    doubtful: Mapping[str, int]  # département -> schools absent, too many to be believed: left open


def import_schools(session: Session, rows: Iterable[Row], now: int) -> Tally:
    """Add the schools of these rows (each UAI once), and write what differs of those already known."""
    wanted = {row.uai: row for row in rows}
    known = _known(session, wanted, _DIRECTORY)
    new = [_values(row, {}) for uai, row in wanted.items() if uai not in known]
    changed = [values for uai, before in known.items() if (values := _values(wanted[uai], before)) != before]
    many.add(session, School, new)
    _rewrite(session, changed)
    refresh_schools(session, [values["uai"] for values in (*new, *changed)], now)
    return Tally(new=len(new), changed=len(changed), unchanged=len(known) - len(changed))


def close_absent(
    session: Session, present: Collection[str], departements: Iterable[str], now: int, *, sure: bool = False
) -> Closing:
    """Close the open schools of these départements that are not `present` (UAI).

    Where so many are absent that the file looks partial, they stay open, unless the caller is `sure`.
    """
    closed: list[str] = []
    doubtful: dict[str, int] = {}
    for departement in sorted(departements):
        query = select(School.uai).where(School.departement_code == departement, col(School.is_open).is_(True))
        known = session.exec(query).all()
        absent = sorted(set(known).difference(present))
        if sure or len(absent) <= max(_FEW, len(known) * _SHARE):
            closed += absent
        else:
            doubtful[departement] = len(absent)
    _rewrite(session, [{"uai": uai, "is_open": False} for uai in closed])
    refresh_schools(session, closed, now)
    return Closing(closed=tuple(closed), doubtful=doubtful)


def look_at_schools(session: Session) -> None:
    """Have PostgreSQL look at the first schools it was ever given.

    It does so by itself a minute later. Until then it guesses that generations are many, and reads every school of one
    to find a few: 48,000 schools took 44 s to import instead of 16.
    """
    look_at(session, School, SchoolState)


def assign_schools(session: Session, rows: Iterable[Assignment], now: int) -> Tally:
    """Write what these rows (each UAI once) expect of known schools; refuse those about schools nobody knows."""
    tally = Tally()
    wanted = {row.uai: row for row in rows}
    known = _known(session, wanted, _ASSIGNMENT)
    changed: list[dict[str, Any]] = []
    for uai, row in wanted.items():
        if uai not in known:
            tally.refusals.append(_unknown_school(row))
            continue
        before = known[uai]
        values = {name: before[name] if name in row.unsaid else getattr(row, name) for name in _ASSIGNMENT}
        if values == before:
            tally.unchanged += 1
            continue
        changed.append(values)
        if any(values[name] != before[name] for name in ("opens_on", "profile_id")):
            tally.rejudge.append(uai)
    _rewrite(session, changed)
    refresh_schools(session, [values["uai"] for values in changed], now)
    tally.changed = len(changed)
    return tally


def _rewrite(session: Session, changed: Sequence[Mapping[str, Any]]) -> None:
    """Write these columns of these schools, all the same columns, at once."""
    if changed:
        session.flush()
        session.execute(update(School), changed)
        session.expire_all()  # schools this session has already read


def _known(session: Session, uais: Iterable[str], columns: Sequence[str]) -> dict[str, dict[str, Any]]:
    """These columns of the schools already known, by UAI."""
    query = select(*(getattr(School, name) for name in columns))
    found: dict[str, dict[str, Any]] = {}
    for lot in _lots(sorted(uais)):
        for row in session.execute(query.where(col(School.uai).in_(lot))):
            values = dict(zip(columns, row, strict=True))
            found[values["uai"]] = values
    return found


def _lots(uais: Sequence[str]) -> Iterator[Sequence[str]]:
    return (uais[start : start + _LOT] for start in range(0, len(uais), _LOT))


def _values(row: Row, before: Mapping[str, Any]) -> dict[str, Any]:
    """The school as this row has it; what the row leaves unsaid stays as it was."""
    epci = epci_of(row.commune_code)
    values: dict[str, Any] = {name: getattr(row, name, None) for name in _DIRECTORY}
    values |= {"epci_code": epci.code, "epci_name": epci.name} if epci else {}
    values |= {name: before[name] for name in row.unsaid if name in before}
    return values | {"listed_as": listed_as(values["commune_name"], values["name"], row.uai)}


def _unknown_school(row: Assignment) -> Refusal:
    problem = f"l'école {row.uai} n'est pas connue ici : importer d'abord l'annuaire où elle figure"
    return Refusal(row.line, "uai", row.uai, problem)
