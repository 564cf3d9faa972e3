"""Many writes become few commits, and each caller is told the truth."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future

import pytest
from sqlmodel import Session, select

from collector.settings import Settings
from collector.store import writer
from collector.store.engine import Store
from collector.store.writer import Busy
from collector.tables import Token

pytestmark = pytest.mark.both_databases


def token(number: int) -> Token:
    return Token(name=f"{number}", role="lecteur", place="nation", secret_sha256=f"{number}", created_at=0)


def add(number: int) -> object:
    return lambda session: session.add(token(number))


def names(store: Store) -> set[str]:
    with store.reading() as session:
        return set(session.exec(select(Token.name)).all())


class Gate:
    """Holds the writer in a job until it is opened."""

    def __init__(self, store: Store) -> None:
        self.opened, entered = threading.Event(), threading.Event()

        def wait(_session: Session) -> None:
            entered.set()
            self.opened.wait(10)

        self.job = store.writer.submit(wait)
        assert entered.wait(10)


def test_what_a_job_returns_comes_back_once_another_connection_sees_it(store: Store) -> None:
    assert store.write(lambda session: session.add(token(1)) or "kept") == "kept"
    assert names(store) == {"1"}


def test_a_job_that_fails_is_told_and_takes_nobody_with_it(store: Store) -> None:
    gate = Gate(store)
    first, double, third = (store.writer.submit(add(number)) for number in (1, 1, 3))
    broken: Future[None] = store.writer.submit(lambda session: session.add(token(4)) or 1 / 0)
    gate.opened.set()
    assert third.result(10) is None
    assert first.exception(10) is None
    assert double.exception(10) is not None
    assert isinstance(broken.exception(10), ZeroDivisionError)
    assert names(store) == {"1", "3"}


def fail_at_commit(store: Store) -> Future[object]:
    """Write something that only the commit refuses: a workstation without its school."""
    id_ = "00000000-0000-4000-8000-000000000001"
    orphan = (
        f"INSERT INTO workstation (id, uai, tag, place, state, evidence) VALUES ('{id_}', '0990019H', '', '', '', '')"
    )
    if store.engine.dialect.name == "postgresql":
        with store.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE workstation ALTER CONSTRAINT workstation_uai_fkey DEFERRABLE")
    later = {"sqlite": "PRAGMA defer_foreign_keys=ON", "postgresql": "SET CONSTRAINTS ALL DEFERRED"}

    def write(session: Session) -> None:
        for statement in (later[store.engine.dialect.name], orphan):
            session.connection().exec_driver_sql(statement)

    return store.writer.submit(write)


def test_a_commit_that_fails_is_told_to_its_whole_group(store: Store) -> None:
    gate = Gate(store)
    jobs = [store.writer.submit(add(number)) for number in range(3)]
    jobs.append(fail_at_commit(store))
    gate.opened.set()
    assert all("foreign key" in str(job.exception(10)).lower() for job in jobs)
    assert names(store) == set()
    store.write(add(9))
    assert names(store) == {"9"}


def test_a_full_queue_refuses_at_once(store: Store) -> None:
    gate = Gate(store)
    jobs = [store.writer.submit(add(number)) for number in range(writer.CAPACITY)]
    with pytest.raises(Busy):
        store.writer.submit(add(-1))
    gate.opened.set()
    assert all(job.exception(20) is None for job in jobs)
    assert len(names(store)) == writer.CAPACITY


def test_a_job_that_nobody_waits_for_any_more_is_not_run(store: Store) -> None:
    gate = Gate(store)
    given_up = store.writer.submit(add(1))
    assert given_up.cancel()
    gate.opened.set()
    store.write(add(2))
    assert names(store) == {"2"}


def test_closing_finishes_what_was_promised_and_takes_nothing_more(settings: Settings) -> None:
    store = Store(settings.url)
    gate = Gate(store)
    promised = [store.writer.submit(add(number)) for number in range(100)]
    closing = threading.Thread(target=store.close)
    closing.start()
    gate.opened.set()
    closing.join(10)
    assert all(job.exception(0) is None for job in promised)
    with pytest.raises(Busy):
        store.writer.submit(add(1000))
    with Store(settings.url) as again:
        assert len(names(again)) == 100


def test_two_processes_write_the_same_database_in_turn(store: Store, settings: Settings) -> None:
    with Store(settings.url) as other:
        jobs = [one.writer.submit(add(number)) for number in range(50) for one in ((store, other)[number % 2],)]
        assert all(job.exception(20) is None for job in jobs)
    assert len(names(store)) == 50


def test_items_that_come_one_after_another_are_written_together(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "PAUSE_S", 0.5)
    monkeypatch.setattr(writer, "LONGEST_S", 10)
    groups, told = [], threading.Event()

    def batch(session: Session, numbers: Sequence[int]) -> list[int]:
        groups.append(list(numbers))
        return list(numbers)

    def done(_results: object) -> None:
        told.set()

    for number in range(3):
        store.writer.submit_item(batch, number, done)
        time.sleep(0.05)  # the writer's thread has woken by now
    assert told.wait(10)
    assert groups == [[0, 1, 2]]


def test_items_that_never_stop_coming_are_waited_for_no_longer_than_that(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "PAUSE_S", 0.2)
    monkeypatch.setattr(writer, "LONGEST_S", 0.3)
    told = threading.Event()
    for _ in range(100):
        store.writer.submit_item(lambda _session, items: list(items), 1, lambda _results: told.set())
        if told.wait(0.05):
            break
    assert told.is_set()


def test_a_job_waits_for_nobody(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "PAUSE_S", 60)
    store.writer.submit(add(1)).result(10)
