"""Migrations make the very schema of `collector.tables`, on SQLite and on PostgreSQL."""

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlmodel import Session, SQLModel, select

import collector
from collector.judged import Finding, SchoolThroughput, Verdict, WorkstationFacts
from collector.people.tables import SetAside
from collector.store.engine import Store
from collector.store.schema import SchemaError, require_present, upgrade, versions
from collector.tables import Workstation, WorkstationKey
from tests.collector.measured import MOULIN, Pc, measure, pc_of

SCRIPTS = Path(collector.__file__).parent / "migrations"


def is_of(thing: Any, dialect: str) -> bool:
    """Whether a thing is made on this database: an index may be another one's."""
    only = getattr(thing, "_ddl_if", None)
    return only is None or only.dialect == dialect


@pytest.mark.both_databases
def test_a_migrated_database_is_what_the_tables_say(store: Store) -> None:
    with store.engine.connect() as connection:
        opts = {"compare_type": True, "include_object": lambda thing, *_: is_of(thing, connection.dialect.name)}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, SQLModel.metadata) == []


def test_there_is_one_line_of_migrations() -> None:
    assert len(ScriptDirectory(str(SCRIPTS)).get_heads()) == 1


@pytest.mark.both_databases
def test_upgrading_twice_changes_nothing(store: Store) -> None:
    before = versions(store.engine)
    upgrade(store.engine)
    assert versions(store.engine) == before
    assert before[0] == before[1]


@pytest.mark.both_databases
def test_every_migration_can_be_taken_back(store: Store) -> None:
    with store.engine.execution_options(preau_writes=True).begin() as connection:
        context = MigrationContext.configure(connection)
        with Operations.context(context):
            for revision in ScriptDirectory(str(SCRIPTS)).walk_revisions():
                revision.module.downgrade()
        left = inspect(connection).get_table_names()
    assert left == ["alembic_version"]


def test_an_empty_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with Store(f"sqlite:///{tmp_path / 'new.sqlite'}") as store, pytest.raises(SchemaError, match="db upgrade"):
        require_present(store.engine)


@pytest.mark.both_databases
def test_ids_change_their_column_and_not_their_letters(filled: Store) -> None:
    """Revision 0014, with rows: text everywhere before; after it, 16 bytes on PostgreSQL."""
    pcs = (Pc(machine=None), Pc(machine=None, state="quarantined"), Pc(machine="service_down"))
    filled.write(lambda session: measure(session, MOULIN, pcs))
    filled.write(_put_more)
    before = _held(filled)
    ids = {pc_of(MOULIN, number) for number in (1, 2, 3)}
    assert {row["id"] for row in before["workstation"]} == ids
    script = next(one for one in ScriptDirectory(str(SCRIPTS)).walk_revisions() if one.revision == "0014")
    for turn, is_text in ((script.module.downgrade, True), (script.module.upgrade, False)):
        with filled.engine.execution_options(preau_writes=True).begin() as connection:
            with Operations.context(MigrationContext.configure(connection)):
                turn()
            if is_text:  # read without the types of the present version
                assert set(connection.exec_driver_sql("SELECT id || '' FROM workstation").scalars()) == ids
                key = connection.exec_driver_sql("SELECT key_id || '' FROM set_aside").scalar_one()
                assert key == pc_of(MOULIN, 2).replace("-", "")
    assert _held(filled) == before
    test_a_migrated_database_is_what_the_tables_say(filled)


def _put_more(session: Session) -> None:
    """Put a row in each of the other tables that hold an id."""
    one, two, _ = (pc_of(MOULIN, number) for number in (1, 2, 3))
    session.get_one(Workstation, two).replaces = one
    session.add(SchoolThroughput(uai=MOULIN, workstation_id=one, observed_at=1, down_kbps=1, up_kbps=1))
    key = two.replace("-", "")
    session.add(SetAside(key_id=key, report_id="r", sequence=1, sent_at=1, received_at=1, reason="", body=b"x"))


def _held(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Every row of the tables that hold an id."""
    tables = (Workstation, WorkstationKey, WorkstationFacts, Verdict, Finding, SchoolThroughput, SetAside)
    with store.reading() as session:
        return {
            table.__tablename__: sorted((one.model_dump() for one in session.exec(select(table)).all()), key=str)
            for table in tables
        }
