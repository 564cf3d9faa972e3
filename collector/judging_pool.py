"""How are the kept facts of very many workstations judged on every core?

Work travels as plain values to processes that hold one profile; few workstations are judged here, without any.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from multiprocessing import get_context
from typing import Any, Final

from checks.profile import Profile, parse
from collector.facts import unpack
from collector.findings import pack
from collector.judging import causes, judge, that_matters
from collector.tally import Seen

FEW: Final = 2000
"""Workstations judged without starting processes."""


@dataclass(frozen=True, slots=True)
class Task:
    """The kept facts of one workstation."""

    workstation_id: str
    kept: bytes
    measured_at: int  # of the facts as kept
    last_at: int  # of the last report, which said the same
    opens_on: date | None
    academie_code: str


@dataclass(frozen=True, slots=True)
class Done:
    """Where it stands."""

    workstation_id: str
    measured_at: int
    last_at: int
    academie_code: str
    outcome: str | None
    observed_at: int
    found: bytes | None  # packed findings; None when there are none
    causes: tuple[Seen, ...]


@lru_cache(maxsize=4)
def _profile(toml: str) -> Profile:
    return parse(toml)


def judge_tasks(tasks: Sequence[Task], toml: str) -> list[Done]:
    """Judge some workstations by a profile's text."""
    profile, done = _profile(toml), []
    for task in tasks:
        said = judge(unpack(task.kept, moved_s=task.last_at - task.measured_at), profile, task.opens_on)
        done.append(
            Done(
                task.workstation_id,
                task.measured_at,
                task.last_at,
                task.academie_code,
                said.outcome.value if said.outcome else None,
                said.observed_at,
                pack(said.found) if said.found else None,
                causes(that_matters(said.found, profile)),
            )
        )
    return done


def judge_many(
    batches: Iterable[tuple[Any, Sequence[Task]]], toml: str, *, many: bool
) -> Iterator[tuple[Any, list[Done]]]:
    """Judge batches of workstations, each with a name given back beside it, in their order; `many`: on every core."""
    if not many:
        for name, tasks in batches:
            yield name, judge_tasks(tasks, toml)
        return
    cores = os.cpu_count() or 1
    under_way: deque[tuple[Any, Future[list[Done]]]] = deque()
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        try:
            for name, tasks in batches:
                under_way.append((name, pool.submit(judge_tasks, tasks, toml)))
                if len(under_way) > 2 * cores:
                    first, future = under_way.popleft()
                    yield first, future.result()
            while under_way:
                first, future = under_way.popleft()
                yield first, future.result()
        finally:
            for _, future in under_way:
                future.cancel()
