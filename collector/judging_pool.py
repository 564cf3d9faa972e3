"""How is something asked of very many schools, on every core?

Each process opens the database, holds one profile, and brings back little: schools travel there as UAI, what was found
of them comes back, or is written from there. Few workstations are judged here, without any process.
"""

import gc
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import parent_process
from typing import Final, Protocol, TypeVar

from checks.profile import Profile, parse
from collector.forerunner import context
from collector.store import Session
from collector.store.engine import Store

FEW: Final = 10_000
"""Workstations judged here: judging them takes less than starting processes does."""
_POLITE: Final = 4
"""How far those processes stand back (nice): reports and readers go first."""


class Batch(Protocol):
    """Some schools."""

    @property
    def uais(self) -> tuple[str, ...]:
        """In order."""


B = TypeVar("B", bound=Batch)
R = TypeVar("R")
Job = Callable[[Session, Sequence[str], Profile], R]
"""Reads and judges some schools; of a module, as its answer travels. One that writes may be begun again."""


@lru_cache(maxsize=4)
def profile_of(toml: str) -> Profile:
    """Return the profile of a text, the same one for the same text."""
    return parse(toml)


def ask_many(
    store: Store, job: Job[R], batches: Iterable[B], toml: str, *, many: bool, writes: bool = False
) -> Iterator[tuple[B, R]]:
    """Give each batch to a job, and yield it with the answer, in order.

    `many`: on every core; `writes`: in a transaction of its own, durable no later than the next one that is.
    """
    if not many:
        for batch in batches:
            yield batch, _run(store, job, batch.uais, toml, writes)
        return
    cores = os.cpu_count() or 1
    under_way: deque[tuple[B, Future[R]]] = deque()
    with ProcessPoolExecutor(cores, context(), _begin, (store.url, toml)) as pool:
        try:
            for batch in batches:
                under_way.append((batch, pool.submit(_ask, job, batch.uais, writes)))
                if len(under_way) > 2 * cores:
                    first, future = under_way.popleft()
                    yield first, future.result()
            while under_way:
                first, future = under_way.popleft()
                yield first, future.result()
        finally:
            for _, future in under_way:
                future.cancel()


@dataclass(slots=True)
class _Own:
    """What a process of the pool holds."""

    store: Store | None = None
    toml: str = ""


_own: Final = _Own()


def _begin(url: str, toml: str) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # What is judged is held for a batch and makes no cycles: looking for some takes as long as judging.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    if hasattr(os, "nice"):
        os.nice(_POLITE)
    _own.store, _own.toml = Store(url), toml


def _end_with_parent() -> None:
    """End when the command was killed: it would be waited for forever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _ask(job: Job[R], uais: Sequence[str], writes: bool) -> R:
    assert _own.store is not None
    return _run(_own.store, job, uais, _own.toml, writes)


def _run(store: Store, job: Job[R], uais: Sequence[str], toml: str, writes: bool) -> R:
    if writes:
        return store.write(lambda session: job(session, uais, profile_of(toml)))
    with store.reading() as session:
        return job(session, uais, profile_of(toml))
