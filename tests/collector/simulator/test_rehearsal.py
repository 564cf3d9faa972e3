"""A slice of the nation speaks to a real collector, which is killed in the middle of a day."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from checks.profile import parse
from collector import cli
from collector.publishing import publish_profile
from collector.settings import Settings
from collector.signing import open_keys
from collector.simulator import filling
from collector.simulator.bad_clients import BAD
from collector.simulator.door import profile_of_recordings
from collector.simulator.filling import NotEmpty, fill, import_schools, require_empty
from collector.simulator.fleet import Sender, flavours, pcs_of
from collector.simulator.line import Line, Lost
from collector.simulator.nation import lay_out
from collector.simulator.rehearsal import Process, rehearse
from collector.store.engine import Store
from collector.store.schema import upgrade
from collector.tables import School, Workstation, WorkstationKey
from collector.verify_cli import verify
from tests.agent.servers import closed_port
from tests.collector.workstation import PROFILE


def apart(work: Callable[[], Any]) -> Any:
    """Do something in a thread of its own: the browser of other tests keeps a loop running in this one."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(work).result()


def test_every_acknowledgement_holds_through_a_kill() -> None:
    """Clones are told from the rest, bad clients are refused, and each receipt comes back byte for byte."""
    found = apart(lambda: rehearse(60, 3, "", 16, lambda *_: None))
    assert found.wrong == []
    assert found.quarantined > 0
    assert len(found.acknowledged) >= 3 * 60
    assert sum(found.refusals.values()) > 0


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_client_is_refused_as_it_should_be(kind: str, one_collector: tuple[Process, Sender]) -> None:
    collector, sender = one_collector
    bad = BAD[kind](sender)

    async def send() -> int:
        async with Line(collector.settings.address) as line:
            return (await line.ask("POST", "/api/v1/reports", bad.headers, bad.body)).status

    assert apart(lambda: asyncio.run(send())) == bad.status


@pytest.fixture(scope="module")
def one_collector(tmp_path_factory: pytest.TempPathFactory) -> object:
    """A collector with one simulated workstation, made known without HTTP."""
    folder = tmp_path_factory.mktemp("one")
    settings = Settings(data_dir=folder, port=closed_port())
    (school,) = lay_out(1, 1, 1)
    fleet = list(pcs_of(1, [school]))
    with Store(settings.url) as store:
        upgrade(store.engine)
        publish_profile(store, open_keys(settings), profile_of_recordings(), default=True)
        import_schools(store, [school], folder)
        filling.enrol(store, fleet)
    process = Process(settings, folder / "journal")
    process.start()
    yield process, Sender(fleet[0], flavours(PROFILE))
    process.stop()


def test_nobody_there_is_told_as_such() -> None:
    async def ask() -> None:
        async with Line(f"http://127.0.0.1:{closed_port()}") as line:
            await line.ask("GET", "/healthz", {})

    with pytest.raises(Lost):
        apart(lambda: asyncio.run(ask()))


@pytest.mark.both_databases
def test_a_filled_database_is_what_a_recount_says(
    store: Store, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a third measured long ago: what their facts come to depends on the day."""
    monkeypatch.setattr(filling, "STALE_PERCENT", 33)
    schools = lay_out(2, 60, 900, "16")
    kinds = flavours(parse(profile_of_recordings()))
    require_empty(store)
    publish_profile(store, open_keys(settings), profile_of_recordings(), default=True)
    import_schools(store, schools, tmp_path)
    fill(store, list(pcs_of(2, schools)), kinds)
    with store.reading() as session:
        assert len(session.exec(select(School)).all()) == 60
        assert len(session.exec(select(Workstation)).all()) == len(session.exec(select(WorkstationKey)).all()) == 900
    assert verify(store, judging=True) == []
    with pytest.raises(NotEmpty, match="vide"):
        require_empty(store)


def test_filling_goes_by_the_command(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    monkeypatch.delenv("PREAU_DATABASE_URL", raising=False)
    assert cli.main(["simulate", "--fill", "--pcs", "200", "--academie", "16"]) == 0
    assert cli.main(["simulate", "--fill", "--pcs", "200"]) == 1
    assert "vide" in capsys.readouterr().err
