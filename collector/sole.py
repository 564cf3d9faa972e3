"""Does another collector serve this SQLite database? One writes it well; several hosts or processes need PostgreSQL."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO

from collector.refusals import Told
from collector.settings import Settings
from collector.store.engine import file_of

try:
    import fcntl
except ImportError:  # a collector on Windows: SQLite's own locks are all there is
    fcntl = None  # type: ignore[assignment]


class AnotherServes(Told, RuntimeError):
    """Another process serves the same SQLite database; the message says which, in French."""


def only_one(settings: Settings) -> AbstractContextManager[None]:
    """Hold a SQLite database for one serving process until the block ends; raises `AnotherServes` at once."""
    database = file_of(settings.url)
    if fcntl is None or database is None:
        return contextlib.nullcontext()
    path = Path(f"{database}.serving")
    file = path.open("a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        number = file.read().strip() or "?"
        file.close()
        raise AnotherServes(
            f"un autre collecteur (processus {number}) sert déjà la base {database} : l'arrêter d'abord, "
            "ou passer à PostgreSQL (PREAU_DATABASE_URL) pour en servir plusieurs"
        ) from None
    return _held(file)


@contextmanager
def _held(file: IO[str]) -> Iterator[None]:
    """Keep the lock, which the system lets go whatever becomes of the process."""
    with file:
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield
