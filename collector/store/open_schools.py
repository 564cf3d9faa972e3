"""Which open schools are there, and what is kept of each? As `collector.ledger` takes them; and which changed since."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlmodel import Session

from checks.model import Outcome
from collector.judged import SchoolCause, SchoolState
from collector.ledger import KINDS, CauseKey, Entry, Ledger, places
from collector.store.generations import NO_PROFILE, Serving
from collector.store.stations import AT_ONCE
from collector.tables import School

_SCHOOL: Final = School.__table__  # type: ignore[attr-defined]
_STATE: Final = SchoolState.__table__  # type: ignore[attr-defined]
_CAUSE: Final = SchoolCause.__table__  # type: ignore[attr-defined]
_COUNTED: Final = ("stale", "pending", "ready", "at_risk", "blocked", "unmeasured")
"""Columns of `SchoolState` that `collector.ledger.COLUMNS` ends with."""
_CODES: Final = tuple(_SCHOOL.c["wave" if kind == "wave" else f"{kind}_code"] for kind in KINDS)
_NAMES: Final = tuple(_SCHOOL.c["wave" if kind == "wave" else f"{kind}_name"] for kind in KINDS)
_OF_SCHOOL: Final = tuple(
    _SCHOOL.c[name]
    for name in ("uai", "is_open", "profile_id", "sector", "contract", "nature", "expected_workstations")
)
_OF_STATE: Final = (_STATE.c.generation, _STATE.c.uai, _STATE.c.as_of, _STATE.c.outcome)
_LATE_S: Final = 120
"""How long after its own date a change may come to be seen: a transaction was long, or another host's clock is slow."""
_TWICE_S: Final = 10
"""Dates are whole seconds: one that is so young may have changed again within it."""


@dataclass(frozen=True, slots=True)
class Known:
    """The open schools as one moment has them, and the date of what is kept of each."""

    ledger: Ledger
    dates: Mapping[str, int]  # by UAI; closed schools too


def load(session: Session, found: Serving) -> Known:
    """Read every school."""
    entries, dates = _read(session, found, None)
    return Known(Ledger.of(entry for entry in entries.values() if entry is not None), dates)


def follow(session: Session, found: Serving, known: Known, since: int | None) -> Known:
    """Read the schools that changed since an instant (seconds since 1970 UTC); None: compare every one."""
    uais = _changed(session, found, known, since)
    if not uais:
        return known
    changes: dict[str, Entry | None] = {}
    dates = dict(known.dates)
    for start in range(0, len(uais), AT_ONCE):
        some, some_dates = _read(session, found, uais[start : start + AT_ONCE])
        changes |= some
        dates |= some_dates
    return Known(known.ledger.moved(changes), dates)


def _changed(session: Session, found: Serving, known: Known, since: int | None) -> list[str]:
    counts = tuple(_STATE.c[name] for name in _COUNTED)
    query = select(_STATE.c.uai, _STATE.c.as_of, *counts).where(_STATE.c.generation.in_(_numbers(found)))
    if since is not None:
        query = query.where(_STATE.c.as_of >= since - _LATE_S)
    entries, dates = known.ledger.entries, known.dates
    uais = set()
    for uai, at, *counted in session.execute(query):
        entry = entries.get(uai)
        differs = dates.get(uai) != at or (since is None and entry is not None and [*entry.counts[6:]] != counted)
        if differs or (since is not None and at >= since - _TWICE_S):
            uais.add(uai)
    return sorted(uais)


def _numbers(found: Serving) -> list[int]:
    return sorted({NO_PROFILE, *(gen.id for gen in found.current.values())})


def _read(
    session: Session, found: Serving, uais: Collection[str] | None
) -> tuple[dict[str, Entry | None], dict[str, int]]:
    """Return schools (None: closed) and the dates of what is kept of them."""

    def asked(query: Any, table: Any) -> Iterable[Any]:
        return session.execute(query if uais is None else query.where(table.c.uai.in_(uais)))

    numbers = _numbers(found)
    counted = select(*_OF_STATE, *(_STATE.c[name] for name in _COUNTED)).where(_STATE.c.generation.in_(numbers))
    states = {(row[0], row[1]): row for row in asked(counted, _STATE)}
    causes = _causes(asked(select(_CAUSE).where(_CAUSE.c.generation.in_(numbers)), _CAUSE))
    serves = {profile_id: gen.id for profile_id, gen in found.current.items()}
    default = found.default.id
    entries: dict[str, Entry | None] = {}
    dates: dict[str, int] = {}
    for row in asked(select(*_OF_SCHOOL, *_CODES, *_NAMES), _SCHOOL):
        uai, is_open, profile_id = row[:3]
        key = (serves.get(profile_id, default), uai)
        state = states.get(key)
        if state is not None:
            dates[uai] = state[2]
        entries[uai] = _entry(row, key[0], state, tuple(causes.get(key, ()))) if is_open else None
    return entries, dates


def _causes(rows: Iterable[Any]) -> dict[tuple[int, str], list[tuple[CauseKey, int, int]]]:
    found: dict[tuple[int, str], list[tuple[CauseKey, int, int]]] = {}
    keys: dict[CauseKey, CauseKey] = {}
    for row in rows:
        key = (row.check_id, row.cause, row.role)
        having = row.blocked + row.unmeasured + row.at_risk
        found.setdefault((row.generation, row.uai), []).append((keys.setdefault(key, key), having, row.blocked))
    return found


_OUTCOMES: Final = {
    Outcome.READY.value: (1, 1, 0, 0),
    Outcome.AT_RISK.value: (1, 0, 1, 0),
    Outcome.BLOCKED.value: (1, 0, 0, 1),
    Outcome.UNMEASURED.value: (1, 0, 0, 0),
}
_NOTHING: Final = (0,) * len(_COUNTED)


def _entry(row: Any, generation: int, state: Any, causes: tuple[tuple[CauseKey, int, int], ...]) -> Entry:
    uai, _, _, sector, contract, nature, expected = row[:7]
    here = len(_OF_SCHOOL)
    # A school nobody has added up yet is unmeasured, not absent.
    outcome = _OUTCOMES[Outcome.UNMEASURED.value if state is None else state[3]]
    known = (0, 1) if expected is None else (expected, 0)
    return Entry(
        uai=uai,
        places=places(tuple(row[here : here + len(KINDS)]), tuple(row[here + len(KINDS) :])),
        sector=sector,
        contract=contract,
        nature=nature,
        generation=generation,
        counts=outcome + known + (_NOTHING if state is None else tuple(state[4:])),
        causes=causes,
    )
