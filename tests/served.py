"""A real collector on loopback, for tests that need both sides."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from sqlmodel import select

from collector import receipts
from collector.app import create_app
from collector.code_cli import make_code
from collector.publishing import publish_profile
from collector.settings import Settings
from collector.signing import Keys, open_keys
from collector.store.engine import Store
from collector.store.readiness import refresh_schools
from collector.store.schema import upgrade
from collector.tables import School, WorkstationKey
from tests.agent.servers import closed_port

UAI = "0990019H"
PROFILE = """
[profile]
id = "local"
version = "1"
valid_from = 2026-11-01
title = "Profil local"

[network.address]
tier = "recommended"

[hardware.memory]
tier = "minimum"
minimum_bytes = { value = 1, source = "test", read_on = 2026-11-24 }

[hardware.disk]
tier = "minimum"

[school]
ready_percent = { value = 100, source = "test", read_on = 2026-11-24 }
coverage_percent = { value = 50, source = "test", read_on = 2026-11-24 }
site_percent = { value = 50, source = "test", read_on = 2026-11-24 }
freshness_days = { value = 30, source = "test", read_on = 2026-11-24 }
"""
"""Asks only what any machine answers at once, without a network."""


@dataclass
class Served:
    """A collector, and what a test may do to it."""

    settings: Settings
    keys: Keys = field(init=False)

    def __post_init__(self) -> None:
        self.keys = open_keys(self.settings)
        with Store(self.settings.url) as store:
            upgrade(store.engine)
            store.write(_fill)
        self.publish(PROFILE)

    @property
    def url(self) -> str:
        return self.settings.address

    def publish(self, toml: str) -> None:
        with Store(self.settings.url) as store:
            publish_profile(store, self.keys, toml)

    def code(self, *, uses: int = 50) -> str:
        with Store(self.settings.url) as store:
            return str(make_code(store, self.keys.fingerprint, UAI, uses=uses))

    @contextmanager
    def up(self) -> Iterator[None]:
        """Serve until the block ends."""
        config = uvicorn.Config(
            create_app(self.settings), host="127.0.0.1", port=self.settings.port, log_level="error", lifespan="on"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        try:
            yield
        finally:
            server.should_exit = True
            thread.join(timeout=20)
            assert not thread.is_alive()


def reports(collector: Served) -> list[receipts.Entry]:
    """The reports received, as their receipts are kept."""
    with Store(collector.settings.url) as store, store.reading() as session:
        rings = session.exec(select(WorkstationKey.receipts)).all()
    return [entry for ring in rings for entry in receipts.entries(ring)]


def served(folder: Path) -> Served:
    """Lay out a collector in a folder, with one school and one profile, not yet up."""
    folder.mkdir(parents=True, exist_ok=True)
    return Served(Settings(data_dir=folder, port=closed_port()))


def _fill(session: object) -> None:
    school = School(
        uai=UAI,
        name="École du Moulin",
        nature="primaire",
        sector="public",
        contract="",
        commune_code="99001",
        commune_name="Montcartable",
        departement_code="099",
        departement_name="Val-de-Préau",
        academie_code="99",
        academie_name="Démonstration",
        expected_workstations=1,
    )
    session.add(school)
    session.flush()
    refresh_schools(session, [UAI], int(time.time()))
