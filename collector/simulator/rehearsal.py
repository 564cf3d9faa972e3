"""Does a real collector keep its word to a slice of the nation? Its own process, killed in the middle of a day.

Everything is on loopback, in a database made for the occasion; the process is ended whatever happens.
"""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from checks.profile import parse
from collector.code_cli import make_code
from collector.publishing import publish_profile
from collector.refusals import Told
from collector.settings import Settings
from collector.signing import open_keys
from collector.simulator.door import profile_of_recordings
from collector.simulator.filling import import_schools, require_empty
from collector.simulator.fleet import flavours, pcs_of
from collector.simulator.nation import SimSchool, lay_out
from collector.simulator.traffic import Outcome, Traffic
from collector.store.engine import Store
from collector.store.schema import upgrade

DAYS: Final = 3
PCS_PER_SCHOOL: Final = 21
READY_WITHIN_S: Final = 60
KILLED_AFTER_S: Final = 1.0
DOWN_S: Final = 1.5
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and of how many."""


class NotStarted(Told, RuntimeError):
    """The collector did not come up; the message holds the end of its journal."""


@dataclass
class Process:
    """A collector as a process of its own."""

    settings: Settings
    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it and wait until it listens; raises `NotStarted`."""
        environment = {
            **os.environ,
            "PREAU_DATA_DIR": str(self.settings.data_dir),
            "PREAU_DATABASE_URL": self.settings.database_url,
            "PREAU_CONTROL_MINUTES": "1440",
        }
        command = [sys.executable, "-m", "collector", "serve", "--host", self.settings.host]
        with self.log.open("ab") as file:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                [*command, "--port", str(self.settings.port)], env=environment, stdout=file, stderr=file
            )
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection((self.settings.host, self.settings.port), 1).close()
                return
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise NotStarted(self.log.read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it: in order, or at once with SIGKILL."""
        if self.process is not None:
            self.process.send_signal(how)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None


def rehearse(pcs: int, seed: int, database_url: str, connections: int, progress: Progress) -> Outcome:
    """Have so many workstations really enrol and report for three days; raises `NotStarted`, `NotEmpty`."""
    schools = [school for school in lay_out(seed, max(1, pcs // PCS_PER_SCHOOL), pcs) if school.pcs]
    with tempfile.TemporaryDirectory(prefix="preau-simulation-") as folder:
        settings = Settings(data_dir=Path(folder), database_url=database_url, port=_free_port())
        codes = _prepare(settings, schools)
        with _up(Process(settings, Path(folder) / "journal")) as collector:
            return asyncio.run(_live(collector, schools, seed, codes, connections, progress))


def _prepare(settings: Settings, schools: list[SimSchool]) -> dict[str, str]:
    """Make the database, the schools and a code for each; returns the secrets by UAI."""
    with Store(settings.url) as store:
        upgrade(store.engine)
        require_empty(store)
        keys = open_keys(settings)
        publish_profile(store, keys, profile_of_recordings(), default=True)
        import_schools(store, schools, settings.data_dir)
        return {s.uai: make_code(store, keys.fingerprint, s.uai, uses=s.pcs).secret for s in schools}


async def _live(
    collector: Process, schools: list[SimSchool], seed: int, codes: dict[str, str], connections: int, progress: Progress
) -> Outcome:
    traffic = Traffic([collector.settings.address], flavours(parse(profile_of_recordings())), connections)
    senders = await traffic.enrol(pcs_of(seed, schools), codes, _named(progress, "enrôlement"))
    for day in range(DAYS):
        sending = asyncio.create_task(traffic.day(senders, day, _named(progress, f"jour {day + 1}")))
        if day == DAYS // 2:
            await asyncio.sleep(KILLED_AFTER_S)
            await asyncio.to_thread(collector.stop, signal.SIGKILL)
            await asyncio.sleep(DOWN_S)
            await asyncio.to_thread(collector.start)
        await sending
    await traffic.ask_again(_named(progress, "accusés redemandés"))
    return traffic.outcome


def _named(progress: Progress, what: str) -> Callable[[int, int], None]:
    return lambda done, total: progress(what, done, total)


@contextmanager
def _up(process: Process) -> Iterator[Process]:
    process.start()
    try:
        yield process
    finally:
        process.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])
