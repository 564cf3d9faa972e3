"""What do SQLite and PostgreSQL spell alike, and SQLAlchemy does not?"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def insert_on(session: Session, table: type[SQLModel]) -> Any:
    """Return an INSERT of this database that knows ON CONFLICT."""
    room = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return room.insert(table)


def insert_missing(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows that are not there; another writer may have been quicker."""
    session.execute(insert_on(session, table).on_conflict_do_nothing(), rows)


def durable_later(session: Session) -> None:
    """Let PostgreSQL answer this transaction's commit before it is on the disk, as the next one that waits makes it."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")


def look_at(session: Session, *tables: type[SQLModel]) -> None:
    """Have PostgreSQL look at what is in tables, by which it chooses its ways; SQLite has one way to each."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        for table in tables:
            connection.exec_driver_sql(f"ANALYZE {table.__tablename__}")
