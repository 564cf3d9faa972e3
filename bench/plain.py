"""The baseline: the endpoint anybody would write first, with FastAPI and SQLModel, and one commit per request.

It verifies no signature, decompresses nothing, judges nothing, and keeps no aggregate. Its settings are pinned here so
that the ratio means the same thing everywhere: uvicorn with uvloop and httptools, SQLite in WAL with synchronous=FULL,
PostgreSQL with synchronous_commit=on, a pool of 20 connections, FastAPI's own thread pool.
"""

import os
import time
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import JSON, Column, create_engine, event
from sqlmodel import Field, Session, SQLModel

URL = os.environ.get("BENCH_DATABASE_URL", "sqlite:///plain.sqlite")


class Report(SQLModel, table=True):
    """One report, as it came."""

    __tablename__ = "plain_report"

    id: int | None = Field(default=None, primary_key=True)
    workstation_id: str = Field(index=True)
    received_at: int
    body: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class ReportIn(BaseModel):
    """What is posted, uncompressed."""

    protocol: int
    facts_schema: int
    agent_version: str
    workstation_id: str
    profile: dict[str, str]
    evidence: str
    checks: dict[str, Any]


engine = (
    create_engine(URL, connect_args={"check_same_thread": False, "timeout": 30}, pool_size=20)
    if URL.startswith("sqlite")
    else create_engine(URL, pool_size=20)
)


if URL.startswith("sqlite"):

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")


def session() -> Iterator[Session]:
    """Give each request its own session."""
    with Session(engine) as one:
        yield one


app = FastAPI()
SQLModel.metadata.tables["plain_report"].create(engine, checkfirst=True)


@app.post("/api/v1/reports", status_code=201)
def reports(report: ReportIn, db: Annotated[Session, Depends(session)]) -> dict[str, int | None]:
    """Keep a report."""
    row = Report(workstation_id=report.workstation_id, received_at=int(time.time()), body=report.model_dump())
    db.add(row)
    db.commit()
    db.refresh(row)
    return {"id": row.id}
