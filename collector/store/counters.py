"""What is kept of each school, and how is it moved by difference?

Rows are taken in one order (workstation id, then UAI), so that several writers never wait for one another in a ring:
callers lock their workstations first, in the order of ids; `move` then takes the schools in the order of UAI.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from sqlalchemy import bindparam, delete, select, tuple_
from sqlmodel import Session, col

from checks.model import Outcome, Role
from collector.judged import SchoolCause, SchoolState, Transition
from collector.rollup import SchoolReadiness, conclude
from collector.store import many
from collector.store.dialect import insert_missing
from collector.store.generations import Gen, Serving
from collector.tables import School
from collector.tally import COUNTS, Cause, Share, Tally

Why = Literal["report", "profile", "time", "person", "directory"]
"""What made a school change."""
AT_ONCE: Final = 300
Key = tuple[int, str]
"""(generation, UAI)."""

_SCHOOL: Final = School.__table__  # type: ignore[attr-defined]
_STATE: Final = SchoolState.__table__  # type: ignore[attr-defined]
_CAUSE: Final = SchoolCause.__table__  # type: ignore[attr-defined]
_GENS: Final[Any] = bindparam("generations", expanding=True)
_EXPECTED: Final = many.ByKey(select(_SCHOOL.c.uai, _SCHOOL.c.expected_workstations), _SCHOOL.c.uai)
_LOCKED: Final = many.ByKey(
    select(_STATE)
    .where(_STATE.c.generation.in_(_GENS))
    .order_by(_STATE.c.uai, _STATE.c.generation)
    .with_for_update(of=_STATE),
    _STATE.c.uai,
)
_CAUSES: Final = many.ByKey(select(_CAUSE).where(_CAUSE.c.generation.in_(_GENS)), _CAUSE.c.uai)
_CAUSE_KEY: Final = ("generation", "uai", "check_id", "cause")


@dataclass(slots=True)
class Moves:
    """What differs, by generation and school; a school named without a difference is only concluded again."""

    tallies: dict[Key, Tally] = field(default_factory=dict)

    def of(self, generation: int, uai: str) -> Tally:
        """Return the difference of a school, to be added to."""
        return self.tallies.setdefault((generation, uai), Tally())

    def replace(self, generation: int, uai: str, before: Share | None, after: Share | None) -> None:
        """Take away what a workstation added to its school, and add what it adds now."""
        if before == after:
            return
        tally = self.of(generation, uai)
        if before is not None:
            tally.add(before, -1)
        if after is not None:
            tally.add(after)


def move(session: Session, moves: Moves, serving: Serving, now: int, why: Why) -> int:
    """Add differences to what is kept, conclude those schools again and note what changed; returns how many schools."""
    ordered = sorted(moves.tallies, key=lambda key: (key[1], key[0]))
    for start in range(0, len(ordered), AT_ONCE):
        _move(session, moves, ordered[start : start + AT_ONCE], serving, now, why)
    return len(ordered)


@dataclass(slots=True)
class _Changes:
    """Rows to write, gathered over many schools."""

    states: list[dict[str, Any]] = field(default_factory=list)
    new_causes: list[dict[str, Any]] = field(default_factory=list)
    causes: list[dict[str, Any]] = field(default_factory=list)
    gone: list[dict[str, Any]] = field(default_factory=list)
    transitions: list[dict[str, Any]] = field(default_factory=list)


def _move(session: Session, moves: Moves, keys: Sequence[Key], serving: Serving, now: int, why: Why) -> None:
    session.flush()
    states = lock_states(session, keys, now)
    # Read once the counts are locked: who changes how many are expected counts the school again.
    expected = {row.uai: row.expected_workstations for row in _EXPECTED.rows(session, {uai for _, uai in keys})}
    causes = causes_of(session, states)
    current = {gen.id for gen in serving.current.values()} | {0}
    changes = _Changes()
    for key, state in states.items():
        before = tally_of(state, causes.get(key, ()))
        after = _sum(before, moves.tallies[key])
        gen: Gen = serving.gen(key[0])
        found = conclude(after, expected=expected[key[1]], rule=gen.profile.school if gen.profile else None)
        _note(changes, state, found, now, _note_causes(changes, key, causes.get(key, ()), after, found))
        if key[0] in current:
            _note_transitions(changes, state, causes.get(key, ()), found, now, why)
    _write(session, changes)


def lock_states(session: Session, keys: Sequence[Key], now: int) -> dict[Key, Any]:
    """Return the kept rows of these schools, made when missing, that no other writer changes until this one ends."""
    found = _states(session, keys)
    missing = [key for key in keys if key not in found]
    if missing:
        zero = {"outcome": Outcome.UNMEASURED.value, "reason": "", "as_of": now, **dict.fromkeys(COUNTS, 0)}
        insert_missing(session, SchoolState, [{"generation": gen, "uai": uai, **zero} for gen, uai in missing])
        found = _states(session, keys)
    return {key: found[key] for key in keys}


def _states(session: Session, keys: Collection[Key]) -> dict[Key, Any]:
    return {(row.generation, row.uai): row for row in _by_school(session, _LOCKED, keys)}


def _by_school(session: Session, query: many.ByKey, keys: Collection[Key]) -> Sequence[Any]:
    """Return the rows of these schools, under all of these generations."""
    return query.rows(session, {uai for _, uai in keys}, generations=sorted({number for number, _ in keys}))


def causes_of(session: Session, keys: Collection[Key]) -> dict[Key, list[Any]]:
    """Return the kept causes of these schools."""
    found: dict[Key, list[Any]] = {}
    for row in _by_school(session, _CAUSES, keys):
        found.setdefault((row.generation, row.uai), []).append(row)
    return found


def tally_of(state: Any, causes: Iterable[Any]) -> Tally:
    """Read what is kept of a school back into a tally."""
    tally = Tally(counts={name: getattr(state, name) for name in COUNTS})
    for row in causes:
        key = (row.check_id, row.cause)
        having = {o: getattr(row, o.value) for o in (Outcome.BLOCKED, Outcome.UNMEASURED, Outcome.AT_RISK)}
        tally.causes[key] = {outcome: number for outcome, number in having.items() if number}
        tally.roles[key] = Role(row.role)
    return tally


def _sum(kept: Tally, difference: Tally) -> Tally:
    counts = {name: kept.counts.get(name, 0) + difference.counts.get(name, 0) for name in COUNTS}
    causes = {key: dict(having) for key, having in kept.causes.items()}
    for key, having in difference.causes.items():
        mine = causes.setdefault(key, {})
        for outcome, number in having.items():
            mine[outcome] = mine.get(outcome, 0) + number
    return Tally(counts=counts, causes=causes, roles={**kept.roles, **difference.roles})


def state_row(key: Key, found: SchoolReadiness, now: int) -> dict[str, Any]:
    """Lay out what is kept of a school."""
    counts = {name: getattr(found.counts, name) for name in COUNTS}
    conclusion = {"outcome": found.outcome.value, "reason": found.reason}
    return {"generation": key[0], "uai": key[1], "as_of": now, **counts, **conclusion}


def cause_row(key: Key, cause: Cause, tally: Tally) -> dict[str, Any]:
    """Lay out what is kept of one cause of a school."""
    having = tally.causes[cause.check_id, cause.cause]
    return {
        "generation": key[0],
        "uai": key[1],
        "check_id": cause.check_id,
        "cause": cause.cause,
        "role": cause.role.value,
        "blocked": having.get(Outcome.BLOCKED, 0),
        "unmeasured": having.get(Outcome.UNMEASURED, 0),
        "at_risk": having.get(Outcome.AT_RISK, 0),
        "of_site": cause.of_site,
    }


def _note(changes: _Changes, state: Any, found: SchoolReadiness, now: int, causes_changed: bool) -> None:
    row = state_row((state.generation, state.uai), found, now)
    if causes_changed or any(getattr(state, name) != value for name, value in row.items() if name != "as_of"):
        changes.states.append(row)


def _note_causes(changes: _Changes, key: Key, kept: Iterable[Any], after: Tally, found: SchoolReadiness) -> bool:
    """Gather what differs of a school's causes; tells whether anything does."""
    before = len(changes.new_causes) + len(changes.causes) + len(changes.gone)
    rows = {(row.check_id, row.cause): row for row in kept}
    for cause in found.causes:
        values, row = cause_row(key, cause, after), rows.pop((cause.check_id, cause.cause), None)
        if row is None:
            changes.new_causes.append(values)
        elif any(getattr(row, column) != value for column, value in values.items()):
            changes.causes.append(values)
    changes.gone += [{column: getattr(row, column) for column in _CAUSE_KEY} for row in rows.values()]
    return len(changes.new_causes) + len(changes.causes) + len(changes.gone) > before


