"""The database goes away under a collector that serves, and comes back: it is said, and nothing is lost."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from checks import wire
from collector import problems, receipts
from collector.store.copy import copy_into
from collector.store.engine import Store
from collector.store.schema import upgrade
from collector.tables import WorkstationKey
from collector.verify_cli import verify
from tests.collector.test_bad_weather import refused, send
from tests.collector.workstation import Workstation
from tests.conftest import need
from tests.postgres import Postgres, missing, postgres

PATIENCE_S = 20


@pytest.fixture(scope="module")
def own() -> Iterator[Postgres]:
    """A PostgreSQL server that only these tests use: they stop it."""
    need(not missing(), missing())
    with postgres(settings=("fsync=off",)) as server:  # commits wait for the log: only the process crashes
        server.command("CREATE DATABASE preau")
        with Store(server.url("preau")) as store:
            upgrade(store.engine)
        yield server


class TestPostgres:
    """The server stops as a crash would, and is started again."""

    @pytest.fixture
    def database_url(self, own: Postgres) -> str:
        return own.url("preau")

    def test_a_server_that_stops_is_told_and_come_back_to_by_itself(
        self, own: Postgres, workstation: Workstation, client: TestClient, filled: Store
    ) -> None:
        acknowledged = send(workstation)
        own.stop(signal.SIGQUIT)
        for _ in range(3):
            refused(send(workstation))
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
        own.start()
        deadline = time.monotonic() + PATIENCE_S
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < deadline
        hold(filled, workstation, acknowledged)
        hold(filled, workstation, send(workstation, "interception_untrusted"))


def hold(store: Store, workstation: Workstation, acknowledged: Any) -> None:
    """The report acknowledged last is what the database holds last of its workstation, and it is counted."""
    assert acknowledged.status_code == 201
    with store.reading() as session:
        key = session.get_one(WorkstationKey, workstation.key_id)
        assert receipts.cited(key.receipts, acknowledged.json()["receipt_id"]) == "last"
    assert verify(store, judging=True) == []


def files_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("preau.sqlite*"))


def test_a_sqlite_file_that_is_removed_takes_nothing_more_and_none_is_made_in_its_place(
    workstation: Workstation, client: TestClient, tmp_path: Path
) -> None:
    assert send(workstation).status_code == 201
    for path in files_of(tmp_path):
        path.unlink()
    for _ in range(3):
        refused(send(workstation))
    assert client.get("/readyz").status_code == 503
    assert files_of(tmp_path) == []


def test_a_folder_that_cannot_be_reached_for_a_while_loses_nothing(
    workstation: Workstation, filled: Store, tmp_path: Path
) -> None:
    acknowledged = send(workstation)
    away = tmp_path.rename(tmp_path.with_name(f"{tmp_path.name}-away"))
    for _ in range(3):
        refused(send(workstation))
    away.rename(tmp_path)
    hold(filled, workstation, acknowledged)
    hold(filled, workstation, send(workstation, "interception_untrusted"))


def test_a_backup_put_in_the_place_of_the_file_is_what_is_served(
    workstation: Workstation, filled: Store, tmp_path: Path
) -> None:
    first = send(workstation)
    copy = tmp_path / "copy"
    copy_into(filled.engine, copy)
    for path in files_of(tmp_path):
        path.unlink()
    copy.rename(tmp_path / "preau.sqlite")
    hold(filled, workstation, first)
    hold(filled, workstation, send(workstation, "interception_untrusted"))


def test_a_sqlite_file_damaged_while_serving_refuses_everything_and_is_said_once(
    workstation: Workstation,
    client: TestClient,
    filled: Store,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    first = send(workstation)
    copy = tmp_path / "copy"
    copy_into(filled.engine, copy)
    with filled.engine.connect() as connection:
        connection.rollback()
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with (tmp_path / "preau.sqlite").open("r+b") as file:
        size = file.seek(0, 2)
        file.seek(100)  # its header stays: it still looks like a database
        file.write(b"\xa5" * (size - 100))
    filled.engine.dispose()  # what a connection remembers of the file hides the damage for a while
    problems._log_once.cache_clear()
    for _ in range(3):
        answer = send(workstation)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "600")
        assert wire.SIGNATURE_HEADER not in answer.headers
        assert answer.json()["detail"] == problems.DAMAGED
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json() == {"status": "unavailable", "reason": "la base de données est abîmée"}
    told = [record for record in caplog.records if "abîmé" in record.message and "restore" in record.message]
    assert len(told) == 1
    for path in files_of(tmp_path):
        path.unlink()
    copy.rename(tmp_path / "preau.sqlite")
    hold(filled, workstation, first)
    hold(filled, workstation, send(workstation, "interception_untrusted"))
