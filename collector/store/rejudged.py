"""What must be judged again for a new generation, and how is it written?

A batch is whole schools. Rows are taken in one order: schools, their workstations by id, their counters by UAI; so an
ingest and an enrolment either come before the batch and are seen by it, or after and see it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, func, insert, select, update
from sqlmodel import Session

from collector.freshness import day_of
from collector.judged import Finding, Generation, SchoolCause, SchoolState, Verdict, WorkstationFacts
from collector.judging_pool import Done, Task, judge_tasks
from collector.store.counters import Moves, move
from collector.store.generations import Gen, serving
from collector.store.readiness import kept_tallies, subtract
from collector.store.verdicts import fresh_day
from collector.tables import School, Workstation
from collector.tally import Share, share_of

BATCH: Final = 60
"""Schools judged in one transaction: some thousand workstations."""

_PC: Final = Workstation.__table__  # type: ignore[attr-defined]
_SCHOOL: Final = School.__table__  # type: ignore[attr-defined]
_VERDICT: Final = Verdict.__table__  # type: ignore[attr-defined]
_FINDING: Final = Finding.__table__  # type: ignore[attr-defined]
_FACTS: Final = WorkstationFacts.__table__  # type: ignore[attr-defined]
_STATE: Final = SchoolState.__table__  # type: ignore[attr-defined]
_CAUSE: Final = SchoolCause.__table__  # type: ignore[attr-defined]


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
    last = (
        select(func.max(_VERDICT.c.measured_at))
        .where(
            _VERDICT.c.workstation_id == _FACTS.c.workstation_id,
            _VERDICT.c.generation.in_(select(Generation.id).where(Generation.state != "past")),  # type: ignore[call-overload]
        )
        .scalar_subquery()
    )
    of_school = (_SCHOOL.c.opens_on, _SCHOOL.c.academie_code)
    query = (
        select(_FACTS.c.workstation_id, _FACTS.c.kept, _FACTS.c.measured_at, last, *of_school)
        .join(_PC, _PC.c.id == _FACTS.c.workstation_id)
        .join(_SCHOOL, _SCHOOL.c.uai == _PC.c.uai)
        .where(_PC.c.uai.in_(sorted(uais)))
        .order_by(_FACTS.c.workstation_id)
    )
    return [
        Task(id_, kept, at, at if last is None else last, day, academie)
        for id_, kept, at, last, day, academie in session.execute(query)
    ]


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
    pcs = session.execute(
        select(_PC.c.id, _PC.c.uai, _PC.c.state).where(_PC.c.uai.in_(batch.uais)).order_by(_PC.c.id).with_for_update()
    ).all()
    found = serving(session)
    gen = found.gen(generation)
    shares = _write_verdicts(session, gen, toml, batch, done, {pc.id: pc.state for pc in pcs}, now)
    moves = Moves()
    kept = kept_tallies(session, generation, batch.uais)
    for uai in batch.uais:
        subtract(moves.of(generation, uai), kept[uai]) if uai in kept else moves.of(generation, uai)
    for pc in pcs:
        moves.of(generation, pc.uai).add(shares.get(pc.id) or share_of(pc.state, None, False, ()))
    move(session, moves, found, now, "profile")
    session.execute(
        update(Generation)
        .where(Generation.id == generation)  # type: ignore[arg-type]
        .values(cursor=batch.uais[-1], done=Generation.done + len(batch.uais))
    )


def _write_verdicts(
    session: Session,
    gen: Gen,
    toml: str,
    batch: Batch,
    done: Sequence[Done],
    states: Mapping[str, str],
    now: int,
) -> dict[str, Share]:
    """Write the verdicts that are not there yet; returns what each workstation adds."""
    judged = {one.workstation_id: one for one in done}
    current = {task.workstation_id: task for task in tasks(session, batch.uais)}
    again = [
        task
        for id_, task in current.items()
        if id_ not in judged or (task.measured_at, task.last_at) != (judged[id_].measured_at, judged[id_].last_at)
    ]
    # A report came between the reading and the lock.
    judged |= {one.workstation_id: one for one in judge_tasks(again, toml)}
    hashes = _hashes(session, current)
    verdicts, findings, shares = [], [], {}
    for id_ in current:
        one = judged[id_]
        until = fresh_day(gen, one.academie_code, one.observed_at)
        is_stale = until < day_of(now)
        verdicts.append(
            {
                "generation": gen.id,
                "workstation_id": id_,
                "outcome": one.outcome,
                "is_stale": is_stale,
                "measured_at": one.last_at,
                "observed_at": one.observed_at,
                "fresh_until": until,
                "report_hash": hashes.get(id_, b""),
            }
        )
        if one.found is not None:
            findings.append({"generation": gen.id, "workstation_id": id_, "found": one.found})
        shares[id_] = share_of(states[id_], one.outcome, is_stale, one.causes)
    _replace(session, gen.id, current, verdicts, findings)
    return shares


def _hashes(session: Session, ids: Collection[str]) -> dict[str, bytes]:
    query = select(_VERDICT.c.workstation_id, _VERDICT.c.report_hash, _VERDICT.c.measured_at).where(
        _VERDICT.c.workstation_id.in_(sorted(ids))
    )
    rows = session.execute(query.order_by(_VERDICT.c.measured_at)).all()
    return {row.workstation_id: row.report_hash for row in rows}


def _replace(session: Session, generation: int, ids: Collection[str], verdicts: Any, findings: Any) -> None:
    """Write rows of a generation in place of those an ingest may have written meanwhile."""
    for table in (_VERDICT, _FINDING):
        session.execute(delete(table).where(table.c.generation == generation, table.c.workstation_id.in_(sorted(ids))))
    connection = session.connection()
    if verdicts:
        connection.execute(insert(_VERDICT), verdicts)
    if findings:
        connection.execute(insert(_FINDING), findings)
