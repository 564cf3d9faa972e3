"""How do many writes become few commits, without one promise kept too early?

One thread per process takes jobs from a bounded queue, runs each in its own savepoint, commits once for the group, and
only then tells the callers. A job that fails is rolled back alone; a commit that fails fails its whole group.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final, TypeVar

from sqlalchemy import Engine
from sqlmodel import Session

T = TypeVar("T")

CAPACITY: Final = 1000
"""Most jobs that may wait; more are refused at once, before memory grows."""
GROUP: Final = 64
"""Most jobs in one commit."""


class Busy(Exception):
    """Too many writes are waiting already: come back later."""


class Writer:
    """Runs jobs one after the other and commits them in groups."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: queue.Queue[tuple[Callable[[Session], Any], Future[Any]] | None] = queue.Queue(CAPACITY)
        self._closing = False
        self._door = threading.Lock()  # no job slips in behind the last one
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[Session], T]) -> Future[T]:
        """Queue a job; its future has a result once that is durable. Raises `Busy` when too many wait."""
        future: Future[T] = Future()
        with self._door:
            if self._closing:
                raise Busy
            try:
                self._waiting.put_nowait((job, future))
            except queue.Full:
                raise Busy from None
        return future

    def close(self) -> None:
        """Run what waits, then stop."""
        with self._door:
            self._closing = True
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            group = [first]
            while len(group) < GROUP:
                try:
                    following = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    self._commit(group)
                    return
                group.append(following)
            self._commit(group)

    def _commit(self, group: list[tuple[Callable[[Session], Any], Future[Any]]]) -> None:
        running = [(job, future) for job, future in group if future.set_running_or_notify_cancel()]
        kept: list[tuple[Future[Any], Any]] = []
        try:
            with Session(self._engine, expire_on_commit=False) as session:
                session.connection()  # a database that does not answer is told once, to the whole group
                for job, future in running:
                    try:
                        with session.begin_nested():
                            result = job(session)
                    except Exception as error:  # noqa: BLE001 - whatever it is belongs to the caller
                        future.set_exception(error)
                    else:
                        kept.append((future, result))
                try:
                    session.commit()
                except Exception:
                    session.invalidate()  # SQLite leaves its transaction open when a commit fails
                    raise
        except Exception as error:  # noqa: BLE001 - nothing of the group is durable: each caller must know
            for _, future in running:
                if not future.done():
                    future.set_exception(error)
            return
        for future, result in kept:
            future.set_result(result)
