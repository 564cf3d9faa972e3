"""What people do while reports arrive, in another process and at the worst moment, leaves every count right."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from checks import wire
from collector import assignment, school_files
from collector.assignment import Assignment
from collector.publishing import publish_profile
from collector.settings import Settings
from collector.sheet import open_sheet
from collector.signing import Keys
from collector.store import Session, readiness
from collector.store.engine import Store
from collector.store.readiness import refresh_schools
from collector.store.recount import put_right
from collector.verify_cli import verify
from tests.collector.conftest import MOULIN, PROFILE
from tests.collector.workstation import Workstation

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""SQLite has one writer at a time: there, nothing is beside."""


@pytest.fixture
def other(settings: Settings, filled: Store) -> Iterator[Store]:
    """Another process's hold of the same database."""
    with Store(settings.url) as store:
        yield store


def send(workstation: Workstation, machine: str) -> None:
    assert workstation.send(wire.pack(workstation.report(machine))).status_code == 201


def meanwhile(work: Callable[[], None]) -> threading.Thread:
    """Begin some work beside, and leave it time to be done, or to wait for a lock."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(1)
    return thread


@pytest.mark.parametrize("count", [refresh_schools, put_right])
def test_a_recount_misses_no_report(
    workstation: Workstation, filled: Store, other: Store, count: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(workstation, "debian_12_healthy")
    threads: list[threading.Thread] = []
    read = readiness.kept_tallies

    def read_late(session: Session, *words: Any) -> Any:
        if not threads:
            threads.append(meanwhile(lambda: send(workstation, "interception_untrusted")))
        return read(session, *words)

    monkeypatch.setattr(readiness, "kept_tallies", read_late)
    other.write(lambda session: count(session, [MOULIN], int(time.time())))
    threads[0].join(20)
    assert not threads[0].is_alive()
    assert verify(filled, judging=True) == []


@pytest.mark.parametrize("line", ["{};;01/09/2090;b", "{};1;;"], ids=["profile and date", "workstations expected"])
def test_a_report_that_waits_for_an_assignment_goes_by_it(
    workstation: Workstation, filled: Store, other: Store, keys: Keys, tmp_path: Path, line: str
) -> None:
    """What is asked of its school changes while it waits for its workstation, or for the counts of its school."""
    publish_profile(filled, keys, PROFILE.replace('id = "tests"', 'id = "b"', 1))
    send(workstation, "debian_12_healthy")
    table = tmp_path / "attribution.csv"
    table.write_text(f"uai;postes;ouverture;profil\n{line.format(MOULIN)}\n", encoding="utf-8")
    rows = [row for row in assignment.rows(open_sheet(table)) if isinstance(row, Assignment)]
    threads: list[threading.Thread] = []

    def assign(session: Session) -> None:
        school_files._assign(session, rows, int(time.time()))
        if not threads:
            threads.append(meanwhile(lambda: send(workstation, "old_browser_by_default")))
            assert threads[0].is_alive(), "it waits"

    other.write(assign)
    threads[0].join(20)
    assert not threads[0].is_alive()
    assert verify(filled, judging=True) == []
