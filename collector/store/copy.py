"""How is a SQLite database copied while it is used, and is a copy whole?"""

from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError


def is_sqlite(engine: Engine) -> bool:
    """Tell whether the database is a file of ours; PostgreSQL has its own tools."""
    return engine.dialect.name == "sqlite"


def copy_into(engine: Engine, path: Path) -> None:
    """Write the database as it is at this moment into a new file, compacted."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.connection.driver_connection.execute("VACUUM INTO ?", (str(path),))  # type: ignore[union-attr]


def problem_of(engine: Engine) -> str | None:
    """Return what SQLite finds wrong in the database; None when it is whole."""
    try:
        with engine.connect() as connection:
            said = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    except DatabaseError as error:
        return str(error.orig)
    return None if said == "ok" and broken is None else str(said if said != "ok" else broken)
