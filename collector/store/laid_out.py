"""What would be kept of some schools, were their workstations judged by another profile? Reads and judges only.

A job of `collector.judging_pool`: what `lay_out` returns is written as it is, if all that it rests on still stands.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import bindparam, select, text
from sqlmodel import Session

from checks.profile import Profile
from collector.facts import unpack
from collector.findings import Found, pack
from collector.freshness import day_of, fresh_until
from collector.judged import SchoolState, Verdict, WorkstationFacts
from collector.judging import causes, judge, that_matters
from collector.rollup import conclude
from collector.store.counters import cause_row, state_row
from collector.store.generations import serving
from collector.tables import School, Workstation
from collector.tally import Seen, Shares, Tally

NOWHERE: Final = -1
"""The generation of what is judged and not kept."""

_PC: Final = Workstation.__table__  # type: ignore[attr-defined]
_SCHOOL: Final = School.__table__  # type: ignore[attr-defined]
_VERDICT: Final = Verdict.__table__  # type: ignore[attr-defined]
_FACTS: Final = WorkstationFacts.__table__  # type: ignore[attr-defined]
_STATE: Final = SchoolState.__table__  # type: ignore[attr-defined]
_UAIS: Final[Any] = bindparam("uais", expanding=True)
_NONE: Final[tuple[Seen, ...]] = ()

_SCHOOLS: Final = (
    select(
        _SCHOOL.c.uai,
        _SCHOOL.c.expected_workstations,
        _SCHOOL.c.opens_on,
        _SCHOOL.c.academie_code,
        _STATE.c.as_of,
    )
    .outerjoin(_STATE, (_STATE.c.uai == _SCHOOL.c.uai) & (_STATE.c.generation == bindparam("generation")))
    .where(_SCHOOL.c.uai.in_(_UAIS))
    .order_by(_SCHOOL.c.uai)
)
_PCS: Final = (
    select(
        _PC.c.id,
        _PC.c.uai,
        _PC.c.state,
        _FACTS.c.measured_at,
        _FACTS.c.kept,
        _VERDICT.c.generation,
        _VERDICT.c.measured_at,
        _VERDICT.c.report_hash,
    )
    .outerjoin(_FACTS, _FACTS.c.workstation_id == _PC.c.id)
    .outerjoin(
        _VERDICT,
        _VERDICT.c.generation.in_(bindparam("generations", expanding=True)) & (_VERDICT.c.workstation_id == _PC.c.id),
    )
    .where(_PC.c.uai.in_(_UAIS))
    .order_by(_PC.c.id, _VERDICT.c.measured_at, _VERDICT.c.generation)
)
_BY_KEYS: Final = text(
    "SELECT set_config(name, value, true) FROM (VALUES ('enable_hashjoin', 'off'), ('enable_mergejoin', 'off'),"
    " ('max_parallel_workers_per_gather', '0')) AS planner(name, value)"
)
"""Until the transaction ends, PostgreSQL looks a thousand workstations up rather than read whole tables at each batch,
and starts no process for that: every core judges already."""


class Station(NamedTuple):
    """One workstation, and what it last reported."""

    id: str
    uai: str
    state: str
    kept: bytes | None  # its packed facts; None: it never reported
    moved_s: int  # seconds by which the last report saw the same facts again
    last_at: int  # of the last report
    report_hash: bytes  # of what it said


@dataclass(frozen=True, slots=True)
class Ground:
    """All that a judgement of some schools rests on."""

    schools: Sequence[Any]  # rows of `_SCHOOLS`
    pcs: Sequence[tuple[Any, ...]]  # rows of `_PCS`: one for each generation that judges the workstation

    def mark(self, day: int) -> bytes:
        """Return what differs as soon as anything of it does, or the day (since 1970)."""
        return blake2b(msgspec.msgpack.encode((day, [tuple(one) for one in self.schools], self.pcs))).digest()

    def is_begun(self, generation: int) -> bool:
        """Tell whether anything is kept of them under a generation."""
        return any(one.as_of is not None for one in self.schools) or any(row[5] == generation for row in self.pcs)


@dataclass(slots=True)
class Judged:
    """Some schools judged by a profile."""

    tallies: Mapping[str, Tally]  # by UAI, those without any workstation left out
    verdicts: Sequence[tuple[Any, ...]]  # columns of `judged.Verdict`
    findings: Sequence[tuple[Any, ...]]  # columns of `judged.Finding`
    to_measure: int  # active workstations that never measured what the profile asks


@dataclass(frozen=True, slots=True)
class LaidOut:
    """The rows of some schools under a generation, and what they rest on."""

    mark: bytes
    is_begun: bool
    verdicts: Sequence[tuple[Any, ...]]
    findings: Sequence[tuple[Any, ...]]
    states: Sequence[Mapping[str, Any]]
    causes: Sequence[Mapping[str, Any]]


def ground_of(session: Session, uais: Sequence[str], generation: int = NOWHERE) -> Ground:
    """Read what a judgement of some schools rests on."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_BY_KEYS)
    schools = connection.execute(_SCHOOLS, {"uais": uais, "generation": generation}).all()
    # Rows as the driver gives them: the library's own take as long as judging does.
    pcs: Any = connection.execute(_PCS, {"uais": uais, "generations": serving(session).ids}).cursor
    return Ground(schools, pcs.fetchall())


