"""A workstation without a network: its reports are carried in a file, and count once."""

import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from agent.cli import main as agent
from agent.identity import Folder
from agent.spool import Spool
from collector.cli import main as collector_main
from collector.judged import Verdict
from collector.people.tables import AuditEntry
from collector.store.engine import Store
from collector.tables import EnrolmentCode, Workstation
from tests.served import PROFILE, UAI, Served, reports, served

DAY_S = 86_400


@pytest.fixture
def collector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Served:
    """A collector that no workstation can reach: it is not up."""
    made = served(tmp_path / "collector")
    monkeypatch.setenv("PREAU_DATA_DIR", str(made.settings.data_dir))
    return made


@pytest.fixture(autouse=True)
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PREAU_AGENT_DIR", str(tmp_path / "agent"))
    path = tmp_path / "profil.toml"
    path.write_text(PROFILE, encoding="utf-8")
    return path


def export(file: Path, profile: Path, *more: str) -> int:
    return agent(["export", str(file), "--profile", str(profile), *more])


def imported(file: Path, *more: str) -> int:
    return collector_main(["report", "import", str(file), *more])


def workstation(made: Served) -> tuple[Workstation, Verdict]:
    with Store(made.settings.url) as store, store.reading() as session:
        return session.exec(select(Workstation)).one(), session.exec(select(Verdict)).one()


