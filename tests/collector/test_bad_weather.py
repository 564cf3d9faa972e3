"""What happens under a collector when its database, its disk or its clock fails: a clear answer, and nothing lost."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, inspect
from sqlmodel import select

from checks import wire
from collector import cli
from collector.judged import Verdict
from collector.settings import Settings
from collector.sole import AnotherServes, only_one
from collector.store.engine import Store
from collector.store.schema import SchemaError, require_present, upgrade, versions
from collector.store.sweeping import sweep
from collector.verify_cli import verify
from tests.collector.conftest import MOULIN, kept_of
from tests.collector.workstation import Workstation

DAY_S = 86_400


def refused(answer: Any) -> None:
    """The workstation is asked to come back, by nobody's signature: it keeps its report."""
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert wire.SIGNATURE_HEADER not in answer.headers
    assert answer.json()["detail"] == "La base de données ne répond pas."


def send(workstation: Workstation, machine: str = "debian_12_healthy") -> Any:
    return workstation.send(wire.pack(workstation.report(machine)))


@pytest.mark.parametrize("pragma", ["query_only = ON", "max_page_count = 1"])
def test_a_read_only_or_full_disk_loses_nothing_that_was_acknowledged(
    pragma: str, workstation: Workstation, filled: Store
) -> None:
    acknowledged = send(workstation)
    assert acknowledged.status_code == 201

    def limit(connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA {pragma}")

    event.listen(filled.engine, "checkout", limit)
    try:
        answers = [send(workstation, machine) for machine in ("interception_untrusted", "old_browser_by_default") * 20]
        kept_back = [answer for answer in answers if answer.status_code != 201]
        assert kept_back, "a full disk takes what needs no new page, and before long one is needed"
        for answer in kept_back:
            refused(answer)
    finally:
        event.remove(filled.engine, "checkout", limit)
        filled.engine.dispose()
    assert send(workstation).status_code == 201
    assert verify(filled, judging=True) == []


def test_a_locked_sqlite_asks_to_come_back(workstation: Workstation, filled: Store) -> None:
    def hurry(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA busy_timeout = 100")

    event.listen(filled.engine, "checkout", hurry)
    with filled.engine.connect() as other:
        other.rollback()
        other.exec_driver_sql("ROLLBACK") if other.in_transaction() else None
    holder = filled.engine.execution_options(preau_writes=True).connect()
    with holder.begin():
        refused(send(workstation))
    holder.close()
    assert send(workstation).status_code == 201


def test_a_schema_newer_than_the_program_is_told_apart_from_an_older_one(store: Store) -> None:
    def move_to(version: str) -> None:
        with store.engine.execution_options(preau_writes=True).begin() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")

    move_to("0001")
    with pytest.raises(SchemaError, match="db upgrade"):
        require_present(store.engine)
    move_to("9999")
    for ask in (require_present, upgrade):
        with pytest.raises(SchemaError, match="plus récent"):
            ask(store.engine)
    assert versions(store.engine)[0] == "9999"


@pytest.mark.both_databases
def test_a_migration_that_fails_half_way_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.engine.execution_options(preau_writes=True).begin() as connection:
        from alembic.migration import MigrationContext
        from alembic.operations import Operations
        from alembic.script import ScriptDirectory

        from tests.collector.store.test_schema import SCRIPTS

        with Operations.context(MigrationContext.configure(connection)):
            revisions = list(ScriptDirectory(str(SCRIPTS)).walk_revisions())
            for revision in revisions[:-2]:
                revision.module.downgrade()
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revisions[-2].revision}'")
    before = versions(store.engine)[0], sorted(inspect(store.engine).get_table_names())
    seen = []

    def fail_at_the_tenth(conn: Any, cursor: Any, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith("CREATE TABLE"):
            seen.append(statement)
            if len(seen) == 10:
                raise RuntimeError("the power went")

    event.listen(store.engine, "before_cursor_execute", fail_at_the_tenth)
    with pytest.raises(RuntimeError, match="the power went"):
        upgrade(store.engine)
    event.remove(store.engine, "before_cursor_execute", fail_at_the_tenth)
    assert (versions(store.engine)[0], sorted(inspect(store.engine).get_table_names())) == before
    upgrade(store.engine)
    require_present(store.engine)


def test_a_second_collector_on_one_sqlite_says_who_is_there(settings: Settings) -> None:
    with only_one(settings), pytest.raises(AnotherServes, match="PostgreSQL"):
        only_one(settings)
    with only_one(settings):
        pass


def served_here(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """What `preau-collector serve` says when it does not start."""
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("PREAU_DATABASE_URL", settings.url)
    assert cli.main(["serve"]) == 1
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("version", "said"), [("0001", "preau-collector db upgrade"), ("9999", "d'un Préau plus récent")]
)
@pytest.mark.both_databases
def test_a_collector_does_not_start_on_a_schema_it_does_not_know(
    version: str, said: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store(settings.url) as store, store.engine.execution_options(preau_writes=True).begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
    assert said in served_here(settings, monkeypatch, capsys)


def test_nor_beside_another_on_one_sqlite(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with only_one(settings):
        assert f"(processus {os.getpid()}) sert déjà la base" in served_here(settings, monkeypatch, capsys)


def test_nor_on_what_is_no_database(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (settings.data_dir / "preau.sqlite").write_bytes(b"a letter that somebody saved there" * 99)
    assert "n'est pas une base SQLite" in served_here(settings, monkeypatch, capsys)


def test_nor_where_no_database_answers(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = Settings(data_dir=Path("/nowhere"), database_url="sqlite:////nowhere/at/all.sqlite")
    monkeypatch.setattr(Path, "mkdir", lambda *_, **__: None)
    assert "son dossier existe-t-il" in served_here(nowhere, monkeypatch, capsys)


@pytest.mark.both_databases
def test_a_clock_that_jumps_and_is_put_right_stops_no_report(
    workstation: Workstation, filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = time.time
    send(workstation)
    monkeypatch.setattr(time, "time", lambda: real() + 3650 * DAY_S)
    send(workstation, "clock_in_1970")
    filled.write(lambda session: sweep(session, int(time.time())))
    monkeypatch.setattr(time, "time", real)
    assert send(workstation, "interception_untrusted").status_code == 201
    with filled.reading() as session:
        [verdict] = session.exec(select(Verdict)).all()
        assert abs(verdict.observed_at - real()) < 60
        assert (verdict.is_stale, kept_of(session, MOULIN).measured) == (False, 1)
    assert verify(filled, judging=True) == []


def test_what_a_wrong_clock_made_stale_comes_back(workstation: Workstation, filled: Store) -> None:
    send(workstation)
    for at, stale in ((time.time() + 200 * DAY_S, 1), (time.time(), 0)):
        assert filled.write(lambda session, at=at: sweep(session, int(at))) == 1
        with filled.reading() as session:
            assert (kept_of(session, MOULIN).stale, kept_of(session, MOULIN).measured) == (stale, 1 - stale)
    assert verify(filled) == []
