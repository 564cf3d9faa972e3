"""A publication and the collector are killed while workstations send: nothing acknowledged is lost, all counts hold.

Real processes: `preau-collector serve`, `preau-collector profile publish`, both writing the same database.
"""

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from checks.profile import parse
from checks.wire import REPORTS_PATH
from collector import receipts
from collector.settings import Settings
from collector.signing import open_keys
from collector.simulator.door import profile_of_recordings
from collector.simulator.filling import fill, import_schools
from collector.simulator.fleet import Sender, flavours, pcs_of
from collector.simulator.nation import lay_out
from collector.store.engine import Store
from collector.store.generations import in_preparation, profiles_in_force, publish
from collector.tables import WorkstationKey
from collector.verify_cli import verify
from tests.agent.servers import closed_port

pytestmark = pytest.mark.both_databases
SEED, SCHOOLS, PCS, SENDERS, KILLS = 7, 241, 500, 4, 2
TOML = profile_of_recordings()
ON_EVERY_CORE = """
from collector import cli, rejudging

rejudging.FEW = 0
raise SystemExit(cli.main())
"""
"""The command, which judges by its processes however few workstations there are."""
NEXT = TOML.replace('version = "', 'version = "9', 1)


@contextmanager
def running(settings: Settings, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run `preau-collector` over the test's database, and kill it when the block ends."""
    environment = {
        **os.environ,
        "PREAU_DATA_DIR": str(settings.data_dir),
        "PREAU_DATABASE_URL": settings.database_url,
        "PREAU_CONTROL_MINUTES": "1440",
    }
    child = subprocess.Popen(
        [sys.executable, "-c", ON_EVERY_CORE, *command],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait(timeout=20)


@contextmanager
def serving(settings: Settings, port: int, acknowledged: list[list[str]]) -> Iterator[None]:
    """Serve until the block ends, begun once every sender had a receipt."""
    before = [len(ids) for ids in acknowledged]
    with running(settings, "serve", "--port", str(port)) as child:
        deadline = time.monotonic() + 60
        while any(len(ids) <= had for ids, had in zip(acknowledged, before, strict=True)):
            assert child.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield


def send(sender: Sender, port: int, stop: threading.Event, acknowledged: list[str]) -> None:
    """Send report after report, each again until it is acknowledged."""
    body, headers, report_id = b"", {}, ""
    with httpx.Client(trust_env=False, timeout=20) as client:
        while not stop.is_set():
            if not report_id:
                report_id = str(uuid.uuid4())
                body = sender.body(day=len(acknowledged) * 20)
                headers = sender.report(body, report_id)
            try:
                answer = client.post(f"http://127.0.0.1:{port}{REPORTS_PATH}", content=body, headers=headers)
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            if answer.status_code in (200, 201):
                acknowledged.append(report_id)
                sender.last_receipt, report_id = answer.json()["receipt_id"], ""
            time.sleep(0.05)


def done(store: Store) -> int | None:
    """How many schools a publication has judged, None when none is under way."""
    with store.reading() as session:
        begun = in_preparation(session)
        return begun.generation.done if begun else None


def in_force(store: Store) -> str:
    with store.reading() as session:
        [profile] = profiles_in_force(session)
        return profile.version


def until(store: Store, wanted: str, more_than: int | None = None) -> None:
    """Wait until a publication is under way and further, or over."""
    deadline = time.monotonic() + 90
    while in_force(store) != wanted:
        found = done(store)
        if more_than is not None and found is not None and found > more_than:
            return
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.timeout(300)
def test_a_publication_killed_while_two_write_ends_with_every_count_right(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    profile, now = parse(TOML), int(time.time())
    keys, schools = open_keys(settings), lay_out(SEED, SCHOOLS, PCS)
    store.write(lambda session: publish(session, profile, TOML, keys.sign_profile(TOML), now, default=True))
    import_schools(store, schools, tmp_path)
    fleet, kinds = list(pcs_of(SEED, schools)), flavours(profile)
    fill(store, fleet, kinds)
    text = tmp_path / "next.toml"
    text.write_text(NEXT, encoding="utf-8")
    wanted = parse(NEXT).version
    acknowledged: list[list[str]] = [[] for _ in range(SENDERS)]
    port, stop = closed_port(), threading.Event()
    threads = [
        threading.Thread(target=send, args=(Sender(pc, kinds), port, stop, got), daemon=True)
        for pc, got in zip(fleet[:: len(fleet) // SENDERS], acknowledged, strict=False)
    ]
    for thread in threads:
        thread.start()
    for kill in range(KILLS):
        with (
            serving(settings, port, acknowledged),
            running(settings, "profile", "publish", str(text), "--yes") as publisher,
        ):
            until(store, wanted, more_than=kill * SCHOOLS // 4)
            publisher.send_signal(signal.SIGKILL)
    with serving(settings, port, acknowledged):
        with running(settings, "profile", "publish", str(text), "--yes"):
            until(store, wanted)
        stop.set()
        for thread in threads:
            thread.join(timeout=60)
            assert not thread.is_alive()
    assert sum(map(len, acknowledged)) > SENDERS
    assert verify(store, judging=True) == []
    with store.reading() as session:
        for pc, ids in zip(fleet[:: len(fleet) // SENDERS], acknowledged, strict=False):
            ring = session.get_one(WorkstationKey, Sender(pc, kinds).key_id).receipts
            held = [entry.tag for entry in receipts.entries(ring)]
            assert held[: len(ids)][-receipts.KEPT :] == [receipts.tag(id_) for id_ in ids][-receipts.KEPT :]
