"""What was measured, and what follows from it? Tables only: `collector.store` reads and writes them.

Verdicts and counters are keyed by generation, so that a new profile is prepared beside the one in force. They are
written by the million and carry no foreign key: `collector.store.recount` holds them to their workstations and schools.
Instants (`*_at`) are whole seconds since 1970-01-01 UTC.
"""

from datetime import date

from sqlalchemy import BigInteger, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from collector.columns import BIG_ID, ID


class WorkstationFacts(SQLModel, table=True):
    """The current facts of a workstation, all checks together, compressed (see `collector.facts`)."""

    __tablename__ = "workstation_facts"

    workstation_id: str = Field(primary_key=True, foreign_key="workstation.id", sa_type=ID)
    measured_at: int = Field(sa_type=BigInteger)  # of the last report that changed them
    kept: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Generation(SQLModel, table=True):
    """One judgement of the schools of a profile: every verdict and counter belongs to one.

    Publishing prepares a pending one beside the one in force, then makes it current for all its schools at once.
    Number 0 holds the schools that no profile serves.
    """

    id: int | None = Field(default=None, primary_key=True)
    profile_id: str
    profile_version: str
    state: str  # pending, current, past, abandoned
    is_default: bool = False  # serves the schools that name no profile, or one that is not published
    started_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)  # when it became current or was abandoned
    schools: int = 0  # to judge
    done: int = 0  # judged so far
    cursor: str = ""  # last UAI judged
    ran_at: int | None = Field(default=None, sa_type=BigInteger)  # when the present run of its preparation began
    ran_from: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # schools that earlier runs had judged


class Verdict(SQLModel, table=True):
    """Where one workstation stands under one generation; narrow, rewritten at each report."""

    __table_args__ = {"sqlite_with_rowid": False}

    generation: int = Field(primary_key=True)
    workstation_id: str = Field(primary_key=True, sa_type=ID)
    outcome: str | None = None  # None: no profile judges it
    is_stale: bool = False  # too old on the day of the last sweep
    measured_at: int = Field(sa_type=BigInteger)  # of the last report taken in
    observed_at: int = Field(sa_type=BigInteger)  # oldest of the facts its outcome rests on
    fresh_until: int  # last day it is not stale, in days since 1970
    report_hash: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))  # of the last report's facts


class Finding(SQLModel, table=True):
    """What is not ready on one workstation under one generation. Sparse: no row for one that is ready."""

    __table_args__ = {"sqlite_with_rowid": False}

    generation: int = Field(primary_key=True)
    workstation_id: str = Field(primary_key=True, sa_type=ID)
    found: bytes = Field(sa_column=Column(LargeBinary, nullable=False))  # see collector.findings


class SchoolState(SQLModel, table=True):
    """Where a school stands under one generation: kept by difference, so that territories are sums."""

    __tablename__ = "school_state"
    __table_args__ = {"sqlite_with_rowid": False}

    generation: int = Field(primary_key=True)
    uai: str = Field(primary_key=True)
    outcome: str
    reason: str  # one French sentence
    ready: int = 0
    at_risk: int = 0
    blocked: int = 0
    unmeasured: int = 0
    stale: int = 0
    away: int = 0  # measured from somewhere else than the school
    pending: int = 0
    quarantined: int = 0
    as_of: int = Field(sa_type=BigInteger)  # last time any of this changed

    @property
    def measured(self) -> int:
        """Workstations that decide."""
        return self.ready + self.at_risk + self.blocked + self.unmeasured


class SchoolCause(SQLModel, table=True):
    """A cause found in a school under one generation, and on how many of its measured workstations."""

    __tablename__ = "school_cause"
    __table_args__ = {"sqlite_with_rowid": False}

    generation: int = Field(primary_key=True)
    uai: str = Field(primary_key=True)
    check_id: str = Field(primary_key=True)
    cause: str = Field(primary_key=True)
    role: str
    blocked: int = 0  # workstations it blocks
    unmeasured: int = 0
    at_risk: int = 0
    of_site: bool = False  # shared by so many of them that it is the school's, not theirs

    @property
    def workstations(self) -> int:
        """Workstations that have it."""
        return self.blocked + self.unmeasured + self.at_risk


class SchoolThroughput(SQLModel, table=True):
    """The throughput run elected for a school: the latest one made there."""

    __tablename__ = "school_throughput"

    uai: str = Field(primary_key=True)
    workstation_id: str = Field(sa_type=ID)
    observed_at: int = Field(sa_type=BigInteger)
    down_kbps: int
    up_kbps: int


class Transition(SQLModel, table=True):
    """What changed in a school, and when. Append-only; `check_id` is "" for the school's own outcome."""

    # What happened in what order. PostgreSQL keeps no index of it (revision 0015): nothing asks for one by its number.
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True, autoincrement=True))
    uai: str
    at: int = Field(sa_type=BigInteger)
    check_id: str = ""
    cause: str = ""
    before: str  # an outcome of the school; of a cause: "" (absent), "workstation" or "site"
    after: str
    workstations: int = 0  # that have the cause after; measured ones for the school itself
    why: str  # report, profile, time, person, directory
    generation: int

    __table_args__ = (
        # PostgreSQL writes each school once, and finds a while by the dates' own index; SQLite needs both together.
        Index("ix_transition_uai", "uai").ddl_if(dialect="postgresql"),
        Index("ix_transition_uai_at", "uai", "at").ddl_if(dialect="sqlite"),
        Index("ix_transition_at", "at", postgresql_using="brin"),  # rows come in this order: a few bytes tell where
    )


class TerritoryDay(SQLModel, table=True):
    """Where a territory stood at the end of a day; a day like the one before has no row."""

    __tablename__ = "territory_day"
    __table_args__ = {"sqlite_with_rowid": False}

    territory: str = Field(primary_key=True)  # nation, academie:16, …
    day: date = Field(primary_key=True)
    schools: int
    ready: int
    at_risk: int
    blocked: int
    unmeasured: int
    measured: int  # workstations
    expected: int | None


class Mark(SQLModel, table=True):
    """When was something last done? `sweep`: freshness; `clock`: what it said; `steady`: what it last jumped to."""

    name: str = Field(primary_key=True)
    at: int = Field(sa_type=BigInteger)
