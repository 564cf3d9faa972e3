"""A disk is copied to a second workstation: both are set aside, told so, enrolled again, and counted apart."""

import shutil
from pathlib import Path

import pytest

from agent import cli as agent
from collector import cli
from collector.store.engine import Store
from collector.store.enrolling import keys_seen
from tests.served import UAI, Served, served


@pytest.fixture
def collector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Served:
    here = served(tmp_path / "collector")
    monkeypatch.setenv("PREAU_DATA_DIR", str(here.settings.data_dir))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return here


def on(folder: Path, monkeypatch: pytest.MonkeyPatch, *command: str) -> int:
    monkeypatch.setenv("PREAU_AGENT_DIR", str(folder))
    return agent.main(command)


def states(collector: Served) -> list[str]:
    with Store(collector.settings.url) as store, store.reading() as session:
        return sorted(key.state for key in keys_seen(session, UAI))


def test_both_are_told_and_enrolled_again(
    collector: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, copy = tmp_path / "first", tmp_path / "copy"
    run = ("run", "--patience", "0")
    with collector.up():
        on(first, monkeypatch, "enrol", collector.code(), "--collector", collector.url)
        on(first, monkeypatch, *run)
        shutil.copytree(first, copy)
        for folder in (first, copy, first):
            on(folder, monkeypatch, *run)
        assert states(collector) == ["quarantined"]
        capsys.readouterr()
        on(copy, monkeypatch, *run)
        assert "enrôler à nouveau" in capsys.readouterr().err
        on(copy, monkeypatch, "status")
        assert "disque a été copié" in capsys.readouterr().out
        for folder in (first, copy):
            assert on(folder, monkeypatch, "enrol", collector.code(), "--collector", collector.url, "--again") == 0
            assert on(folder, monkeypatch, *run) in (0, 10, 20, 30)
        assert states(collector) == ["active", "active", "quarantined"]
    with Store(collector.settings.url) as store, store.reading() as session:
        old = next(key for key in keys_seen(session, UAI) if key.state == "quarantined")
    assert cli.main(["workstation", "refuse", old.workstation_id]) == 0
    assert states(collector) == ["active", "active", "revoked"]
