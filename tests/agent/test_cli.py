"""`preau-agent`, as people and schedulers use it, with a real collector on loopback."""

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from agent.cli import main
from agent.identity import Folder
from agent.spool import Spool
from checks import wire
from collector.store.engine import Store
from collector.store.enrolments import hashed
from collector.tables import EnrolmentCode, Workstation
from tests.agent.servers import closed_port, tcp
from tests.agent.systems import needs_posix
from tests.served import PROFILE, Served, reports


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "profil.toml"
    path.write_text(PROFILE, encoding="utf-8")
    return path


def enrol(collector: Served, *more: str) -> int:
    return main(["enrol", collector.code(), "--collector", collector.url, *more])


def test_an_audit_needs_no_collector_and_ends_with_the_outcome(
    profile: Path, agent_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "--profile", str(profile)]) in (0, 10)
    shown = capsys.readouterr()
    assert "✓ Le poste a assez de mémoire vive (exigé)" in shown.out
    assert shown.out.splitlines()[-1].startswith("Ce poste : PRÊT")
    assert "[3/3]" in shown.err
    assert not agent_dir.exists(), "an audit leaves nothing behind"


def test_an_audit_says_what_to_do_and_who(profile: Path, agent_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    profile.write_text(PROFILE.replace("value = 1,", "value = 1_000_000_000_000_000,"), encoding="utf-8")
    assert main(["audit", "--profile", str(profile)]) == 20
    shown = capsys.readouterr().out
    assert "✗ Le poste a assez de mémoire vive (exigé)" in shown
    assert "→ la commune : Ajouter de la mémoire au poste, ou le remplacer." in shown
    assert shown.splitlines()[-1] == "Ce poste : NON PRÊT (1 contrôle en cause)"


def test_json_has_facts_and_verdicts_and_nothing_else_on_stdout(
    profile: Path, agent_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["audit", "--profile", str(profile), "--json"])
    said = json.loads(capsys.readouterr().out)
    assert {"ready": 0, "at_risk": 10}[said["outcome"]] == code
    memory = said["checks"]["hardware.memory"]
    assert memory["facts"]["memory"]["total_bytes"] > 0
    assert (memory["outcome"], memory["cause"], memory["tier"]) == ("ready", None, "minimum")


def test_from_code_to_receipt(collector: Served, agent_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with collector.up():
        assert enrol(collector, "--place", "classe_mobile") == 0
        assert "École du Moulin, Montcartable (0990019H)" in capsys.readouterr().out
        assert main(["run"]) in (0, 10)
        assert main(["run", "--json"]) in (0, 10)
        capsys.readouterr()
        assert main(["status"]) == 0
    shown = capsys.readouterr().out
    assert "01 (classe mobile)" in shown
    assert f"Dernier reçu     : {datetime.now(UTC):%d/%m/%Y}" in shown
    assert "En attente       : 0 relevé" in shown
    kept = reports(collector)
    assert sorted(report.sequence for report in kept) == [1, 2]
    assert {report.sequence: report.followed for report in kept} == {1: True, 2: False}
    with Store(collector.settings.url) as store, store.reading() as session:
        assert session.exec(select(Workstation)).one().evidence == "agent"


@needs_posix
def test_the_key_is_for_this_account_alone(collector: Served, agent_dir: Path) -> None:
    with collector.up():
        assert enrol(collector) == 0
    assert (agent_dir / "identity.json").stat().st_mode & 0o077 == 0
    assert agent_dir.stat().st_mode & 0o077 == 0


def test_a_schools_file_says_where_the_collector_is(
    collector: Served, agent_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    invitation = tmp_path / "ecole.preau"
    invitation.write_text(json.dumps({"collector": collector.url, "code": collector.code(), "school": "x"}))
    with collector.up():
        assert main(["enrol", str(invitation), "--tag", "42"]) == 0
        assert main(["enrol", str(invitation)]) == 64
    assert "déjà enrôlé" in capsys.readouterr().err
    identity = Folder(agent_dir).identity()
    assert identity is not None
    assert identity.tag == "42"


def test_the_code_of_another_collector_is_refused(
    collector: Served, agent_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The secret is right, the fingerprint is not: somebody answers in the collector's place."""
    real = wire.parse_code(collector.code())
    forged = str(wire.Code(fingerprint="0" * wire.FINGERPRINT_LENGTH, secret=real.secret))
    with collector.up():
        assert main(["enrol", forged, "--collector", collector.url]) == 70
    assert "n'est pas celui du code" in capsys.readouterr().err
    assert Folder(agent_dir).identity() is None


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["enrol", "TROP-COURT", "--collector", "https://x"], "20 signes"),
        (["enrol", "0" * 20], "--collector"),
        (["enrol", "absent.preau"], "ne peut être lu"),
        (["audit", "--profile", "absent.toml"], "absent.toml"),
        (["run"], "pas enrôlé"),
        (["show"], "pas enrôlé"),
    ],
)
def test_a_wrong_command_says_what_to_do(
    arguments: list[str], why: str, agent_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) in (64, 70)
    assert why in capsys.readouterr().err


def test_a_profile_with_a_fault_names_its_line(
    profile: Path, agent_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile.write_text(PROFILE.replace("minimum_bytes", "minimum_mo"), encoding="utf-8")
    assert main(["audit", "--profile", str(profile)]) == 64
    assert "ligne 13 : hardware.memory.minimum_mo : clé inconnue" in capsys.readouterr().err


def test_unknown_options_exit_64(agent_dir: Path) -> None:
    with pytest.raises(SystemExit) as exited:
        main(["audit", "--sans-verifier"])
    assert exited.value.code == 64


@pytest.mark.parametrize("command", ["audit", "enrol", "run", "send"])
def test_no_option_skips_verification(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    said = capsys.readouterr().out.lower()
    assert not any(word in said for word in ("insecure", "no-verify", "skip", "sans vérif"))


def test_with_the_collector_down_the_report_waits_and_leaves_later(
    collector: Served, agent_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with collector.up():
        enrol(collector)
    assert main(["run", "--patience", "0"]) == 75
    assert "le relevé reste sur ce poste" in capsys.readouterr().err
    assert main(["status"]) == 0
    assert "En attente       : 1 relevé" in capsys.readouterr().out
    assert main(["show"]) == 0
    shown = capsys.readouterr().out
    assert "relevé 1" in shown
    assert "Deux nombres d'octets" in shown
    with collector.up():
        assert main(["send"]) == 0
    assert len(reports(collector)) == 1


def test_the_profile_last_received_serves_while_the_collector_is_away(
    collector: Served, agent_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with collector.up():
        enrol(collector)
        main(["run"])
    capsys.readouterr()
    main(["audit"])
    assert "Profil local" in capsys.readouterr().err
    (agent_dir / "profile.json").write_text("{abîmé")
    main(["audit"])
    assert "profil générique" in capsys.readouterr().err


def test_a_profile_tampered_with_on_disk_is_not_believed(
    collector: Served, agent_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with collector.up():
        enrol(collector)
        main(["run"])
    path = agent_dir / "profile.json"
    path.write_text(path.read_text().replace("Profil local", "Profil piraté"))
    capsys.readouterr()
    main(["audit"])
    assert "piraté" not in capsys.readouterr().err


def test_an_older_profile_is_refused(collector: Served, agent_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    newer = PROFILE.replace("2026-11-01", "2026-12-01").replace('version = "1"', 'version = "2"')
    with collector.up():
        enrol(collector)
        collector.publish(newer)
        main(["run"])
        with Store(collector.settings.url) as store:
            store.write(_back_to_version_1)
        capsys.readouterr()
        main(["run"])
    shown = capsys.readouterr().err
    assert "plus ancien que celui de ce poste (2)" in shown


def _back_to_version_1(session: Any) -> None:
    from collector.judged import Generation

    for row in session.exec(select(Generation).where(Generation.id > 0)).all():
        row.state = "current" if row.profile_version == "1" else "past"
        row.is_default = row.state == "current"


def test_only_a_signed_refusal_sets_a_report_aside(
    collector: Served, agent_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with collector.up():
        enrol(collector)
        folder = Folder(agent_dir)
        folder.keep_progress(sequence=1)
        Spool(agent_dir).add("6f1e3f3e-3b1f-4a55-9d62-5f6c1d2f7f10", 1, gzip.compress(b'{"protocol":2}'))
        assert main(["send"]) == 0
    assert "Il est mis de côté" in capsys.readouterr().err
    main(["status"])
    assert "protocol" in capsys.readouterr().out
    assert reports(collector) == []


@pytest.mark.parametrize("status", ["403 Forbidden", "407 Proxy Authentication Required", "404 Not Found", "200 OK"])
def test_what_a_filter_answers_leaves_the_report_in_the_spool(
    status: str, collector: Served, agent_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def blocked(connection: socket.socket) -> None:
        connection.recv(65_536)
        page = b"<html>Acces refuse par le filtrage</html>"
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(page)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + page)
        connection.recv(65_536)

    with collector.up():
        enrol(collector)
    with tcp(blocked) as port:
        path = agent_dir / "identity.json"
        path.write_text(path.read_text().replace(str(collector.settings.port), str(port)))
        assert main(["run", "--patience", "0"]) == 75
    assert len(Spool(agent_dir)) == 1
    assert Spool(agent_dir).aside == []


def test_a_busy_collector_is_left_alone_as_long_as_it_asks(
    collector: Served, agent_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[float] = []

    def busy(connection: socket.socket) -> None:
        connection.recv(65_536)
        asked.append(time.monotonic())
        connection.sendall(b"HTTP/1.1 503 Busy\r\nRetry-After: 3600\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with collector.up():
        enrol(collector)
    main(["run", "--patience", "0"])
    with tcp(busy) as port:
        path = agent_dir / "identity.json"
        path.write_text(path.read_text().replace(str(collector.settings.port), str(port)))
        assert main(["send", "--patience", "60"]) == 75
    assert len(asked) == 1


def test_a_revoked_code_is_said_in_the_collectors_words(
    collector: Served, agent_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = collector.code()

    def revoke(session: Any) -> None:
        secret = hashed(wire.parse_code(code).secret)
        session.exec(select(EnrolmentCode).where(EnrolmentCode.secret_sha256 == secret)).one().revoked_at = int(
            time.time()
        )

    with Store(collector.settings.url) as store:
        store.write(revoke)
    with collector.up():
        assert main(["enrol", code, "--collector", collector.url]) == 70
    assert "a été retiré" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["identity.json", "progress.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"seed": 12}'])
def test_a_corrupt_file_ends_with_a_clear_line(
    name: str, content: bytes, collector: Served, agent_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with collector.up():
        enrol(collector)
        main(["run"])
    (agent_dir / name).write_bytes(content)
    assert main(["status"]) == 70
    assert f"{name} est abîmé" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_ends_with_a_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "fichier").write_text("")
    monkeypatch.setenv("PREAU_AGENT_DIR", str(tmp_path / "fichier" / "dossier"))
    assert main(["enrol", "0" * 20, "--collector", f"http://127.0.0.1:{closed_port()}"]) == 70
    assert "ne peut être" in capsys.readouterr().err


def test_an_old_console_does_not_end_an_audit(profile: Path, agent_dir: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "agent", "audit", "--profile", str(profile)],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
    )
    assert done.returncode in (0, 10)
    assert "mémoire vive".encode("cp1252") in done.stdout


@needs_posix
def test_ctrl_c_is_a_clear_line_and_loses_nothing(collector: Served, agent_dir: Path) -> None:
    with collector.up():
        enrol(collector)
    command = [sys.executable, "-m", "agent", "run", "--patience", "60"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 20
    while len(Spool(agent_dir)) == 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=20)
    assert (child.returncode, "interrompu" in said, "Traceback" in said) == (130, True, False)
    assert len(Spool(agent_dir)) == 1
    with collector.up():
        assert main(["send"]) == 0


def test_no_secret_is_printed_or_logged(collector: Served, agent_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = collector.code()
    with collector.up():
        main(["--verbose", "enrol", code, "--collector", collector.url])
        for command in (["run"], ["status"], ["show"]):
            main(["--verbose", *command])
    shown = "".join(capsys.readouterr())
    identity = Folder(agent_dir).identity()
    assert identity is not None
    assert identity.seed not in shown
    assert wire.parse_code(code).secret not in shown
    assert identity.seed not in repr(identity)
