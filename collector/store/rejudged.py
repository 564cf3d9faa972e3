"""What must be judged again for a new generation, and how is it written?

A batch is whole schools. Rows are taken in one order: schools, their workstations by id, their counters by UAI; so an
ingest and an enrolment either come before the batch and are seen by it, or after and see it.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlmodel import Session

from checks.profile import Profile
from collector.freshness import day_of
from collector.judged import Finding, Generation, SchoolCause, SchoolState, Verdict, WorkstationFacts
from collector.judging_pool import Done, Task, judge_tasks, profile_of
from collector.store import many
from collector.store.counters import Moves, move
from collector.store.generations import Gen, serving
from collector.store.readiness import kept_tallies, subtract
from collector.store.stations import AT_ONCE
from collector.tables import School, Workstation
from collector.tally import Seen, Share, share_of

BATCH: Final = 60
"""Schools judged in one transaction: some thousand workstations."""

_PC: Final = Workstation.__table__  # type: ignore[attr-defined]
_SCHOOL: Final = School.__table__  # type: ignore[attr-defined]
_VERDICT: Final = Verdict.__table__  # type: ignore[attr-defined]
_FINDING: Final = Finding.__table__  # type: ignore[attr-defined]
_FACTS: Final = WorkstationFacts.__table__  # type: ignore[attr-defined]
_STATE: Final = SchoolState.__table__  # type: ignore[attr-defined]
_CAUSE: Final = SchoolCause.__table__  # type: ignore[attr-defined]


_NONE: Final[tuple[Seen, ...]] = ()


class Overtaken(RuntimeError):
    """Another process goes on with this publication."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some schools, in the order of UAI."""

    uais: tuple[str, ...]
    before: str  # last UAI of the batch before, "" for the first


def batches(uais: Sequence[str], cursor: str) -> Iterator[Batch]:
    """Part schools into batches, after those already judged."""
    left = [uai for uai in uais if uai > cursor]
    for start in range(0, len(left), BATCH):
        some = tuple(left[start : start + BATCH])
        yield Batch(some, left[start - 1] if start else cursor)


def has_many(session: Session, few: int) -> bool:
    """Tell whether more workstations than a few have facts."""
    return len(session.execute(select(_FACTS.c.workstation_id).limit(few + 1)).all()) > few


def tasks(session: Session, uais: Collection[str]) -> list[Task]:
    """Read the facts of every workstation of some schools."""
    return _tasks(session, _PC.c.uai.in_(sorted(uais)))


def judge_schools(session: Session, uais: Sequence[str], profile: Profile) -> list[Done]:
    """Judge every workstation of some schools by a profile; a job of `collector.judging_pool`."""
    return judge_tasks(tasks(session, uais), profile)


def _tasks(session: Session, clause: Any) -> list[Task]:
    of_school = (_SCHOOL.c.opens_on, _SCHOOL.c.academie_code)
    query = (
        select(_FACTS.c.workstation_id, _FACTS.c.kept, _FACTS.c.measured_at, *of_school)
        .join(_PC, _PC.c.id == _FACTS.c.workstation_id)
        .join(_SCHOOL, _SCHOOL.c.uai == _PC.c.uai)
        .where(clause)
    )
    rows = session.execute(query).all()
    last, _ = _last_reports(session, 0, [row[0] for row in rows])
    found = []
    for id_, kept, at, day, academie in rows:
        last_at, report_hash = last.get(id_, (at, b""))
        found.append(Task(id_, kept, at, last_at, report_hash, day, academie))
    return found


def _live(session: Session) -> list[int]:
    """Return the generations under which workstations may have a verdict."""
    kept = select(Generation.id).where(Generation.state != "past")  # type: ignore[call-overload]
    return [0, *session.execute(kept).scalars()]


def write_batch(session: Session, generation: int, toml: str, batch: Batch, done: Sequence[Done], now: int) -> None:
    """Write what was judged, and count the schools of the batch; raises `Overtaken`."""
    row = session.execute(
        select(Generation.cursor, Generation.state).where(Generation.id == generation).with_for_update()  # type: ignore[call-overload]
    ).one()
    if row.cursor != batch.before or row.state != "pending":
        raise Overtaken("une autre commande poursuit cette publication, ou y a renoncé")
    session.execute(
        select(_SCHOOL.c.uai)
        .where(_SCHOOL.c.uai.in_(batch.uais))
        .order_by(_SCHOOL.c.uai)
        .with_for_update(key_share=True)
    )
    pcs = _locked(session, batch)
    found = serving(session)
    gen = found.gen(generation)
    moves = Moves()
    kept = kept_tallies(session, generation, batch.uais)
    for uai in batch.uais:
        tally = moves.of(generation, uai)
        if uai in kept:
            subtract(tally, kept[uai])
    for uai, one, times in _write_verdicts(session, gen, toml, done, pcs, now).counted():
        moves.of(generation, uai).add(one, times)
    move(session, moves, found, now, "profile")
    session.execute(
        update(Generation)
        .where(Generation.id == generation)  # type: ignore[arg-type]
        .values(cursor=batch.uais[-1], done=Generation.done + len(batch.uais))
    )


