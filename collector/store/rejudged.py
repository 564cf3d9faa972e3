"""How are schools written that were judged for a new generation?

A batch is whole schools. Rows are taken in one order: schools, their workstations by id; so an ingest and an enrolment
either come before the batch and are seen by it, or after and see it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, func, select, update
from sqlmodel import Session

from checks.profile import Profile
from collector.freshness import day_of
from collector.judged import Finding, Generation, SchoolCause, SchoolState, Verdict, WorkstationFacts
from collector.refusals import Told
from collector.store import many
from collector.store.dialect import durable_later
from collector.store.laid_out import LaidOut, ground_of, lay_out
from collector.tables import School, Workstation

BATCH: Final = 60
MOST: Final = 480
"""Schools judged in one transaction, at least and at most: some ten thousand workstations."""
MOST_LOCKED: Final = 120
"""At most, while they are locked: reports of their workstations wait, and those beside them in the same group."""
PARTS: Final = 40
"""Of a publication, by which it advances."""

_PC: Final = Workstation.__table__  # type: ignore[attr-defined]
_SCHOOL: Final = School.__table__  # type: ignore[attr-defined]
_VERDICT: Final = Verdict.__table__  # type: ignore[attr-defined]
_FINDING: Final = Finding.__table__  # type: ignore[attr-defined]
_FACTS: Final = WorkstationFacts.__table__  # type: ignore[attr-defined]
_STATE: Final = SchoolState.__table__  # type: ignore[attr-defined]
_CAUSE: Final = SchoolCause.__table__  # type: ignore[attr-defined]


_OVERTAKEN: Final = "une autre commande poursuit cette publication, ou y a renoncé"


class Overtaken(Told, RuntimeError):
    """Another process goes on with this publication."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some schools, in the order of UAI."""

    uais: tuple[str, ...]
    before: str  # last UAI of the batch before, "" for the first


def batches(uais: Sequence[str], cursor: str, most: int = MOST) -> Iterator[Batch]:
    """Part schools into batches of so many at most, after those already judged."""
    left, size = [uai for uai in uais if uai > cursor], min(most, max(BATCH, len(uais) // PARTS))
    for start in range(0, len(left), size):
        some = tuple(left[start : start + size])
        yield Batch(some, left[start - 1] if start else cursor)


def has_many(session: Session, few: int) -> bool:
    """Tell whether more workstations than a few have facts."""
    return len(session.execute(select(_FACTS.c.workstation_id).limit(few + 1)).all()) > few


def judge_and_keep(session: Session, uais: Sequence[str], profile: Profile, generation: int) -> int:
    """Judge schools and keep what was found, while nobody changes them; raises `Overtaken`.

    A job of `collector.judging_pool`, where several may write at once. What a crash takes of it is judged again: the
    publication has not advanced, or its advance is lost as well. Returns how many workstations were judged.
    """
    durable_later(session)
    _lock(session, uais)
    laid_out = lay_out(session, uais, profile, generation)
    _keep(session, generation, uais, laid_out)
    # Last: whoever advances this publication waits for the commit alone.
    if _state(session, generation, read=True).state != "pending":
        raise Overtaken(_OVERTAKEN)
    return len(laid_out.verdicts)


def write_batch(session: Session, generation: int, profile: Profile, batch: Batch, laid_out: LaidOut, now: int) -> None:
    """Write schools as they were laid out, or as they must be since somebody changed meanwhile; raises `Overtaken`."""
    _make_room(session)
    advance(session, generation, batch)
    _lock(session, batch.uais)
    if ground_of(session, batch.uais, generation).mark(day_of(now)) != laid_out.mark:
        laid_out = lay_out(session, batch.uais, profile, generation)
    _keep(session, generation, batch.uais, laid_out)


def advance(session: Session, generation: int, batch: Batch) -> None:
    """Note that schools are judged, those before them being so; raises `Overtaken`."""
    row = _state(session, generation)
    if row.cursor != batch.before or row.state != "pending":
        raise Overtaken(_OVERTAKEN)
    session.execute(
        update(Generation)
        .where(Generation.id == generation)  # type: ignore[arg-type]
        .values(cursor=batch.uais[-1], done=Generation.done + len(batch.uais))
    )


def _state(session: Session, generation: int, *, read: bool = False) -> Any:
    query = select(Generation.cursor, Generation.state).where(Generation.id == generation)  # type: ignore[call-overload]
    return session.execute(query.with_for_update(read=read)).one()


def _keep(session: Session, generation: int, uais: Sequence[str], laid_out: LaidOut) -> None:
    """Write schools as they were laid out."""
    if laid_out.is_begun:
        _clear(session, generation, uais)
    many.lay(session, Verdict, _VERDICT.columns.keys(), laid_out.verdicts)
    many.lay(session, Finding, _FINDING.columns.keys(), laid_out.findings)
    many.add(session, SchoolState, laid_out.states)
    many.add(session, SchoolCause, laid_out.causes)


def _make_room(session: Session) -> None:
    """Let SQLite hold the pages of a batch, nearly all of a table, and write each once rather than five times.

    Rows come by school, and are kept by workstation.
    """
    if session.connection().dialect.name == "sqlite":
        for pragma in ("cache_size=-131072", "wal_autocheckpoint=20000"):
            session.connection().exec_driver_sql(f"PRAGMA {pragma}")


def _lock(session: Session, uais: Sequence[str]) -> None:
    """Let no other writer change these schools and their workstations."""
    for key, table in ((_SCHOOL.c.uai, _SCHOOL), (_PC.c.id, _PC)):
        mine = select(key).where(table.c.uai.in_(uais)).order_by(key)
        locked = mine.with_for_update(key_share=table is _SCHOOL).subquery()
        session.execute(select(func.count()).select_from(locked))


def _clear(session: Session, generation: int, uais: Sequence[str]) -> None:
    """Take away what was written of schools meanwhile: it was judged by the same, and is laid out whole."""
    pcs = select(_PC.c.id).where(_PC.c.uai.in_(uais))
    for table, mine in (
        (_VERDICT, _VERDICT.c.workstation_id.in_(pcs)),
        (_FINDING, _FINDING.c.workstation_id.in_(pcs)),
        (_STATE, _STATE.c.uai.in_(uais)),
        (_CAUSE, _CAUSE.c.uai.in_(uais)),
    ):
        session.execute(delete(table).where(table.c.generation == generation, mine))
