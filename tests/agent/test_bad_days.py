"""A full disk, no home, a damaged key, a clock in 1970, a DNS that takes 40 s: each ends with a clear line, in time."""

import errno
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from agent import durable
from agent.cli import main
from agent.identity import Folder, Unusable, default_folder
from agent.spool import Spool
from tests.agent.systems import needs_posix
from tests.conftest import need
from tests.served import PROFILE, Served, reports


def enrolled(collector: Served) -> None:
    assert main(["enrol", collector.code(), "--collector", collector.url]) == 0


@pytest.mark.parametrize("seed", ["", "AAAA", "pas une clé", "*" * 44])
def test_a_damaged_key_is_said_and_nothing_else_is_touched(
    seed: str, collector: Served, agent_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with collector.up():
        enrolled(collector)
        path = agent_dir / "identity.json"
        path.write_text(json.dumps({**json.loads(path.read_bytes()), "seed": seed}))
        before = path.read_bytes()
        assert main(["run"]) == 70
    assert "abîmée ; enrôlez à nouveau" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_a_damaged_report_is_set_aside_and_the_next_is_sent(
    collector: Served, agent_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with collector.up():
        enrolled(collector)
    assert main(["run", "--patience", "0"]) == 75
    (waiting,) = (agent_dir / "spool").iterdir()
    waiting.write_bytes(waiting.read_bytes()[:-3])
    with collector.up():
        assert main(["run", "--patience", "0"]) in (0, 10)
        assert len(reports(collector)) == 1
    assert main(["status"]) == 0
    assert "abîmé" in capsys.readouterr().out


@pytest.mark.parametrize("when", [pytest.param("write", marks=needs_posix), "fsync", "replace"])
def test_a_full_disk_ends_with_a_clear_line_and_loses_nothing(
    when: str,
    collector: Served,
    agent_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with collector.up():
        enrolled(collector)
    assert main(["run", "--patience", "0"]) == 75

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(agent_dir / "progress.json"))

    target = {"write": "agent.durable.os.fdopen", "fsync": "agent.durable.os.fsync", "replace": "pathlib.Path.replace"}
    with monkeypatch.context() as filled:
        filled.setattr(target[when], full)
        assert main(["run", "--patience", "0"]) == 70
    said = capsys.readouterr().err
    assert "plus de place" in said
    assert "Traceback" not in said
    assert len(Spool(agent_dir)) == 1
    with collector.up():
        assert main(["send"]) == 0


@needs_posix
def test_a_really_full_disk_ends_with_a_clear_line(
    collector: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    need(os.geteuid() == 0, "only root makes a small disk to fill")
    small = tmp_path / "petit disque"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], capture_output=True, check=False
    )
    need(mounted.returncode == 0, "a small disk can be made here")
    try:
        monkeypatch.setenv("PREAU_AGENT_DIR", str(small / "agent"))
        with collector.up():
            enrolled(collector)
            _fill(small / "bourrage")
            assert main(["run", "--patience", "0"]) == 70
            assert "plus de place" in capsys.readouterr().err
            (small / "bourrage").unlink()
            assert main(["run", "--patience", "0"]) in (0, 10)
    finally:
        subprocess.run(["umount", small], check=True)


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 1024)
        except OSError:
            pass


@needs_posix
def test_a_read_only_home_ends_with_a_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def denied(*_: Any, **__: Any) -> Any:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(tmp_path))

    monkeypatch.setenv("PREAU_AGENT_DIR", str(tmp_path / "agent"))
    monkeypatch.setattr("pathlib.Path.mkdir", denied)
    assert main(["enrol", "0" * 20, "--collector", "http://127.0.0.1:9"]) == 70
    assert "ne peut être écrit" in capsys.readouterr().err


