"""How do many writes become few commits, without one promise kept too early?

One thread per process takes work from a bounded queue, runs what waits, commits once for the group, and only then tells
the callers. A job that fails is rolled back alone; a commit that fails fails its whole group; a group that the database
asks to begin again (a deadlock, say) begins again whole.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from sqlalchemy import Engine
from sqlmodel import Session

T = TypeVar("T")

CAPACITY: Final = 4000
"""Most jobs and items that may wait; more are refused at once, before memory grows."""
GROUP: Final = 128
"""Most of them in one commit."""
PAUSE_S: Final = 0.002
"""A group of items begins once none has come for so long: those who were just answered come again together, and a few
that were quicker would else be written alone while all the others wait. The event loop has the interpreter meanwhile:
two threads that want it at once cost more than the one waits for the other."""
LONGEST_S: Final = 0.02
"""The longest that is waited for more, however they come."""
TRIES: Final = 5
_AGAIN: Final = ("40001", "40P01")
"""What PostgreSQL answers when a transaction must begin again: serialization failure, deadlock."""

log = logging.getLogger(__name__)


class Busy(Exception):
    """Too many writes are waiting already: come back later."""


Batch = Callable[[Session, Sequence[Any]], Sequence[Any]]
"""Writes some items together and returns the result of each, in their order; an exception is one as well."""
Done = Callable[[Sequence[tuple[Any, Any]]], None]
"""Is told, once they are durable, `(item, result or exception)` of a group; called in the writer's thread."""


@dataclass(slots=True)
class _Job:
    run: Callable[[Session], Any]
    future: Future[Any]
    result: Any = None

    def tell(self) -> None:
        if isinstance(self.result, Exception):
            self.future.set_exception(self.result)
        else:
            self.future.set_result(self.result)


@dataclass(slots=True)
class _Item:
    batch: Batch
    item: Any
    done: Done


@dataclass(slots=True)
class _Items:
    """Items that follow one another and are written together."""

    batch: Batch
    items: list[Any]
    done: Done
    results: list[Any] = field(default_factory=list)

    def tell(self) -> None:
        self.done(list(zip(self.items, self.results, strict=True)))


class Writer:
    """Runs work one after the other and commits it in groups."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: queue.SimpleQueue[_Job | _Item | None] = queue.SimpleQueue()
        self._closing = False
        self._door = threading.Lock()  # no job slips in behind the last one
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[Session], T]) -> Future[T]:
        """Queue a job; its future has a result once that is durable. Raises `Busy` when too many wait.

        A job may be run again from its beginning, in a new transaction.
        """
        future: Future[T] = Future()
        self._enter(_Job(job, future))
        return future

    def submit_item(self, batch: Batch, item: Any, done: Done) -> None:
        """Queue an item, to be written by `batch` with those that wait beside it; it may be called again with fewer.

        Raises `Busy` when too many wait.
        """
        self._enter(_Item(batch, item, done))

    def close(self) -> None:
        """Run what waits, then stop."""
        with self._door:
            self._closing = True
        self._waiting.put(None)
        self._thread.join()

    def _enter(self, work: _Job | _Item) -> None:
        with self._door:
            if self._closing or self._waiting.qsize() >= CAPACITY:
                raise Busy
            self._waiting.put(work)

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            if isinstance(first, _Item):
                self._let_others_come()
            group = [first]
            while len(group) < GROUP:
                try:
                    following = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    self._commit(_together(group))
                    return
                group.append(following)
            self._commit(_together(group))

    def _let_others_come(self) -> None:
        seen, until = -1, time.monotonic() + LONGEST_S
        while seen < (waiting := self._waiting.qsize()) < GROUP and time.monotonic() < until:
            seen = waiting
            time.sleep(PAUSE_S)

    def _commit(self, group: Sequence[_Job | _Items]) -> None:
        running = [w for w in group if isinstance(w, _Items) or w.future.set_running_or_notify_cancel()]
        for left in reversed(range(TRIES)):
            try:
                self._try(running)
            except Exception as error:  # noqa: BLE001 - nothing of the group is durable: each caller must know
                if left and _must_begin_again(error):
                    log.info("a group of writes begins again: the database asked for it")
                    continue
                for work in running:
                    if isinstance(work, _Items):
                        work.results = [error] * len(work.items)
                    elif not isinstance(work.result, Exception):
                        work.result = error
            break
        for work in running:
            try:
                work.tell()
            except Exception:
                log.exception("a caller could not be told")

    def _try(self, running: Sequence[_Job | _Items]) -> None:
        with Session(self._engine, expire_on_commit=False) as session:
            session.connection()  # a database that does not answer is told once, to the whole group
            try:
                for work in running:
                    if isinstance(work, _Items):
                        work.results = _run_items(session, work.batch, work.items)
                    else:
                        work.result = _alone(session, work.run)
                session.commit()
            except Exception:
                session.invalidate()  # SQLite leaves its transaction open when a commit fails
                raise


def _together(group: Sequence[_Job | _Item]) -> Sequence[_Job | _Items]:
    """Put items of the same batch that follow one another together."""
    found: list[_Job | _Items] = []
    for work in group:
        last = found[-1] if found else None
        if isinstance(work, _Job):
            found.append(work)
        elif isinstance(last, _Items) and (last.batch, last.done) == (work.batch, work.done):
            last.items.append(work.item)
        else:
            found.append(_Items(work.batch, [work.item], work.done))
    return found


def _run_items(session: Session, batch: Batch, items: Sequence[Any]) -> list[Any]:
    """Write items together; when that fails, each alone, so that one takes nobody with it."""
    together = _alone(session, lambda session: batch(session, items))
    if not isinstance(together, Exception):
        return list(together)
    if len(items) == 1:
        return [together]
    return [found for one in items for found in _run_items(session, batch, [one])]


def _alone(session: Session, job: Callable[[Session], Any]) -> Any:
    """Run a job in a savepoint of its own; returns what it returns, or what it raised."""
    try:
        with session.begin_nested():
            return job(session)
    except Exception as error:
        if _must_begin_again(error):
            raise
        if _is_undone(session):
            # A full disk makes SQLite undo the whole transaction: what follows would be written outside any.
            raise (error.__context__ or error) from None
        return error


def _is_undone(session: Session) -> bool:
    """Tell whether the database has ended the transaction by itself."""
    raw = session.connection().connection.driver_connection
    return getattr(raw, "in_transaction", True) is False


def _must_begin_again(error: BaseException) -> bool:
    said = getattr(error, "orig", error)  # the driver's own error, which COPY raises as it is
    return getattr(said, "sqlstate", None) in _AGAIN
