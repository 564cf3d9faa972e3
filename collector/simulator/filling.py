"""How does a database come to hold a simulated nation? By the imports an operator runs, then in lots."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from checks import wire
from collector import school_files
from collector.simulator.fleet import Pc
from collector.simulator.nation import SimSchool, assignment_csv, directory_csv
from collector.store.engine import Store
from collector.tables import Workstation, WorkstationKey

LOT: Final = 5_000
"""Workstations written in one transaction."""
Progress = Callable[[int, int], None]


def import_schools(store: Store, schools: Sequence[SimSchool], folder: Path) -> None:
    """Import the schools and what is expected of them, from files as an operator would."""
    for name, text in (("annuaire.csv", directory_csv(schools)), ("attribution.csv", assignment_csv(schools))):
        path = folder / f"simule-{name}"
        path.write_text(text, encoding="utf-8")
        school_files.take(store, path, int(time.time()))
        path.unlink()


def enrol(store: Store, fleet: Sequence[Pc], progress: Progress = lambda *_: None) -> None:
    """Make workstations known with their keys, as if each had used its school's code."""
    now, done = int(time.time()), 0
    for lot in lots(fleet, LOT):
        rows = [_rows(pc, now) for pc in lot]
        store.write(lambda session, rows=rows: session.add_all([one for one, _ in rows]))  # type: ignore[misc]
        store.write(lambda session, rows=rows: session.add_all([key for _, key in rows]))  # type: ignore[misc]
        done += len(lot)
        progress(done, len(fleet))


def lots(fleet: Iterable[Pc], size: int) -> Iterator[list[Pc]]:
    """Cut a fleet into lots."""
    left = iter(fleet)
    while lot := list(islice(left, size)):
        yield lot


def _rows(pc: Pc, now: int) -> tuple[Workstation, WorkstationKey]:
    public_key = pc.key.verify_key.encode()
    return (
        Workstation(id=pc.workstation_id, uai=pc.school.uai, tag=pc.tag, place=pc.place),
        WorkstationKey(
            key_id=wire.key_id(public_key),
            workstation_id=pc.workstation_id,
            public_key=public_key,
            state="active",
            enrolled_at=now,
        ),
    )