def lay_out(session: Session, uais: Sequence[str], profile: Profile, generation: int) -> LaidOut:
    """Judge some schools, and lay out all that is to be kept of them under a generation."""
    now = int(time.time())
    ground = ground_of(session, uais, generation)
    found = judge_schools(ground, profile, now, generation)
    states, of_schools = [], []
    for school in ground.schools:
        key, tally = (generation, school.uai), found.tallies.get(school.uai, Tally())
        stands = conclude(tally, expected=school.expected_workstations, rule=profile.school)
        states.append(state_row(key, stands, now))
        of_schools += [cause_row(key, cause, tally) for cause in stands.causes]
    is_begun = ground.is_begun(generation)
    return LaidOut(ground.mark(day_of(now)), is_begun, found.verdicts, found.findings, states, of_schools)


def judge_schools(ground: Ground, profile: Profile, now: int, generation: int = NOWHERE) -> Judged:
    """Judge every workstation of some schools by a profile."""
    shares, verdicts, findings, to_measure = Shares(), [], [], 0
    of_school = {one.uai: (one.opens_on, one.academie_code) for one in ground.schools}
    today, days = day_of(now), profile.school.freshness_days
    # The same trouble is the very same object (see `collector.judging`): it is packed once, and travels once.
    told: dict[int, _Told] = {}
    for id_, uai, state, kept, moved_s, last_at, report_hash in stations(ground):
        if kept is None:
            shares.add(uai, state, None, is_stale=False, causes=_NONE)
            continue
        opens_on, academie = of_school[uai]
        said = judge(unpack(kept, moved_s=moved_s), profile, opens_on)
        known = told.get(id(said.found))
        if known is None:
            known = told[id(said.found)] = _told(said.found, profile)
        _, packed, seen, is_to_measure = known
        to_measure += is_to_measure and state == "active"
        until = fresh_until(said.observed_at, days, academie)
        outcome, is_stale = None if said.outcome is None else said.outcome.value, until < today
        shares.add(uai, state, outcome, is_stale=is_stale, causes=seen)
        verdicts.append((generation, id_, outcome, is_stale, last_at, said.observed_at, until, report_hash))
        if packed is not None:
            findings.append((generation, id_, packed))
    return Judged(shares.tallies(), verdicts, findings, to_measure)


_Told = tuple[Sequence[Found], bytes | None, tuple[Seen, ...], bool]
"""Findings, packed (None when there are none), their causes, and whether something was never asked of it."""


def _told(found: Sequence[Found], profile: Profile) -> _Told:
    seen = causes(that_matters(found, profile))
    return found, pack(found) if found else None, seen, any(one.cause == "never_asked" for one in seen)


def stations(ground: Ground) -> Iterator[Station]:
    """Return every workstation of some schools."""
    newest = {row[0]: row for row in ground.pcs}  # they come in the order of their reports
    for id_, uai, state, measured_at, kept, _, last_at, report_hash in newest.values():
        if kept is None:
            yield Station(id_, uai, state, None, 0, 0, b"")
        elif last_at is None:
            yield Station(id_, uai, state, kept, 0, measured_at, b"")
        else:
            yield Station(id_, uai, state, kept, last_at - measured_at, last_at, report_hash)
