"""A workstation's answers are written down and judged again alike; a recording that is none is told clearly."""

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent import recording
from agent.cli import main
from agent.recording import Recorder
from checks.answers.network import Endpoint, Resolution
from checks.answers.software import ProgramAsked
from checks.machine import QUESTIONS, CannotAnswer
from checks.replay import Replayed, Unrecorded
from tests.replay import MACHINES, load

PROFILE = MACHINES / "profile.toml"
GOLDEN = MACHINES / "debian_12_healthy.json"


class Answering:
    """A door that gives the same answer to every question."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def __getattr__(self, question: str) -> Callable[..., Any]:
        def answer(*_: Any) -> Any:
            if isinstance(self._answer, Exception):
                raise self._answer
            return self._answer

        return answer


@pytest.fixture
def recorded(tmp_path: Path, agent_dir: Path) -> Path:
    path = tmp_path / "mon poste à moi.json"
    assert main(["record", str(path), "--title", "Poste d'essai"]) == 0
    return path


def test_what_was_recorded_is_judged_again_as_it_was(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = load(recorded)
    assert document["title"] == "Poste d'essai"
    assert set(document["answers"]) >= {"network", "memory", "disk", "release", "browsers", "resolve", "handshake"}
    capsys.readouterr()
    code = {"ready": 0, "at_risk": 10, "blocked": 20, "unmeasured": 30}[document["expected"]["outcome"]]
    assert main(["audit", "--replay", str(recorded), "--json"]) == code
    said = json.loads(capsys.readouterr().out)
    again = {id_: [one["outcome"], one["cause"]] for id_, one in said["checks"].items()}
    of_the_school = {"network.throughput"}  # another workstation's to measure
    assert again == {id_: v for id_, v in document["expected"]["verdicts"].items() if id_ not in of_the_school}


def test_a_recording_names_nobody_and_nothing_of_this_machine(recorded: Path) -> None:
    import psutil

    text = recorded.read_text(encoding="utf-8")
    addresses = [one.address.partition("%")[0] for every in psutil.net_if_addrs().values() for one in every]
    marks = [socket.gethostname(), os.environ.get("USER", ""), str(Path.home()), str(recorded.parent), *addresses]
    found = [mark for mark in marks if len(mark) > 3 and mark in text.replace(load(recorded)["profile"], "")]
    assert found == []


def test_an_answer_with_a_text_of_this_machine_is_left_out_and_told(
    tmp_path: Path, agent_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    strange = Resolution(host="poste-de-martine", failure=None, kinds=(), took_ms=1)

    class Indiscreet(Replayed):
        def resolve(self, hosts: tuple[str, ...]) -> tuple[Resolution, ...]:
            return (strange,) * len(hosts)

    monkeypatch.setattr("agent.audit_cli.open_door", lambda known: Indiscreet(load(GOLDEN)["answers"]))
    path = tmp_path / "poste.json"
    assert main(["record", str(path), "--profile", str(PROFILE)]) == 70
    assert "« resolve » contient un texte propre à ce poste" in capsys.readouterr().err
    assert "martine" not in path.read_text(encoding="utf-8")


def test_a_recorded_name_that_is_not_the_profiles_is_seen() -> None:
    door = Recorder(Answering((Endpoint(host="poste-de-martine", port=443),)), frozenset({"ent.example.fr"}))  # type: ignore[arg-type]
    door.connect((Endpoint(host="ent.example.fr", port=443),))
    assert (door.answers, door.left_out) == ({}, ["connect"])


def test_closed_doors_are_recorded_as_such() -> None:
    door = Recorder(Answering(CannotAnswer("not_permitted")), frozenset())  # type: ignore[arg-type]
    with pytest.raises(CannotAnswer):
        door.firmware()
    assert door.answers == {"firmware": "not_permitted"}
    with pytest.raises(CannotAnswer, match="not_permitted"):
        Replayed(door.answers).firmware()
    with pytest.raises(AttributeError):
        door.run_command("id")
    with pytest.raises(AttributeError):
        Replayed({}).run_command("id")


def test_a_golden_machine_is_a_recording(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "--replay", str(GOLDEN), "--profile", str(PROFILE)]) == 0
    assert "PRÊT" in capsys.readouterr().out


def changed(**changes: Any) -> bytes:
    return json.dumps({**load(GOLDEN), **changes}).encode()


def answers(**changes: Any) -> bytes:
    held = {**load(GOLDEN)["answers"], **changes}
    return changed(answers={question: answer for question, answer in held.items() if answer is not ...})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "pas du JSON, ou il est coupé"),
        (GOLDEN.read_bytes()[:-20], "pas du JSON, ou il est coupé"),
        (b"\x89PNG\r\n\x1a\n\x00", "pas du JSON"),
        (b"[" * 100_000, "pas du JSON"),
        (b"[]", "pas un enregistrement"),
        (b'{"answers": 3}', "pas un enregistrement"),
        (changed(observed_on="hier"), "abîmé"),
        (changed(observed_on=12), "abîmé"),
        (changed(opens_on="bientôt"), "abîmé"),
        (changed(profile="[profile"), "abîmé"),
        (answers(memory={"total_bytes": "8 Go", "available_bytes": 1}), "memory.total_bytes"),
        (answers(memory={"total_bytes": 1}), "« available_bytes » manque"),
        (answers(memory=[]), "une table est attendue"),
        (answers(resolve={}), "« resolve » pour « ent.example.fr »"),
        (answers(resolve=7), "une liste est attendue"),
        (answers(memory=...), "pas de réponse à la question « memory »"),
        (answers(connect=[]), "« connect » pour « ent.example.fr:443 »"),
        (
            answers(portal={"plain": [], "collector": None, "collector_asked": False, "secured": True}),
            "« portal » pour",
        ),
    ],
)
def test_a_bad_recording_is_told_clearly(
    content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "poste.json"
    path.write_bytes(content)
    assert main(["audit", "--replay", str(path), "--profile", str(PROFILE)]) == 64
    found = capsys.readouterr()
    assert said in found.err
    assert found.out == ""
    assert "Traceback" not in found.err


def test_a_recording_that_is_not_there_and_one_that_is_already(
    tmp_path: Path, agent_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "--replay", str(tmp_path / "absent.json")]) == 70
    assert "n'existe pas" in capsys.readouterr().err
    held = tmp_path / "poste.json"
    held.write_text("à garder", encoding="utf-8")
    assert main(["record", str(held)]) == 64
    assert "existe déjà" in capsys.readouterr().err
    assert held.read_text(encoding="utf-8") == "à garder"


def test_every_question_of_a_golden_machine_is_one_of_the_door() -> None:
    for path in MACHINES.glob("*.json"):
        assert set(load(path)["answers"]) <= set(QUESTIONS), path.name


def test_what_is_asked_twice_is_recorded_once() -> None:
    held = load(GOLDEN)["answers"]
    door = Recorder(Replayed(held), frozenset({"ent.example.fr", "static.example.fr"}))  # type: ignore[arg-type]
    for hosts in (("ent.example.fr",), ("ent.example.fr", "static.example.fr")):
        door.resolve(hosts)
    assert [one["host"] for one in door.answers["resolve"]] == ["ent.example.fr", "static.example.fr"]
    assert door.programs(()) == ()
    with pytest.raises(Unrecorded, match="« programs » pour « Absent »"):
        door.programs((ProgramAsked(program="Absent"),))
    assert recording.read(GOLDEN).profile is None
