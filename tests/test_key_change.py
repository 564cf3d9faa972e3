"""The collector's key is changed, and no workstation that heard of the next one has to be touched."""

import os
import time
from pathlib import Path

import pytest
from sqlmodel import select

from agent import cli as agent
from agent.identity import Folder
from collector import cli
from collector.signing import NEXT_KEY, open_keys
from collector.store import audit
from collector.store.engine import Store
from collector.tables import EnrolmentCode
from tests.served import PROFILE, Served, served


@pytest.fixture
def collector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Served:
    here = served(tmp_path / "collector")
    monkeypatch.setenv("PREAU_DATA_DIR", str(here.settings.data_dir))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return here


@pytest.fixture
def pc(collector: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """An enrolled workstation that reported once."""
    monkeypatch.setenv("PREAU_AGENT_DIR", str(tmp_path / "pc"))
    with collector.up():
        assert agent.main(["enrol", collector.code(), "--collector", collector.url]) == 0
        assert agent.main(["run", "--patience", "0"]) in (0, 10, 20, 30)
    return Folder(tmp_path / "pc")


def runs() -> int:
    return agent.main(["run", "--patience", "0"])


def test_a_workstation_that_heard_of_the_next_key_follows(collector: Served, pc: Folder) -> None:
    before = open_keys(collector.settings).fingerprint
    assert cli.main(["key", "next"]) == 0
    os.utime(collector.settings.data_dir / NEXT_KEY, (time.time() - 5, time.time() - 5))
    with collector.up():
        assert runs() in (0, 10, 20, 30)
    assert len(pc.identity().keys) == 2  # type: ignore[union-attr]
    assert cli.main(["key", "roll"]) == 0
    assert open_keys(collector.settings).fingerprint != before
    with collector.up():
        assert runs() in (0, 10, 20, 30), "the report is received, the profile believed"
    assert len(pc.identity().keys) == 1  # type: ignore[union-attr]
    collector.keys = open_keys(collector.settings)
    collector.publish(PROFILE.replace('version = "1"', 'version = "2"'))
    with collector.up():
        assert runs() in (0, 10, 20, 30)
    assert '\\"2\\"' in (pc.path / "profile.json").read_text()


def test_a_key_is_not_changed_behind_the_back_of_workstations(
    collector: Served, pc: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["key", "roll"]) == 1
    assert "key next" in capsys.readouterr().err
    cli.main(["key", "next"])
    os.utime(collector.settings.data_dir / NEXT_KEY, (time.time() + 60, time.time() + 60))
    assert cli.main(["key", "show"]) == 0
    assert "1 poste ne la connaît pas encore" in capsys.readouterr().out
    assert cli.main(["key", "roll"]) == 1
    assert "1 poste n'est pas venu" in capsys.readouterr().err
    assert cli.main(["key", "next"]) == 1, "one at a time"


def test_a_workstation_that_never_heard_believes_nothing_any_more(collector: Served, pc: Folder) -> None:
    cli.main(["key", "next"])
    os.utime(collector.settings.data_dir / NEXT_KEY, (time.time() + 60, time.time() + 60))
    assert cli.main(["key", "roll", "--sure"]) == 0
    with collector.up():
        assert runs() == agent.LATER, "its report stays on it"


def test_codes_that_name_the_old_key_are_withdrawn_and_it_is_told(collector: Served, pc: Folder) -> None:
    cli.main(["key", "next"])
    cli.main(["key", "roll", "--sure"])
    with Store(collector.settings.url) as store, store.reading() as session:
        assert all(code.revoked_at for code in session.exec(select(EnrolmentCode)).all())
        assert [e.action for e in audit.entries(session)][-2:] == ["key_announced", "key_rolled"]
