"""How is the database opened, read and written?"""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlmodel import Session

from collector.settings import SettingsError
from collector.store.writer import Writer

T = TypeVar("T")
_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",  # ms
    "cache_size=-16000",  # kB; the 2 MB of before hold not even the upper pages of a région's indexes
)
GONE: Final = "the database file was removed, moved or replaced"


class Store:
    """One database: many readers, one writer. Open one per process."""

    def __init__(self, url: str) -> None:
        """Open the database at a SQLAlchemy address; raises `SettingsError` when that is none."""
        self.url = url  # may hold a password: never shown
        self.engine = _engine(url)
        if self.engine.dialect.name == "sqlite":
            _prepare_sqlite(self.engine, file_of(url))
        else:
            event.listen(self.engine, "connect", _ids_as_text)
        # Several statements must see one moment: a generation may flip between them.
        self._readers, self._glances = _isolated(self.engine, "REPEATABLE READ"), _isolated(self.engine, "AUTOCOMMIT")
        self.writer = Writer(self.engine.execution_options(preau_writes=True))

    @property
    def has_one_writer(self) -> bool:
        """Tell whether one transaction at a time may write, whatever it touches."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session to read with; all its statements see one moment."""
        with Session(self._readers) as session:
            yield session

    @contextmanager
    def glancing(self) -> Iterator[Session]:
        """Open a session whose statements need not see one moment: no transaction is begun nor ended for them."""
        with Session(self._glances) as session:
            yield session

    def write(self, job: Callable[[Session], T]) -> T:
        """Run a job in the writer and wait until it is durable; raises what the job raised, or `Busy`."""
        return self.writer.submit(job).result()

    async def write_async(self, job: Callable[[Session], T]) -> T:
        """Do the same without holding up the event loop."""
        return await asyncio.wrap_future(self.writer.submit(job))

    def close(self) -> None:
        """Finish what was promised, then close."""
        self.writer.close()
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def file_of(url: str) -> str | None:
    """Return the path of a SQLite database, None when the address is another's."""
    parts = make_url(url)
    return parts.database or None if parts.get_backend_name() == "sqlite" else None


def name_of(url: str) -> str:
    """Return how people know a database: its file, or its name and host; never a password."""
    parts = make_url(url)
    return file_of(url) or f"base {parts.database} sur {parts.host or parts.query.get('host') or 'cette machine'}"


def _engine(url: str) -> Engine:
    spelled = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)
    try:
        # Values written may be hashes of secrets or somebody's facts: they have no place in an error's text.
        return create_engine(spelled, pool_pre_ping=not url.startswith("sqlite"), hide_parameters=True)
    except ModuleNotFoundError as error:
        raise SettingsError(f"PREAU_DATABASE_URL : il faut installer {error.name} pour cette base") from None
    except (ArgumentError, ValueError):  # the address is not shown: it may hold a password
        expected = "sqlite:////chemin/preau.sqlite ou postgresql://utilisateur@hôte/base"
        raise SettingsError(f"PREAU_DATABASE_URL : une adresse comme {expected} est attendue") from None


def _ids_as_text(connection: Any, _record: Any) -> None:
    """Have PostgreSQL's driver give ids as text: an object for each costs more than the rest of its row."""
    from psycopg.types.string import TextLoader

    connection.adapters.register_loader("uuid", TextLoader)


def _isolated(engine: Engine, level: str) -> Engine:
    """Return the same engine whose connections are so isolated; SQLite's always see one moment."""
    return engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level=level)


def _prepare_sqlite(engine: Engine, path: str | None) -> None:
    """Make SQLite durable and polite: WAL, a flush at every commit, writers queue from their first statement.

    A file that was removed goes on taking commits that nobody will ever read: each use begins by a look at its path.
    """
    is_file = path is not None and path != ":memory:"
    seen = False

    @event.listens_for(engine, "do_connect")
    def _connecting(dialect: Any, *_: Any) -> None:
        if is_file and seen and _identity(path) is None:  # SQLite would make an empty one in its place
            raise dialect.loaded_dbapi.OperationalError(GONE)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, record: Any) -> None:
        nonlocal seen
        connection.isolation_level = None  # transactions are begun below, not guessed by the driver
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        record.info["file"], seen = _identity(path), True

    @event.listens_for(engine, "checkout")
    def _taken(_connection: Any, record: Any, _proxy: Any) -> None:
        if is_file and record.info["file"] != _identity(path):
            raise InvalidatePoolError(GONE)  # no connection is of use any more: another is opened

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("preau_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _identity(path: str | None) -> tuple[int, int] | None:
    """Return which file is at a path, None when there is none that can be seen."""
    try:
        found = Path(path or "").stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
