"""The database is durable, and its address is understood."""

import pytest

from collector.settings import SettingsError
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
