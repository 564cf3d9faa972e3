"""A disk that is really full, or really read-only, under a collector: reports are refused, none is lost."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from collector import cli
from collector.settings import Settings
from collector.store.engine import Store
from collector.verify_cli import verify
from tests.collector.test_bad_weather import refused, send
from tests.collector.workstation import Workstation
from tests.conftest import need

DISK_BYTES = 12 * 1024 * 1024


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own, where the collector's data is."""
    need(os.geteuid() == 0, "a disk of its own needs root")
    disk = tmp_path / "disk"
    disk.mkdir()
    size = f"size={DISK_BYTES}"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "preau-tests", disk], capture_output=True, check=False)
    need(done.returncode == 0, "no disk can be mounted here")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True, capture_output=True)


def fill(ballast: Path) -> None:
    """Write until there is no room."""
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


def test_a_full_disk_refuses_until_there_is_room_again(workstation: Workstation, filled: Store, tmp_path: Path) -> None:
    assert send(workstation).status_code == 201
    ballast = tmp_path / "ballast"
    fill(ballast)
    answers = [send(workstation, machine) for machine in ("interception_untrusted", "old_browser_by_default") * 60]
    kept_back = [answer for answer in answers if answer.status_code != 201]
    assert kept_back, "what fits in the room already taken is written; before long, more is needed"
    for answer in kept_back:
        refused(answer)
    assert verify(filled, judging=True) == []
    ballast.unlink()
    assert send(workstation).status_code == 201
    assert verify(filled, judging=True) == []


def test_a_read_only_disk_is_said_at_the_start(
    filled: Store,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    filled.close()
    subprocess.run(["mount", "-o", "remount,ro", tmp_path], check=True)
    monkeypatch.setenv("PREAU_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("PREAU_DATABASE_URL", raising=False)
    assert cli.main(["serve"]) == 1
    assert "lecture seule" in capsys.readouterr().err
