"""Two hands on one PC: the machine's agent owns the key and sends; sessions only leave what they see."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from agent import drop
from agent.cli import main
from agent.identity import DROP, Folder, shared_folder
from agent.measure import Attempt
from agent.requirements import Required
from agent.spool import Spool
from checks.profile import parse
from tests.agent.systems import needs_posix
from tests.replay import MACHINES, Replay, load
from tests.served import PROFILE, Served, reports

SESSION = '\n[hardware.screen]\ntier = "recommended"\n[school]'
ASKED = PROFILE.replace("\n[school]", SESSION)


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What an installation for the machine makes."""
    path = tmp_path / "Préau partagé"
    (path / DROP).mkdir(parents=True)
    monkeypatch.setenv("PREAU_SHARED_DIR", str(path))
    return path


@pytest.fixture(autouse=True)
def _screens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same screens wherever this runs."""
    machine = Replay(load(MACHINES / "debian_12_healthy.json")["answers"])
    for door in ("agent.linux.LinuxMachine", "agent.windows.WindowsMachine"):
        monkeypatch.setattr(f"{door}.screens", lambda _: machine.screens())


def evidence_sent(collector: Served) -> list[tuple[str, list[str]]]:
    """Who said what, of each report that waits."""
    import gzip

    spool = Spool(Path(os.environ["PREAU_AGENT_DIR"]))
    bodies = [json.loads(gzip.decompress(one.body)) for one in spool.pending()]
    return [(body["evidence"], sorted(body["checks"])) for body in bodies]


def test_one_pc_is_one_identity_and_each_hand_says_what_it_sees(
    shared: Path, collector: Served, agent_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    collector.publish(ASKED.replace('version = "1"', 'version = "2"'))
    with collector.up():
        assert main(["enrol", collector.code(), "--collector", collector.url]) == 0
        assert main(["run", "--patience", "0"]) in (0, 10, 30)
    assert (shared / "profil.toml").read_text(encoding="utf-8").count("hardware.screen") == 1
    identity = (agent_dir / "identity.json").read_bytes()
    assert main(["session"]) == 0
    assert main(["session"]) == 0
    assert len(list((shared / DROP).iterdir())) == 2
    assert main(["run", "--patience", "0"]) == 75
    assert list((shared / DROP).iterdir()) == []
    system, session = evidence_sent(collector)
    assert system == ("agent", ["hardware.disk", "hardware.memory", "network.address"])
    assert session == ("session", ["hardware.screen"])
    assert (agent_dir / "identity.json").read_bytes() == identity
    with collector.up():
        assert main(["send", "--patience", "0"]) == 0
    assert len(reports(collector)) == 3


def test_a_session_needs_neither_key_nor_spool(shared: Path, agent_dir: Path) -> None:
    (shared / "profil.toml").write_text(ASKED, encoding="utf-8")
    assert main(["session"]) == 0
    assert not agent_dir.exists()
    (left,) = (shared / DROP).iterdir()
    said = json.loads(left.read_bytes())
    assert set(said) == {"profile", "facts_schema", "checks"}
    assert set(said["checks"]) == {"hardware.screen"}


@pytest.mark.parametrize(
    ("profile", "why"), [(None, "pas encore reçu de profil"), ("[profile", "abîmé"), ("\udcff", "abîmé")]
)
def test_a_session_without_a_profile_says_why(
    profile: str | None, why: str, shared: Path, agent_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if profile is not None:
        (shared / "profil.toml").write_text(profile, encoding="utf-8", errors="surrogateescape")
    assert main(["session"]) == 70
    assert why in capsys.readouterr().err


def test_where_nothing_is_installed_there_is_nothing_to_leave(
    agent_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PREAU_SHARED_DIR", raising=False)
    assert shared_folder({}) is None
    assert main(["session"]) == 70
    assert "n'est pas installé" in capsys.readouterr().err


def left(shared: Path) -> tuple[Required, Path]:
    """Leave one true file."""
    required = Required(profile=parse(ASKED))
    screens = load(MACHINES / "debian_12_healthy.json")["answers"]["screens"]
    from checks.hardware import screen

    machine: Any = Replay({"screens": screens})
    facts = screen.probe(machine, required.profile.requirements["hardware.screen"].requirement)
    attempt = Attempt(check_id="hardware.screen", measured_at=int(time.time()), took_ms=3, facts=facts)
    return required, drop.put(shared / DROP, required, {"hardware.screen": attempt})


def test_what_a_session_left_comes_back_as_it_was(shared: Path) -> None:
    required, path = left(shared)
    found, files = drop.take(shared / DROP, required)
    assert list(found) == ["hardware.screen"]
    assert files == [path]


@pytest.mark.parametrize(
    "damage",
    [
        lambda said: {**said, "profile": {"id": "autre", "version": "1"}},
        lambda said: {**said, "checks": {"hardware.memory": said["checks"]["hardware.screen"]}},
        lambda said: {**said, "checks": {"no.such": {}}},
        lambda said: {**said, "checks": []},
        lambda said: with_attempt(said, measured_at=int(time.time()) + 86_400),
        lambda said: with_attempt(said, measured_at=0),
        lambda said: with_attempt(said, measured_at="hier"),
        lambda said: with_attempt(said, took_ms=True),
        lambda said: with_attempt(said, facts={}),
        lambda said: with_attempt(said, facts={"screens": [{"width_px": "large"}]}),
        lambda said: with_attempt(said, facts={"screens": [], "eleve": "Camille"}),
        lambda said: with_attempt(said, fault="because"),
        lambda said: [],
        lambda said: "x" * (drop.MAX_BYTES + 1),
    ],
)
def test_what_a_session_cannot_say_counts_for_nothing_and_goes(damage: Any, shared: Path) -> None:
    required, path = left(shared)
    path.write_text(json.dumps(damage(json.loads(path.read_bytes()))), encoding="utf-8")
    found, files = drop.take(shared / DROP, required)
    assert found == {}
    drop.clear(files)
    assert not path.exists()


def with_attempt(said: Any, **changes: Any) -> Any:
    attempt = {**said["checks"]["hardware.screen"], **changes}
    if "fault" in changes:
        attempt.pop("facts")
    return {**said, "checks": {"hardware.screen": attempt}}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_no_json_counts_for_nothing(content: bytes, shared: Path) -> None:
    required, path = left(shared)
    path.write_bytes(content)
    assert drop.take(shared / DROP, required)[0] == {}


@needs_posix
def test_a_link_is_not_followed(shared: Path, tmp_path: Path) -> None:
    """A pupil may not have the machine's agent read another file for him."""
    required, path = left(shared)
    elsewhere = tmp_path / "ailleurs.json"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    found, files = drop.take(shared / DROP, required)
    drop.clear(files)
    assert found == {}
    assert elsewhere.exists()


def test_a_flood_is_bounded(shared: Path) -> None:
    required, _ = left(shared)
    for number in range(drop.MAX_FILES + 20):
        (shared / DROP / f"0{number:04}.json").write_bytes(b"{}")
    found, files = drop.take(shared / DROP, required)
    assert len(files) == drop.MAX_FILES + 21
    drop.clear(files)
    assert list((shared / DROP).iterdir()) == []
    assert set(found) <= {"hardware.screen"}


def test_the_profile_is_asked_for_again_even_when_sessions_leave_something_every_day(
    shared: Path, collector: Served, agent_dir: Path
) -> None:
    with collector.up():
        main(["enrol", collector.code(), "--collector", collector.url])
        main(["run", "--patience", "0"])
        path = agent_dir / "profile.json"
        kept = json.loads(path.read_bytes())
        assert main(["session"]) == 0
        path.write_text(json.dumps({**kept, "received_at": kept["received_at"] - 3 * 86_400}))
        main(["run", "--patience", "0"])
    assert json.loads(path.read_bytes())["received_at"] >= kept["received_at"]
    assert len(list((shared / DROP).iterdir())) == 1, "left for the next day"
    assert Folder(agent_dir).progress().sequence == 2