def _locked(session: Session, batch: Batch) -> Sequence[Any]:
    """Return the workstations of a batch, with the date of their facts; no other writer changes them."""
    return session.execute(
        select(_PC.c.id, _PC.c.uai, _PC.c.state, _FACTS.c.measured_at)
        .outerjoin(_FACTS, _FACTS.c.workstation_id == _PC.c.id)
        .where(_PC.c.uai.in_(batch.uais))
        .order_by(_PC.c.id)
        .with_for_update(of=_PC)
    ).all()


def _write_verdicts(
    session: Session, gen: Gen, toml: str, done: Sequence[Done], pcs: Sequence[Any], now: int
) -> "_Shares":
    """Write the verdicts of a batch; returns what its workstations add."""
    ids = [pc.id for pc in pcs]
    last, is_begun = _last_reports(session, gen.id, ids)
    judged, shares, today = _judged(session, toml, done, pcs, last), _Shares(), day_of(now)
    verdicts, findings = [], []
    for id_, uai, state, measured_at in pcs:
        if measured_at is None:
            shares.add(uai, state, None, is_stale=False, causes=_NONE)
            continue
        one = judged[id_]
        is_stale = one.fresh_until < today
        shares.add(uai, state, one.outcome, is_stale=is_stale, causes=one.causes)
        verdicts.append(
            {
                "generation": gen.id,
                "workstation_id": id_,
                "outcome": one.outcome,
                "is_stale": is_stale,
                "measured_at": one.last_at,
                "observed_at": one.observed_at,
                "fresh_until": one.fresh_until,
                "report_hash": one.report_hash,
            }
        )
        if one.found is not None:
            findings.append({"generation": gen.id, "workstation_id": id_, "found": one.found})
    if is_begun:
        _clear(session, gen.id, ids)
    many.add(session, Verdict, verdicts)
    many.add(session, Finding, findings)
    return shares


def _judged(
    session: Session, toml: str, done: Sequence[Done], pcs: Sequence[Any], last: Mapping[str, tuple[int, bytes]]
) -> dict[str, Done]:
    """Return what was judged by workstation; those that reported between the reading and the lock are judged here."""
    judged, again = {one.workstation_id: one for one in done}, []
    for id_, _, _, measured_at in pcs:
        one = judged.get(id_)
        said = None if one is None else (one.measured_at, one.last_at, one.report_hash)
        if measured_at is not None and said != (measured_at, *last.get(id_, (measured_at, b""))):
            again.append(id_)
    for some in _lots(again):
        for one in judge_tasks(_tasks(session, _PC.c.id.in_(some)), profile_of(toml)):
            judged[one.workstation_id] = one
    return judged


class _Shares:
    """What the workstations of some schools add to them, counted: most add the very same."""

    def __init__(self) -> None:
        self._shares: list[Share] = []
        self._known: dict[tuple[str, str | None, bool, int], int] = {}  # number of a share; causes by identity
        self._numbers: Counter[tuple[str, int]] = Counter()

    def add(self, uai: str, state: str, outcome: str | None, *, is_stale: bool, causes: tuple[Seen, ...]) -> None:
        """Count a workstation; `causes` outlives this."""
        key = (state, outcome, is_stale, id(causes))
        number = self._known.get(key)
        if number is None:
            number = self._known[key] = len(self._shares)
            self._shares.append(share_of(state, outcome, is_stale, causes))
        self._numbers[uai, number] += 1

    def counted(self) -> Iterator[tuple[str, Share, int]]:
        """Yield each school with what some of its workstations add, and how many of them."""
        for (uai, number), times in self._numbers.items():
            yield uai, self._shares[number], times


def _lots(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def _last_reports(session: Session, generation: int, ids: Sequence[str]) -> tuple[dict[str, tuple[int, bytes]], bool]:
    """Return when each workstation last reported, and the hash of that report, whatever the generation says of it.

    And whether any of them is judged under this generation already: an ingest met it.
    """
    dates = select(_VERDICT.c.workstation_id, _VERDICT.c.measured_at, _VERDICT.c.report_hash, _VERDICT.c.generation)
    live, found, is_begun = _VERDICT.c.generation.in_(_live(session)), dict[str, tuple[int, bytes]](), False
    for some in _lots(ids):
        for id_, at, report_hash, gen in session.execute(dates.where(live, _VERDICT.c.workstation_id.in_(some))):
            is_begun |= gen == generation
            if id_ not in found or at > found[id_][0]:
                found[id_] = (at, report_hash)
    return found, is_begun


def _clear(session: Session, generation: int, ids: Sequence[str]) -> None:
    """Take away what was written of workstations meanwhile: it was judged by the same."""
    for some in _lots(ids):
        for table in (_VERDICT, _FINDING):
            mine = (table.c.generation == generation, table.c.workstation_id.in_(some))
            session.execute(delete(table).where(*mine))