def _note_transitions(
    changes: _Changes, state: Any, kept: Iterable[Any], found: SchoolReadiness, now: int, why: Why
) -> None:
    of_school = {"uai": state.uai, "at": now, "why": why, "generation": state.generation}
    # A school made just now was unmeasured before it was known: that is no change.
    if state.outcome != found.outcome.value:
        changes.transitions.append(
            of_school
            | {"check_id": "", "cause": "", "before": state.outcome, "after": found.outcome.value}
            | {"workstations": found.counts.measured}
        )
    before = {(row.check_id, row.cause): _scope(row.of_site) for row in kept}
    after = {(c.check_id, c.cause): (_scope(c.of_site), c.workstations) for c in found.causes}
    for name in sorted(before.keys() | after.keys()):
        was, (is_, having) = before.get(name, ""), after.get(name, ("", 0))
        if was != is_:
            changes.transitions.append(
                of_school | {"check_id": name[0], "cause": name[1], "before": was, "after": is_, "workstations": having}
            )


def _scope(of_site: bool) -> str:
    return "site" if of_site else "workstation"


def _write(session: Session, changes: _Changes) -> None:
    many.rewrite(session, SchoolState, ("generation", "uai"), changes.states)
    many.remove(session, SchoolCause, changes.gone)
    many.add(session, SchoolCause, changes.new_causes)
    many.rewrite(session, SchoolCause, _CAUSE_KEY, changes.causes)
    many.add(session, Transition, changes.transitions)


def drop(session: Session, keys: Mapping[str, Collection[int]]) -> None:
    """Forget what was kept of schools under generations that serve them no more: `{uai: generations}`."""
    for table in (SchoolState, SchoolCause):
        named = tuple_(col(table.generation), col(table.uai))
        pairs = [(generation, uai) for uai, generations in sorted(keys.items()) for generation in sorted(generations)]
        session.execute(delete(table).where(named.in_(pairs)))
