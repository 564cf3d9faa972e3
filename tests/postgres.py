"""A PostgreSQL server of our own, for tests and for the bench: on a socket in a folder of its own, gone afterwards.

It works as root (the server then runs as `postgres`) and as any user. One database per test, copied from a template.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""For tests that lose no power: what a commit costs is not their matter."""
READY_WITHIN_S = 90


def missing() -> str:
    """Why no server can be started here; "" when one can."""
    if _programs() is None:
        return "no PostgreSQL server (Debian: apt install postgresql)"
    try:
        pwd.getpwuid(os.getuid())
    except KeyError:
        return f"this account, number {os.getuid()}, has no name: initdb refuses it"
    return ""


def _programs() -> Path | None:
    """The folder of the server's programs, the newest: Debian keeps them out of PATH."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name.partition(".")[0]))
    with_it = [folder for folder in folders if (folder / "initdb").exists()]
    return with_it[-1] if with_it else Path(found).parent if found else None


@dataclass
class Postgres:
    """One server: its folder, its settings, and how it was launched (`("ip", "netns", "exec", …)`, or nothing)."""

    settings: tuple[str, ...] = QUICK
    listen: str = ""  # an address to listen on besides the socket
    port: int = 5432
    launcher: tuple[str, ...] = ()
    base: "Postgres | None" = None  # begin as a copy of this one, which is running (pg_basebackup)
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="preau-pg-", dir="/tmp")))
    process: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        programs = _programs()
        assert programs is not None, missing()
        self.programs = programs
        self._account: tuple[str, ...] = ()
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self._account = ("setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups")
        if self.base is None:
            self.run("initdb", "-D", self.data, "-U", "preau", "-A", "trust", "-E", "UTF8", "--no-sync")
            with (Path(self.data) / "pg_hba.conf").open("a") as file:  # only where a test makes it listen
                file.write("host all all 10.0.0.0/8 trust\n")
        else:
            where = ("-h", str(self.base.folder), "-p", str(self.base.port), "-U", "preau")
            self.run("pg_basebackup", *where, "-D", self.data, "-X", "stream", "-c", "fast", "--no-sync")
        self.set(*self.settings)

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    def set(self, *settings: str) -> None:
        """Add settings, for the next start."""
        with (Path(self.data) / "postgresql.conf").open("a") as file:
            file.writelines(f"{setting}\n" for setting in settings)

    def signal_file(self, name: str) -> None:
        """Leave the empty file that makes the next start a recovery or a standby."""
        path = Path(self.data) / name
        path.touch()
        shutil.chown(path, Path(self.data).owner(), Path(self.data).group())

    def url(self, database: str) -> str:
        """The address of a database, by the socket."""
        return f"postgresql:///{database}?host={self.folder}&port={self.port}&user=preau"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = {"listen_addresses": self.listen, "unix_socket_directories": self.folder, "port": self.port}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            [*self.launcher, *self._account, str(self.programs / "postgres"), "-D", self.data, *words],
            stderr=log,
            stdout=log,
            **self._place(),
        )
        log.close()
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            try:
                self.command("SELECT 1")
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise AssertionError((self.folder / "log").read_text(errors="replace")[-2000:]) from None
                time.sleep(0.05)
            else:
                return

    def command(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement as the owner of everything, outside a transaction; its rows, if it has any."""
        where = f"host={self.folder} port={self.port} user=preau dbname={database}"
        with psycopg.connect(where, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def copy(self, template: str) -> str:
        """Make a database like another one, which nobody may be using; its name."""
        name = f"{template}_{next(self._numbers)}"
        self.command(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, database: str) -> None:
        self.command(f'DROP DATABASE "{database}" WITH (FORCE)')

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends its sessions in order, SIGQUIT leaves the log to be replayed as a crash does."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None

    def remove(self) -> None:
        """Stop it and take its folder away."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs to its end, as the server's account."""
        command = [*self._account, str(self.programs / program), *arguments]
        subprocess.run(command, check=True, capture_output=True, **self._place())

    def _place(self) -> dict[str, Any]:
        return {"cwd": self.folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}}


@contextmanager
def postgres(**changes: Any) -> Iterator[Postgres]:
    """A server, up until the block ends."""
    server = Postgres(**changes)
    try:
        server.start()
        yield server
    finally:
        with suppress(subprocess.TimeoutExpired):
            server.stop()
        server.remove()
