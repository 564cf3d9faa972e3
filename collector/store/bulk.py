"""How do many rows come in at once, where each is known to be new?"""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlmodel import Session, SQLModel, func, select

from collector.store.dialect import inserting, run


def add(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that are not there yet, by the shortest way of each database.

    Every row names the same columns (at least two), whose values are as a driver takes them.
    """
    if not rows:
        return None
    names = tuple(rows[0])
    if session.get_bind().dialect.name != "postgresql":
        return run(session, inserting(table, *names), rows)
    session.flush()
    driver: Any = session.connection().connection.driver_connection
    values = itemgetter(*names)
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.__tablename__} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(values(row))
    return None


def is_empty(session: Session, table: type[SQLModel]) -> bool:
    """Tell whether a table has no row."""
    return not session.exec(select(func.count()).select_from(table)).one()