@needs_posix
def test_without_a_home_an_audit_still_runs_and_enrolment_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr("pathlib.Path.home", homeless)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(Unusable, match="PREAU_AGENT_DIR"):
        default_folder({})
    for name in ("PREAU_AGENT_DIR", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    profile = tmp_path / "profil.toml"
    profile.write_text(PROFILE, encoding="utf-8")
    assert main(["audit", "--profile", str(profile)]) in (0, 10)
    assert main(["enrol", "0" * 20, "--collector", "http://127.0.0.1:9"]) == 70
    assert "PREAU_AGENT_DIR" in capsys.readouterr().err


@needs_posix  # tests/windows sets the clock of a Windows agent
@pytest.mark.parametrize("today", ["1970-01-02 08:00:00", "2038-06-01 08:00:00"])
def test_a_clock_set_wrong_does_not_stop_a_report(today: str, collector: Served, agent_dir: Path) -> None:
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    need(sys.platform == "linux" and library is not None, "libfaketime sets the clock of one program")
    environment = {"LD_PRELOAD": str(library), "FAKETIME": f"@{today}", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    with collector.up():
        enrolled(collector)
        command = [sys.executable, "-m", "agent", "run", "--patience", "0"]
        done = subprocess.run(command, capture_output=True, check=False, timeout=60, env={**os.environ, **environment})
        assert done.returncode in (0, 10, 20), done.stderr
    assert len(reports(collector)) == 1


def test_a_dns_that_takes_forty_seconds_holds_up_no_sending(
    collector: Served, agent_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with collector.up():
        enrolled(collector)
    path = agent_dir / "identity.json"
    path.write_text(path.read_text(encoding="utf-8").replace("127.0.0.1", "collecteur.example.fr"), encoding="utf-8")
    real = socket.getaddrinfo

    def slow(host: Any, *args: Any, **more: Any) -> Any:
        if host == "collecteur.example.fr":
            time.sleep(40)
            raise socket.gaierror(socket.EAI_AGAIN, "late")
        return real(host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    started = time.monotonic()
    assert main(["run", "--patience", "0"]) == 75
    assert time.monotonic() - started < 38, "no request waits for a name longer than for an answer"
    assert "ne répond pas" in capsys.readouterr().err
    assert len(Spool(agent_dir)) == 1


def test_a_file_held_for_a_moment_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.durable.sys.platform", "win32")
    tries: list[int] = []

    def act() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise PermissionError(13, "held")

    durable.patiently(act)
    assert len(tries) == 3
    monkeypatch.setattr(durable, "HELD_S", 0.1)
    with pytest.raises(PermissionError):
        durable.patiently(lambda: (_ for _ in ()).throw(PermissionError(13, "held")))
    assert Folder(tmp_path).identity() is None


@needs_posix
def test_a_file_that_cannot_be_wrapped_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[int] = []
    real = os.close

    def failing(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))

    def close(descriptor: int) -> None:
        closed.append(descriptor)
        real(descriptor)

    monkeypatch.setattr("agent.durable.os.fdopen", failing)
    monkeypatch.setattr("agent.durable.os.close", close)
    with pytest.raises(OSError, match=os.strerror(errno.ENOMEM)):
        durable.write(tmp_path / "rapport", b"")
    assert len(closed) == 1


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[profile", b""])
def test_a_profile_that_is_none_is_told_clearly(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "profil.toml"
    path.write_bytes(content)
    assert main(["audit", "--profile", str(path)]) == 64
    said = capsys.readouterr().err
    assert said.startswith("preau-agent : ligne ")
    assert "Traceback" not in said


@pytest.mark.parametrize(("content", "why"), [(b"pas un certificat", "aucun certificat"), (None, "ne peut être lu")])
def test_an_authority_that_is_none_is_told_and_never_read_as_a_fault_of_the_network(
    content: bytes | None, why: str, collector: Served, agent_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = agent_dir.parent / "autorité.pem"
    if content is not None:
        path.write_bytes(content)
    assert main(["audit", "--ca", str(path)]) == 64
    found = capsys.readouterr()
    assert (found.out, why in found.err) == ("", True)
    assert main(["record", str(agent_dir.parent / "poste.json"), "--ca", str(path)]) == 64
    with collector.up():
        assert main(["enrol", collector.code(), "--collector", collector.url, "--ca", str(path)]) == 64
        assert Folder(agent_dir).identity() is None
        assert not Folder(agent_dir).ca.exists()
        enrolled(collector)
        identity = json.loads((agent_dir / "identity.json").read_bytes())
        (agent_dir / "identity.json").write_text(json.dumps({**identity, "has_ca": True}), encoding="utf-8")
        if content is not None:
            Folder(agent_dir).ca.write_bytes(content)
        capsys.readouterr()
        assert main(["run", "--patience", "0"]) == 70, "this one was kept since enrolment"
    assert why in capsys.readouterr().err
