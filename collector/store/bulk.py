"""How do many rows come in at once, where each is known to be new?"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel, func, select


def add(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that are not there yet; every row names the same columns."""
    if rows:
        session.execute(insert(table.__table__), rows)  # type: ignore[attr-defined]


def is_empty(session: Session, table: type[SQLModel]) -> bool:
    """Tell whether a table has no row."""
    return not session.exec(select(func.count()).select_from(table)).one()
