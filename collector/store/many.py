"""How are many rows found by their keys, and written quickly, on both databases?

The library's own work for each row costs more than the row does. Statements are laid out once for a table and its
columns. SQLite's driver runs one for each row, with values as they are; PostgreSQL gets all rows at once, new ones by
COPY, others as one array for each column. Callers lock what they change beforehand, in their own order.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sql
from sqlalchemy import ColumnElement, Dialect, Executable, Select, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

Rows = Sequence[Mapping[str, Any]]
"""By column name; every row names the same columns."""


_OTHER_WAYS: Final = ("seqscan", "hashjoin", "mergejoin")
_BY_KEYS: Final = "; ".join(f"SET LOCAL {name} = off" for name in ("jit", *(f"enable_{way}" for way in _OTHER_WAYS)))


def by_keys_only(session: Session) -> None:
    """Have every row of this transaction looked up by its key.

    PostgreSQL counts a table's rows now and then: while the first reports of a morning fill one, it takes it for empty,
    and would rather read it whole for each group of reports.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(_BY_KEYS)


class ByKey:
    """A query for the rows that some keys name, laid out once; all the keys travel as one value.

    `by_itself`: PostgreSQL looks each key up by itself, where it would else choose another way for the same reason.
    """

    def __init__(self, query: Select[Any], column: ColumnElement[Any], *, by_itself: bool = False) -> None:
        keys = sql.func.unnest(bindparam("keys", type_=postgresql.ARRAY(column.type)))
        given = keys.table_valued("key", name="given").render_derived()
        if by_itself:
            one = query.where(column == given.c.key).offset(0).lateral()
            self._joined: Select[Any] = sql.select(one).select_from(given.join(one, sql.true()))
        else:
            self._joined = query.join(given, given.c.key == column)
        listed = sql.func.json_each(bindparam("keys", type_=sql.String)).table_valued("value")
        self._listed = query.where(column.in_(sql.select(listed.c.value)))
        self.columns = tuple(query.selected_columns.keys())

    def rows(self, session: Session, keys: Collection[str], **more: Any) -> Sequence[Any]:
        """Return the rows; `keys`: none of them twice. `more`: what else the query takes."""
        connection, ordered = session.connection(), sorted(keys)
        if connection.dialect.name == "postgresql":
            return connection.execute(self._joined, {"keys": ordered, **more}).all()
        return connection.execute(self._listed, {"keys": json.dumps(ordered), **more}).all()


def add(session: Session, table: type[SQLModel], rows: Rows) -> None:
    """Insert rows that are not there yet."""
    if rows:
        columns = tuple(rows[0])
        lay(session, table, columns, [tuple(row[name] for name in columns) for row in rows])


def lay(session: Session, table: type[SQLModel], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows that are not there yet, laid out as their columns are."""
    if not rows:
        return
    session.flush()
    connection, named = session.connection(), f"{table.__tablename__} ({', '.join(columns)})"
    if connection.dialect.name != "postgresql":
        one = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {named} VALUES ({one})", list(rows))  # noqa: S608 - our own names
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {named} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def upsert(session: Session, table: type[SQLModel], rows: Rows) -> None:
    """Insert rows, or rewrite those that are there."""
    _write(session, "upsert", table, (), rows)


def rewrite(session: Session, table: type[SQLModel], keys: Sequence[str], rows: Rows) -> None:
    """Rewrite the rows that `keys` name, in their other columns."""
    _write(session, "rewrite", table, tuple(keys), rows)


def remove(session: Session, table: type[SQLModel], rows: Rows) -> None:
    """Delete the rows whose columns, all of those named, have these values."""
    _write(session, "remove", table, (), rows)


def _write(session: Session, what: str, table: type[SQLModel], keys: tuple[str, ...], rows: Rows) -> None:
    if not rows:
        return
    session.flush()
    connection = session.connection()
    of_table: Table = table.__table__  # type: ignore[attr-defined]
    columns = tuple(rows[0])
    if connection.dialect.name == "postgresql":
        arrays = {f"_{column}": [row[column] for row in rows] for column in columns}
        connection.execute(_at_once(what, of_table, keys, columns), arrays)
    else:
        text, laid_out = _spelled(what, of_table, keys, columns, connection.dialect)
        connection.exec_driver_sql(text, [laid_out(row) for row in rows])


@cache
def _at_once(what: str, table: Table, keys: tuple[str, ...], columns: tuple[str, ...]) -> Executable:
    """Return the statement of PostgreSQL that takes one array for each column."""
    arrays = (bindparam(f"_{column}", type_=postgresql.ARRAY(table.c[column].type)) for column in columns)
    given = sql.func.unnest(*arrays).table_valued(*columns, name="given").render_derived()
    statement: Executable = _statement(what, postgresql, table, keys, {name: given.c[name] for name in columns})
    return statement


@cache
def _spelled(
    what: str, table: Table, keys: tuple[str, ...], columns: tuple[str, ...], dialect: Dialect
) -> tuple[str, Any]:
    """Return the text of the statement for one row, and what lays a row out for it."""
    values: dict[str, Any] = {column: bindparam(f"_{column}") for column in columns}
    compiled: Any = _statement(what, sqlite, table, keys, values).compile(dialect=dialect)
    order = [name.removeprefix("_") for name in compiled.positiontup]
    return str(compiled), itemgetter(*order) if len(order) > 1 else lambda row: (row[order[0]],)


def _statement(what: str, room: Any, table: Table, keys: tuple[str, ...], values: Mapping[str, Any]) -> Any:
    """Lay a statement out over values: parameters of one row, or columns of a selection of many."""
    if what == "remove":
        return sql.delete(table).where(*(table.c[name] == value for name, value in values.items()))
    if what == "rewrite":
        others = {name: value for name, value in values.items() if name not in keys}
        return sql.update(table).where(*(table.c[name] == values[name] for name in keys)).values(others)
    inserted = room.insert(table)
    if room is sqlite:
        inserted = inserted.values(values)
    else:
        inserted = inserted.from_select(list(values), sql.select(*values.values()))
    if what == "add":
        return inserted
    primary = [column.name for column in table.primary_key]
    changed = {name: inserted.excluded[name] for name in values if name not in primary}
    return inserted.on_conflict_do_update(index_elements=primary, set_=changed)
