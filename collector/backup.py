"""How does a collector survive its machine? One file holds the database and the keys, and gives them back.

The keys are in it: without them no workstation listens any more. So is everything it knows: keep it as safely. What was
erased since a backup is erased again when it is given back: the list of erasures stays beside the database, not in it.
"""

import io
import os
import shutil
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Final

from collector.erasing import ERASURES, erase_again
from collector.refusals import Told
from collector.settings import Settings
from collector.signing import NEXT_KEY, OWN_KEY
from collector.sole import only_one
from collector.store.copy import copy_into, is_sqlite, problem_of
from collector.store.engine import Store
from collector.store.schema import upgrade

DATABASE: Final = "preau.sqlite"
KEYS: Final = (OWN_KEY, NEXT_KEY, "theme.css")
"""What else of the data directory is kept."""


class BackupError(Told, ValueError):
    """A backup that cannot be made or given back; the message says why, in French."""


def back_up(settings: Settings, path: Path) -> int:
    """Write one file that holds everything, for this account alone; returns its size in bytes. Raises `BackupError`."""
    if path.exists():
        raise BackupError(f"{path} existe déjà : choisir un autre nom")
    with tempfile.TemporaryDirectory(dir=path.absolute().parent) as work, Store(settings.url) as store:
        _require_sqlite(store)
        copy = Path(work) / DATABASE
        copy_into(store.engine, copy)
        packed = Path(work) / "packed"
        with (
            os.fdopen(os.open(packed, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as raw,
            tarfile.open(fileobj=raw, mode="w:gz") as archive,
        ):
            for name, file in ((DATABASE, copy), *((name, settings.data_dir / name) for name in KEYS)):
                if file.exists():
                    _add(archive, name, file)
        with packed.open("rb") as written:
            os.fsync(written.fileno())
        packed.replace(path)
    return path.stat().st_size


def restore(settings: Settings, path: Path) -> list[str]:
    """Put a backup in place of what is there, which is kept aside; returns what was erased again. Raises `BackupError`.

    No collector may be running on the data directory: `AnotherServes`.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if settings.database_url:
        raise BackupError("PREAU_DATABASE_URL est réglée : rétablir cette base avec ses propres outils (pg_restore)")
    with only_one(settings), tempfile.TemporaryDirectory(dir=settings.data_dir) as work:
        _unpack(path, Path(work))
        with Store(f"sqlite:///{Path(work) / DATABASE}") as store:
            problem = problem_of(store.engine)
            if problem is not None:
                raise BackupError(f"la base de {path} est abîmée : {problem}")
            upgrade(store.engine)
            erased = erase_again(store, settings.data_dir / ERASURES)
        _set_aside(settings.data_dir)
        for file in sorted(Path(work).iterdir()):
            file.chmod(0o600)
            file.replace(settings.data_dir / file.name)
    return erased


def _unpack(path: Path, work: Path) -> None:
    try:
        with tarfile.open(path, "r:gz") as archive:
            names = archive.getnames()
            if DATABASE not in names or not set(names) <= {DATABASE, *KEYS}:
                raise BackupError(f"{path} n'est pas une sauvegarde de Préau")
            for entry in archive:
                content = archive.extractfile(entry) if entry.isreg() else None
                if content is None:
                    raise BackupError(f"{path} n'est pas une sauvegarde de Préau : {entry.name} n'y est pas un fichier")
                with content, (work / entry.name).open("xb") as file:  # `extractall` is safe from Python 3.11.4 only
                    shutil.copyfileobj(content, file)
    except (OSError, EOFError, tarfile.TarError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise BackupError(f"{path} n'est pas une sauvegarde entière ({type(error).__name__})") from None


def _set_aside(data_dir: Path) -> None:
    """Keep what is there, so that a mistake can be undone."""
    present = [data_dir / name for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", *KEYS)]
    present = [file for file in present if file.exists()]
    if present:
        aside = data_dir / f"avant-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}"
        aside.mkdir(mode=0o700)
        for file in present:
            shutil.move(file, aside / file.name)


def _require_sqlite(store: Store) -> None:
    if not is_sqlite(store.engine):
        raise BackupError("la base est PostgreSQL : la sauvegarder avec pg_dump, et copier collector.key à côté")


def _add(archive: tarfile.TarFile, name: str, file: Path) -> None:
    content = file.read_bytes()
    entry = tarfile.TarInfo(name)  # neither the account nor the machine that makes it
    entry.size, entry.mode, entry.mtime = len(content), 0o600, int(time.time())
    archive.addfile(entry, io.BytesIO(content))
