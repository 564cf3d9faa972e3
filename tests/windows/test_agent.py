"""`preau-agent audit`, `enrol`, `run` on Windows, against a real collector on loopback, on good days and bad ones."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.served import PROFILE, Served, reports, served
from tests.windows.workstation import Workstation, windows_path


@pytest.fixture
def collector(tmp_path: Path) -> Served:
    """A real collector, on this machine."""
    return served(tmp_path / "collector")


@pytest.fixture
def workstation(windows: Path, tmp_path: Path) -> Workstation:
    return Workstation(windows, tmp_path / "Élève de CE2" / "Préau")


def test_from_code_to_a_stored_report(collector: Served, workstation: Workstation) -> None:
    with collector.up():
        enrolled = workstation.agent("enrol", collector.code(), "--collector", collector.url)
        assert enrolled.returncode == 0, enrolled.stderr
        ran = workstation.agent("run")
        assert ran.returncode in (0, 10), ran.stderr
    assert "Relevé reçu par le collecteur." in ran.stdout.decode("cp1252")
    assert len(reports(collector)) == 1
    assert {path.name for path in workstation.folder.iterdir()} >= {"identity.json", "progress.json", "spool"}


def test_an_audit_needs_no_collector(workstation: Workstation, tmp_path: Path) -> None:
    profile = tmp_path / "exigences de l'ENT (été).toml"
    profile.write_text(PROFILE, encoding="utf-8")
    done = workstation.agent("audit", "--profile", windows_path(profile), "--json")
    assert done.returncode in (0, 10), done.stderr
    assert json.loads(done.stdout)["checks"]["hardware.memory"]["outcome"] == "ready"
    assert not workstation.folder.exists()


HOLD = """
import ctypes, sys
share = int(sys.argv[2])
handle = ctypes.WinDLL("kernel32").CreateFileW(sys.argv[1], 0x80000000, share, None, 3, 0, None)
print("held" if handle not in (-1, 0xFFFFFFFF) else "not held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(workstation: Workstation, path: Path, *, share: int) -> Iterator[None]:
    """Hold a file by another program, which lets others do only what `share` says (1: read), as an antivirus does."""
    child = workstation.started("-c", HOLD, windows_path(path), str(share))
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline().strip() == b"held"
    try:
        yield
    finally:
        child.stdin.close()
        child.stdout.close()
        assert child.wait(timeout=60) == 0


def with_one_waiting(collector: Served, workstation: Workstation) -> Path:
    """Enrol, then audit with the collector away; returns the report that waits."""
    with collector.up():
        assert workstation.agent("enrol", collector.code(), "--collector", collector.url).returncode == 0
    assert workstation.agent("run", "--patience", "0").returncode == 75
    (waiting,) = (workstation.folder / "spool").iterdir()
    return waiting


def test_a_report_that_another_program_holds_is_sent_and_let_go_later(
    collector: Served, workstation: Workstation
) -> None:
    """It can be read and not removed: it is sent, stays, is sent again, gets the same receipt, and goes."""
    waiting = with_one_waiting(collector, workstation)
    with collector.up():
        with held(workstation, waiting, share=1):
            sent = workstation.agent("send", "--patience", "0")
            assert sent.returncode == 0, sent.stderr
            assert waiting.exists()
        assert workstation.agent("send", "--patience", "0").returncode == 0
    assert not waiting.exists()
    assert len(reports(collector)) == 1


def test_a_report_that_cannot_even_be_read_waits_and_holds_up_no_other(
    collector: Served, workstation: Workstation
) -> None:
    waiting = with_one_waiting(collector, workstation)
    with collector.up():
        with held(workstation, waiting, share=0):
            ran = workstation.agent("run", "--patience", "0")
            assert ran.returncode == 75, ran.stderr
            assert b"1 relev" in ran.stdout
        assert len(reports(collector)) == 1
        assert workstation.agent("send", "--patience", "0").returncode == 0
    assert len(reports(collector)) == 2


def test_progress_that_another_program_holds_ends_with_a_clear_line(
    collector: Served, workstation: Workstation
) -> None:
    with_one_waiting(collector, workstation)
    with held(workstation, workstation.folder / "progress.json", share=1):
        ran = workstation.agent("run", "--patience", "0")
    assert ran.returncode == 70
    assert b"progress.json" in ran.stderr
    assert b"Traceback" not in ran.stderr


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "ascii"])
def test_an_old_console_does_not_end_an_audit(encoding: str, workstation: Workstation, tmp_path: Path) -> None:
    profile = tmp_path / "profil.toml"
    profile.write_text(PROFILE, encoding="utf-8")
    workstation.environment["PYTHONIOENCODING"] = encoding
    done = workstation.agent("audit", "--profile", windows_path(profile))
    assert done.returncode in (0, 10), done.stderr
    assert "mémoire vive".encode(encoding, errors="replace") in done.stdout
    read = workstation.agent("audit", "--profile", windows_path(profile), "--json")
    assert json.loads(read.stdout.decode("utf-8"))["profile"]["title"] == "Profil local"


@pytest.mark.parametrize("today", ["1970-01-02 08:00:00", "2038-06-01 08:00:00"])
def test_a_clock_set_wrong_is_told_and_stops_nothing(today: str, collector: Served, workstation: Workstation) -> None:
    with collector.up():
        assert workstation.agent("enrol", collector.code(), "--collector", collector.url).returncode == 0
        workstation.at(today)
        ran = workstation.agent("run", "--patience", "0")
        assert ran.returncode in (0, 10, 20), ran.stderr
        status = workstation.agent("status")
    assert len(reports(collector)) == 1
    assert b"En attente       : 0" in status.stdout


def test_windows_before_10_is_sent_to_the_test_page(workstation: Workstation) -> None:
    done = workstation.python("-c", OLD)
    assert done.returncode == 69, done.stderr
    assert "page de test" in done.stderr.decode("cp1252")


OLD = """
import sys
from agent.win32 import registry
class Old(registry.LiveRegistry):
    def values(self, path):
        found = dict(super().values(path))
        if path.endswith("CurrentVersion"):
            found["currentbuildnumber"] = "9600"
        return found
registry.LiveRegistry = Old
from agent.cli import main
sys.exit(main(["audit"]))
"""
"""The registry of Windows 8.1, in the agent itself."""
