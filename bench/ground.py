"""On what is it measured? A folder on a disk, a PostgreSQL of our own, a nation of simulated workstations."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from checks.profile import Profile, parse
from collector.publishing import publish_profile
from collector.settings import Settings
from collector.signing import open_keys
from collector.simulator.door import profile_of_recordings
from collector.simulator.filling import enrol, import_schools
from collector.simulator.fleet import Flavour, Pc, flavours, pcs_of
from collector.simulator.nation import SimSchool, lay_out
from collector.store.engine import Store
from collector.store.schema import upgrade
from tests.postgres import Postgres

SEED = 1
DURABLE = ("shared_buffers=256MB", "max_wal_size=2GB", "max_connections=100")
"""PostgreSQL as an operator would set it; fsync and synchronous_commit stay on, as they are by default."""


_REWRITTEN = (
    "workstation_key",
    "verdict",
    "workstation",
    "workstation_facts",
    "finding",
    "school_state",
    "school_cause",
)
_PAGES = """
SELECT sum(pg_relation_size(oid) + pg_indexes_size(oid)
    + CASE reltoastrelid WHEN 0 THEN 0 ELSE pg_relation_size(reltoastrelid) + pg_indexes_size(reltoastrelid) END)
FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much of everything one run measures."""

    seconds: float  # of one run of load
    rounds: int
    connections: int
    schools: int
    pcs: int  # workstations whose readiness is read, that are judged again, weighed
    few_pcs: int  # the small nation readiness is compared with
    year_pcs: int  # workstations that send a whole school year
    most_per_second: int = 11_000  # a run that acknowledges more ends early


SCALES = {
    "smoke": Scale(
        seconds=2,
        rounds=1,
        connections=64,
        schools=101,
        pcs=2_100,
        few_pcs=420,
        year_pcs=8,
        most_per_second=2_000,
    ),
    "half": Scale(seconds=4, rounds=3, connections=64, schools=4_800, pcs=100_000, few_pcs=10_000, year_pcs=630),
    "full": Scale(seconds=6, rounds=3, connections=64, schools=48_000, pcs=1_000_000, few_pcs=10_000, year_pcs=1_050),
}


@dataclass
class Ground:
    """A database engine, and where its files are."""

    engine: str  # "sqlite" or "postgresql"
    folder: Path
    server: Postgres | None = None
    toml: str = field(default_factory=profile_of_recordings)
    profile: Profile = field(init=False)
    kinds: Sequence[Flavour] = field(init=False)

    def __post_init__(self) -> None:
        self.profile = parse(self.toml)
        self.kinds = flavours(self.profile)

    def database(self, name: str) -> str:
        """Make an empty database; returns its address."""
        if self.server is None:
            for kept in self.folder.glob(f"{name}.sqlite*"):
                kept.unlink()
        else:
            self.server.command(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            self.server.command(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def url(self, name: str) -> str:
        """Return the address of a database."""
        return f"sqlite:///{self.folder / name}.sqlite" if self.server is None else self.server.url(name)

    def settings(self, url: str) -> Settings:
        """Return the settings of a collector over a database."""
        return Settings(data_dir=self.folder, database_url=url)

    def environment(self, url: str) -> dict[str, str]:
        """Return the same, as the environment of a process."""
        return {"PREAU_DATA_DIR": str(self.folder), "PREAU_DATABASE_URL": url, "PREAU_CONTROL_MINUTES": "1440"}

    def vacuum(self, url: str) -> None:
        """Leave a database as it is after a quiet night: nothing waiting in a log, statistics up to date."""
        if self.server is None:
            with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                database.execute("PRAGMA optimize")
            return
        for statement in ("VACUUM ANALYZE", "CHECKPOINT"):
            self.server.command(statement, _name(url))

    def breathe(self, url: str) -> None:
        """Do what PostgreSQL's autovacuum does once enough rows were rewritten (a fifth of a table, by default)."""
        if self.server is not None:
            self.server.command(f"VACUUM {', '.join(_REWRITTEN)}", _name(url))

    def bytes_of(self, url: str) -> int:
        """Return how much room a database takes; of PostgreSQL, the pages of our tables, their indexes and TOAST.

        Without the maps of free pages, which have a least size, and the catalogue, which no workstation makes larger.
        """
        if self.server is None:
            return Path(url.removeprefix("sqlite:///")).stat().st_size
        return int(self.asked(url, _PAGES)[0][0])

    def asked(self, url: str, query: str) -> list[tuple[Any, ...]]:
        """Ask something of a database of PostgreSQL."""
        if self.server is None:
            raise TypeError("not on PostgreSQL")
        return self.server.command(query, _name(url))

    def enrolled(self, name: str, schools: Sequence[SimSchool], pcs: int) -> tuple[str, list[Pc]]:
        """Make a database with a profile, schools, and so many enrolled workstations that have sent nothing yet."""
        url = self.database(name)
        with Store(url) as store:
            upgrade(store.engine)
            publish_profile(store, open_keys(self.settings(url)), self.toml, default=True)
            import_schools(store, schools, self.folder)
            fleet = list(islice(pcs_of(SEED, schools), pcs))
            enrol(store, fleet)
        return url, fleet


def _name(url: str) -> str:
    return url.removeprefix("postgresql:///").partition("?")[0]


@contextmanager
def grounds(folder: Path, engines: Sequence[str]) -> Iterator[list[Ground]]:
    """Prepare the engines asked for; whatever was begun is taken away."""
    found, server = [], None
    try:
        for engine in engines:
            if engine == "postgresql":
                server = Postgres(settings=DURABLE)
                server.start()
            found.append(Ground(engine, folder, server if engine == "postgresql" else None))
        yield found
    finally:
        if server is not None:
            server.remove()


def small_nation(pcs: int) -> Sequence[SimSchool]:
    """Lay out schools for so many workstations, some twenty each, over the whole country."""
    return lay_out(SEED, max(101, pcs // 21), pcs)
