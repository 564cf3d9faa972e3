"""When the collector is killed while workstations send, is every acknowledged report there after a restart, and once?

Both sides are real: `preau-collector serve` in a process of its own, and the agent's own spool and sending.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from agent.door import open_door
from agent.enrolment import enrol, read_invitation
from agent.identity import Folder
from agent.measure import measure
from agent.requirements import fetch
from agent.send import flush, spool_report
from agent.spool import Spool
from collector import receipts
from tests.served import Served, served

WORKSTATIONS, KILLS, UP_S, PAUSE_S = 3, 5, 0.6, 0.05
MOST = 64
"""Reports of a key whose receipts the collector keeps: a sender makes no more, so that each can be looked for."""


@dataclass
class Sender:
    """One workstation that makes reports and sends them until told to stop."""

    folder: Folder
    acknowledged: list[str] = field(default_factory=list)  # ids of reports the spool let go of

    def enrol(self, collector: Served) -> None:
        enrol(self.folder, read_invitation(collector.code(), collector.url), tag=None, place="classe", ca=None)

    def send(self, stop: threading.Event) -> None:
        identity = self.folder.identity()
        assert identity is not None
        required = fetch(self.folder, identity)
        attempts = measure(open_door(required.known(None)), required.profile, required.context)
        spool = Spool(self.folder.path)
        while (not stop.is_set() and len(self.acknowledged) < MOST) or len(spool):
            if not len(spool):
                spool_report(self.folder, spool, identity, required, attempts)
            (waiting,) = spool.pending()
            flush(self.folder, spool, identity, patience_s=0, say=lambda _: None)
            if not len(spool):
                self.acknowledged.append(waiting.report_id)
            time.sleep(PAUSE_S)


@contextmanager
def serving(collector: Served) -> Iterator[subprocess.Popen[bytes]]:
    """Run `preau-collector serve` until the block ends, whatever became of it."""
    environment = {
        **os.environ,
        "PREAU_DATA_DIR": str(collector.settings.data_dir),
        "PREAU_PORT": str(collector.settings.port),
    }
    command = [sys.executable, "-m", "collector", "serve"]
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while not _ready(collector.url):
            assert child.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield child
    finally:
        child.kill()
        child.wait(timeout=10)


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", trust_env=False, timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def test_a_killed_collector_has_every_acknowledged_report_after_a_restart_and_once(tmp_path: Path) -> None:
    collector = served(tmp_path / "collector")
    senders = [Sender(Folder(tmp_path / f"poste {i}")) for i in range(WORKSTATIONS)]
    stop = threading.Event()
    threads = [threading.Thread(target=sender.send, args=(stop,), daemon=True) for sender in senders]
    with serving(collector) as child:
        for sender in senders:
            sender.enrol(collector)
        for thread in threads:
            thread.start()
        time.sleep(UP_S)
        child.send_signal(signal.SIGKILL)
    for round_ in range(KILLS - 1):
        with serving(collector) as child:
            time.sleep(UP_S * (1 + round_) / KILLS)  # a different moment of the commit each time
            child.send_signal(signal.SIGKILL)
    with serving(collector):
        stop.set()
        for thread in threads:
            thread.join(timeout=60)
            assert not thread.is_alive()
    acknowledged = [report_id for sender in senders for report_id in sender.acknowledged]
    assert len(acknowledged) >= 2 * WORKSTATIONS
    with sqlite3.connect(collector.settings.data_dir / "preau.sqlite") as database:
        rings = dict(database.execute("SELECT key_id, receipts FROM workstation_key").fetchall())
    stored = {key_id: list(receipts.entries(ring)) for key_id, ring in rings.items()}
    held = sorted(entry.tag for entries in stored.values() for entry in entries)
    assert held == sorted(receipts.tag(report_id) for report_id in acknowledged)
    for sender in senders:
        sequences = sorted(entry.sequence for entry in stored[sender.folder.identity().key_id])
        assert sequences == list(range(1, len(sequences) + 1))  # none twice, none missing
