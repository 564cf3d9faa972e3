"""How does another profile come in force, without any reader seeing half of it?

Its judgement is prepared beside the one in force, batch after batch of schools, on every core; meanwhile each report is
judged by both. Then it flips for all its schools at once. What was begun and interrupted goes on where it stopped.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from checks.profile import Profile
from collector.judging_pool import FEW, ask_many, profile_of
from collector.store import Session
from collector.store.engine import Store
from collector.store.flipping import OF_THE_REST, OF_WORKSTATIONS, note_changes, sweep_past
from collector.store.generations import abandon, flip, in_preparation, schools_next, serving
from collector.store.laid_out import LaidOut, lay_out
from collector.store.publications import begin_run
from collector.store.rejudged import MOST, MOST_LOCKED, Batch, advance, batches, has_many, judge_and_keep, write_batch

_HELD_S: Final = 1.0
_TURN_S: Final = 0.11
"""Where one transaction at a time may write, others get a turn after so long: they ask every tenth of a second."""
Progress = Callable[[int, int], None]
"""Told (schools judged, schools in all)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flipped:
    """What a publication did."""

    schools: int  # judged
    changed: int  # whose outcome is another one


def rejudge(store: Store, progress: Progress = lambda *_: None) -> Flipped:
    """Prepare the generation begun, and put it in force; raises `Overtaken`, LookupError when there is none."""
    with store.reading() as session:
        row = in_preparation(session)
        if row is None:
            raise LookupError("nothing is in preparation")
        uais = schools_next(session, serving(session))
    assert row.generation.id is not None
    id_, toml = row.generation.id, row.version.toml
    left = list(batches(uais, row.generation.cursor, MOST if store.has_one_writer else MOST_LOCKED))
    done = len(uais) - sum(len(batch.uais) for batch in left)
    store.write(partial(begin_run, generation=id_, schools=len(uais), now=int(time.time())))
    progress(done, len(uais))
    judged = _judged_here if store.has_one_writer else _judged_there
    for batch in judged(store, id_, left, toml):
        done += len(batch.uais)
        progress(done, len(uais))
    changed = store.write(partial(_flip, id_=id_, now=int(time.time())))
    return Flipped(schools=len(uais), changed=changed)


def give_up(store: Store) -> str | None:
    """Abandon the generation in preparation; returns its profile's name, None when there was none."""
    return store.write(partial(abandon, now=int(time.time())))


def tidy(store: Store) -> int:
    """Take away what past generations left, a little at a time; returns how many rows."""
    if store.has_one_writer:
        return _sweep(store)
    with Store(store.url) as other, ThreadPoolExecutor(1) as beside:
        of_workstations = beside.submit(_sweep, other, OF_WORKSTATIONS)
        return _sweep(store, OF_THE_REST) + of_workstations.result()


def _sweep(store: Store, tables: Sequence[Any] = OF_WORKSTATIONS + OF_THE_REST) -> int:
    gone = 0
    while some := store.write(partial(sweep_past, tables=tables)):
        gone += some
    return gone


def _judged_there(store: Store, id_: int, left: Sequence[Batch], toml: str) -> Iterator[Batch]:
    """Have each batch judged and written by one of the processes, all at once; yield those that are kept, in order."""
    job = partial(judge_and_keep, generation=id_)
    for batch, _ in ask_many(store, job, left, toml, many=_are_many(store), writes=True):
        store.write(partial(advance, generation=id_, batch=batch))
        yield batch


def _judged_here(store: Store, id_: int, left: Sequence[Batch], toml: str) -> Iterator[Batch]:
    """Have each batch judged by one of the processes and write it here; yield those that are kept, in order."""
    profile, job, held_s = profile_of(toml), partial(lay_out, generation=id_), 0.0
    for batch, laid_out in ask_many(store, job, left, toml, many=_are_many(store)):
        began = time.monotonic()
        store.write(partial(_write, id_=id_, profile=profile, batch=batch, laid_out=laid_out, now=int(time.time())))
        yield batch
        held_s += time.monotonic() - began
        if held_s > _HELD_S:
            time.sleep(_TURN_S)
            held_s = 0.0


def _are_many(store: Store) -> bool:
    with store.reading() as session:
        return has_many(session, FEW)


def _write(session: Session, id_: int, profile: Profile, batch: Batch, laid_out: LaidOut, now: int) -> None:
    write_batch(session, id_, profile, batch, laid_out, now)


def _flip(session: Session, id_: int, now: int) -> int:
    changed = note_changes(session, serving(session), now)
    flip(session, id_, now)
    return changed
