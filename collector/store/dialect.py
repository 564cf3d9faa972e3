"""What do SQLite and PostgreSQL spell alike, and SQLAlchemy does not? And how are many rows written quickly?"""

from collections.abc import Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Dialect, Executable, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

Rows = Sequence[Mapping[str, Any]]


def insert_on(session: Session, table: type[SQLModel]) -> Any:
    """Return an INSERT of this database that knows ON CONFLICT."""
    return _room(session.get_bind().dialect.name).insert(table)


def insert_missing(session: Session, table: type[SQLModel], rows: Rows) -> None:
    """Insert the rows that are not there; another writer may have been quicker."""
    session.execute(insert_on(session, table).on_conflict_do_nothing(), rows)


def upsert(session: Session, table: type[SQLModel], rows: Rows) -> None:
    """Insert rows, or rewrite those that are there; every row names the same columns."""
    if rows:
        of_table: Table = table.__table__  # type: ignore[attr-defined]
        run(session, _upsert(session.get_bind().dialect.name, of_table, tuple(rows[0])), rows)


def run(session: Session, statement: Executable, rows: Rows) -> None:
    """Run one statement of the program for many rows, whose values go to the driver as they are.

    The library's own work for each row costs more than the row does: statements are compiled once per database.
    `statement` is one that lives as long as the program, and names what it takes by `bindparam`.
    """
    if not rows:
        return
    session.flush()
    connection = session.connection()
    sql, names = _spelled(statement, connection.dialect)
    connection.exec_driver_sql(sql, list(rows) if names is None else [names(row) for row in rows])


@cache
def inserting(table: type[SQLModel], *columns: str) -> Executable:
    """Return the plain INSERT of some columns, for `run`."""
    of_table: Table = table.__table__  # type: ignore[attr-defined]
    return of_table.insert().values({name: bindparam(name) for name in columns})


@cache
def _upsert(dialect: str, table: Table, columns: tuple[str, ...]) -> Executable:
    statement = _room(dialect).insert(table).values({name: bindparam(name) for name in columns})
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in columns if name not in keys}
    done: Executable = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    return done


@cache
def _spelled(statement: Executable, dialect: Dialect) -> tuple[str, Any]:
    """Return the text of a statement, and what lays a row out for it; None when rows go by name."""
    compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    order = compiled.positiontup
    if order is None:
        return str(compiled), None
    return str(compiled), itemgetter(*order) if len(order) > 1 else lambda row: (row[order[0]],)


def _room(dialect: str) -> Any:
    return postgresql if dialect == "postgresql" else sqlite
