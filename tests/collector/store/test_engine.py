"""The database is durable, and its address is understood."""

import pytest
from sqlalchemy import QueuePool
from sqlmodel import func, select

from collector.judged import Mark
from collector.settings import SettingsError
from collector.store import Session
from collector.store.engine import Store


def test_every_connection_of_sqlite_is_durable_and_polite(store: Store) -> None:
    with store.engine.connect() as one, store.engine.connect() as two:
        for connection in (one, two):
            pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in pragmas]
            assert found == ["wal", 2, 1, 10_000]


@pytest.mark.parametrize("url", ["nowhere", "martian://host/base", "postgresql://user:hunter2@host:port/base"])
def test_an_address_that_is_none_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        Store(url)
    assert "PREAU_DATABASE_URL" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_values_written_are_not_in_the_text_of_errors(store: Store) -> None:
    with pytest.raises(Exception, match="NOT NULL") as error:
        store.write(
            lambda session: session.connection().exec_driver_sql("INSERT INTO token (name) VALUES (?)", ("hunter2",))
        )
    assert "hunter2" not in str(error.value)


def marks(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Mark)).one()


@pytest.mark.both_databases
def test_who_reads_sees_one_moment_and_who_glances_takes_no_transaction(store: Store) -> None:
    def note(name: str) -> None:
        store.write(lambda session: session.add(Mark(name=name, at=1)))

    with store.reading() as reading, store.glancing() as glancing:
        assert isinstance(store.engine.pool, QueuePool)
        assert store.engine.pool.checkedout() == 0, "whoever asks the database nothing waits for no connection"
        assert (marks(reading), marks(glancing)) == (0, 0)
        note("sweep")
        assert marks(reading) == 0
        if not store.has_one_writer:
            assert marks(glancing) == 1
            driver = glancing.connection().connection.driver_connection
            assert driver is not None
            assert driver.info.transaction_status.name == "IDLE"
    for number in range(3):
        with store.reading() as reading:
            assert marks(reading) == 1 + number
            note(f"other {number}")
            assert marks(reading) == 1 + number, "nor is it otherwise on a connection by which somebody glanced"
