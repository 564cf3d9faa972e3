"""`preau-agent audit`, `enrol`, `run` on Windows, against a real collector on loopback, on good days and bad ones."""

import json
from pathlib import Path

import pytest
from sqlmodel import select

from collector.store.engine import Store
from collector.tables import Report
from tests.served import PROFILE, Served, served
from tests.windows.workstation import Workstation, windows_path


@pytest.fixture
def collector(tmp_path: Path) -> Served:
    """A real collector, on this machine."""
    return served(tmp_path / "collector")


@pytest.fixture
def workstation(windows: Path, tmp_path: Path) -> Workstation:
    return Workstation(windows, tmp_path / "Élève de CE2" / "Préau")


def reports(collector: Served) -> list[Report]:
    with Store(collector.settings.url) as store, store.reading() as session:
        return list(session.exec(select(Report)).all())


def test_from_code_to_a_stored_report(collector: Served, workstation: Workstation) -> None:
    with collector.up():
        enrolled = workstation.agent("enrol", collector.code(), "--collector", collector.url)
        assert enrolled.returncode == 0, enrolled.stderr
        ran = workstation.agent("run")
        assert ran.returncode in (0, 10), ran.stderr
    assert "Relevé reçu par le collecteur." in ran.stdout.decode("utf-8")
    assert len(reports(collector)) == 1
    assert {path.name for path in workstation.folder.iterdir()} >= {"identity.json", "progress.json", "spool"}


def test_an_audit_needs_no_collector(workstation: Workstation, tmp_path: Path) -> None:
    profile = tmp_path / "exigences de l'ENT (été).toml"
    profile.write_text(PROFILE, encoding="utf-8")
    done = workstation.agent("audit", "--profile", windows_path(profile), "--json")
    assert done.returncode in (0, 10), done.stderr
    assert json.loads(done.stdout)["checks"]["hardware.memory"]["outcome"] == "ready"
    assert not workstation.folder.exists()