def shift(by_s: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the clock be wrong from now on."""
    real = time.time
    monkeypatch.setattr("time.time", lambda: real() + by_s)


def test_a_workstation_never_enrolled_is_enrolled_and_measured_by_one_file(
    collector: Served, profile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "poste.releve"
    assert export(file, profile, "--code", collector.code(), "--place", "bcd") in (0, 10)
    said = capsys.readouterr()
    assert f"1 relevé écrit dans {file}" in said.out
    assert "preau-collector report import poste.releve" in said.out
    assert "Ce fichier contient le code de l'école" in said.err

    assert imported(file) == 0
    assert capsys.readouterr().out == f"{file} : École du Moulin, poste 01 : 1 relevé compté\n"
    one, verdict = workstation(collector)
    assert (one.uai, one.place, one.state, one.evidence) == (UAI, "bcd", "active", "carried")
    assert verdict.outcome in ("ready", "at_risk")
    with Store(collector.settings.url) as store, store.reading() as session:
        assert session.exec(select(AuditEntry.action)).all()[-1] == "reports_carried"

    assert imported(file) == 0, "it may be brought twice"
    assert "1 relevé déjà reçu" in capsys.readouterr().out
    assert len(reports(collector)) == 1
    with Store(collector.settings.url) as store, store.reading() as session:
        assert session.exec(select(EnrolmentCode.uses)).one() == 1


def test_once_there_is_a_network_it_is_the_same_workstation(
    collector: Served, profile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("lundi.releve", "mardi.releve"):
        assert export(tmp_path / name, profile, "--code", collector.code()) in (0, 10)
        assert imported(tmp_path / name) == 0
    with collector.up():
        assert agent(["enrol", collector.code(), "--collector", collector.url]) == 0
        assert agent(["run"]) in (0, 10)
    one, _ = workstation(collector)
    assert (one.tag, one.evidence) == ("01", "agent")
    assert [entry.sequence for entry in reports(collector)] == [1, 2, 3]
    assert {entry.state for entry in reports(collector)} == {"counted"}


def test_an_enrolled_workstation_exports_all_that_waits_and_lets_go_of_nothing(
    collector: Served, profile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with collector.up():
        assert agent(["enrol", collector.code(), "--collector", collector.url]) == 0
        assert agent(["run"]) in (0, 10)
    assert agent(["run", "--patience", "0"]) == 75, "the collector is gone: the report waits"
    capsys.readouterr()
    file = tmp_path / "poste.releve"
    assert agent(["export", str(file)]) in (0, 10)
    assert "2 relevés écrits" in capsys.readouterr().out
    assert imported(file) == 0
    assert "2 relevés comptés" in capsys.readouterr().out
    with collector.up():  # the line is mended: what was carried is sent as well
        assert agent(["run"]) in (0, 10)
    assert [entry.sequence for entry in reports(collector)] == [1, 2, 3, 4]
    assert {entry.state for entry in reports(collector)} == {"counted"}
    assert workstation(collector)[0].evidence == "agent"


def test_its_facts_are_as_old_as_its_own_clock_says(
    collector: Served, profile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, now, code = tmp_path / "poste.releve", int(time.time()), collector.code()
    with monkeypatch.context() as wrong:
        shift(-12 * DAY_S, wrong)
        assert export(file, profile, "--code", code) in (0, 10)
    assert imported(file) == 0
    assert abs(workstation(collector)[1].observed_at - (now - 12 * DAY_S)) < 120


@pytest.mark.parametrize("days", [-5000, 30])
def test_a_clock_that_cannot_be_right_asks_for_the_day(
    days: int,
    collector: Served,
    profile: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file, now, code = tmp_path / "poste.releve", datetime.now(UTC), collector.code()
    with monkeypatch.context() as wrong:
        shift(days * DAY_S, wrong)
        assert export(file, profile, "--code", code) in (0, 10)
    assert imported(file) == 1
    assert "l'horloge de ce poste disait" in capsys.readouterr().err
    assert not reports(collector)

    for wrong_day in (now + timedelta(days=2), now - timedelta(days=91)):
        assert imported(file, "--on", f"{wrong_day:%Y-%m-%d}") == 1
        assert "n'est pas de ces 90 derniers jours" in capsys.readouterr().err
    third = now - timedelta(days=3)
    assert imported(file, "--on", f"{third:%Y-%m-%d}") == 0
    noon = third.replace(hour=12, minute=0, second=0).timestamp()
    assert abs(workstation(collector)[1].observed_at - noon) < 120


def test_newer_facts_that_came_by_the_network_stay(
    collector: Served, profile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, code = tmp_path / "poste.releve", collector.code()
    with monkeypatch.context() as wrong:
        shift(-12 * DAY_S, wrong)
        assert export(file, profile, "--code", code) in (0, 10)
    with collector.up():
        assert agent(["enrol", collector.code(), "--collector", collector.url]) == 0
        assert agent(["run"]) in (0, 10)
    observed_at = workstation(collector)[1].observed_at
    assert imported(file) == 0
    assert workstation(collector)[1].observed_at == observed_at


def test_each_file_that_cannot_be_taken_says_why_and_the_others_are(
    collector: Served, profile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, changed, missing = tmp_path / "bon.releve", tmp_path / "change.releve", tmp_path / "absent.releve"
    assert export(good, profile, "--code", collector.code()) in (0, 10)
    said = json.loads(good.read_bytes())
    said["requests"][1]["headers"]["Preau-Sequence"] = "7"
    changed.write_text(json.dumps(said))
    profile.unlink()  # a text that is no such file
    capsys.readouterr()
    assert collector_main(["report", "import", str(changed), str(missing), __file__, str(good)]) == 1
    said_of = capsys.readouterr()
    first, second, third = said_of.err.splitlines()
    assert first.startswith(f"{changed} : refusé, rien n'en est gardé : La signature n'est celle d'aucun poste connu.")
    assert second == f"{missing} : refusé, rien n'en est gardé : ce fichier n'existe pas"
    assert "pas un fichier écrit par preau-agent export" in third
    assert said_of.out == f"{good} : École du Moulin, poste 01 : 1 relevé compté\n", "nothing of the first was kept"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda requests: requests.pop(), "ce fichier ne contient aucun relevé"),
        (lambda requests: requests.pop(0), "s'exporte avec le code de son école (--code)"),
        (lambda requests: requests[1]["headers"].update({"Preau-Sent-At": "hier"}), "L'en-tête Preau-Sent-At"),
        (lambda requests: requests[1]["headers"].update({"Preau-Sent-At": str(2**53)}), "disait une date impossible"),
        (lambda requests: requests[0].update(body="e30="), "L'enrôlement est refusé"),
    ],
)
def test_a_file_that_is_not_whole_is_refused_whole(
    change: Callable[[list[dict[str, Any]]], object],
    said: str,
    collector: Served,
    profile: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "poste.releve"
    assert export(file, profile, "--code", collector.code()) in (0, 10)
    document = json.loads(file.read_bytes())
    change(document["requests"])
    file.write_text(json.dumps(document))
    assert imported(file) == 1
    assert said in capsys.readouterr().err
    with Store(collector.settings.url) as store, store.reading() as session:
        assert session.exec(select(Workstation)).all() == []


def test_a_report_that_is_refused_says_why_and_the_others_count(
    collector: Served, profile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "poste.releve"
    assert export(file, profile, "--code", collector.code()) in (0, 10)
    with collector.up():
        assert agent(["enrol", collector.code(), "--collector", collector.url]) == 0
    folder = Folder(tmp_path / "agent")
    Spool(folder.path).add(str(uuid.uuid4()), folder.progress().sequence + 1, b"not gzip")
    folder.keep_progress(sequence=folder.progress().sequence + 1)
    second = tmp_path / "suite.releve"
    assert agent(["export", str(second)]) in (0, 10)
    capsys.readouterr()
    assert imported(second) == 1
    told = capsys.readouterr()
    assert "un relevé est refusé : Le relevé n'est pas un gzip entier" in told.err
    assert "poste 01 : 1 relevé compté" in told.out


def test_a_withdrawn_code_enrols_nobody_by_a_file(
    collector: Served, profile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "poste.releve"
    assert export(file, profile, "--code", collector.code()) in (0, 10)
    assert collector_main(["code", "revoke", "1"]) == 0
    assert imported(file) == 1
    assert "Ce code d'enrôlement a été retiré" in capsys.readouterr().err
    assert not reports(collector)


def test_over_quota_it_waits_for_a_person(
    collector: Served,
    profile: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = collector.code(uses=1)
    for name in ("a", "b"):
        monkeypatch.setenv("PREAU_AGENT_DIR", str(tmp_path / name))
        assert export(tmp_path / f"{name}.releve", profile, "--code", code) in (0, 10)
    capsys.readouterr()
    assert collector_main(["report", "import", *(str(tmp_path / f"{name}.releve") for name in ("a", "b"))]) == 0
    assert "poste 02 : 1 relevé en attente d'acceptation du poste" in capsys.readouterr().out


def test_without_enrolment_nor_code_export_says_what_to_do(
    profile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "poste.releve"
    assert export(file, profile) == 64
    assert "donnez le fichier de l'école, --code ecole.preau" in capsys.readouterr().err
    assert not file.exists()
    file.write_text("déjà là")
    assert export(file, profile, "--code", "AAAAA") == 64
    assert "existe déjà" in capsys.readouterr().err
    assert export(tmp_path / "autre.releve", profile, "--code", "AAAAA") == 64
    told = capsys.readouterr()
    assert "un code d'enrôlement a 20 signes" in told.err
    assert told.out == "", "nothing is measured first"
