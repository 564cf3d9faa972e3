"""Migrations make the very schema of `collector.tables`, on SQLite and on PostgreSQL."""

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlmodel import SQLModel

import collector
from collector.store.engine import Store
from collector.store.schema import SchemaError, require_present, upgrade, versions

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
