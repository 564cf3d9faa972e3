"""The rooms keep to themselves, and the contracts that say so were seen to fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINT = Path(sys.executable).with_name("lint-imports")

PLANTED = {
    "the agent asks the collector": ("agent/__init__.py", "import collector"),
    "the collector asks the agent": ("collector/tables.py", "import agent"),
    "the vocabulary asks the agent": ("checks/wire.py", "import agent"),
    "the vocabulary opens a socket": ("checks/decide.py", "import socket"),
    "the vocabulary uses a library": ("checks/wire.py", "import httpx"),
    "a check judges by itself": ("checks/network/dns.py", "import checks.decide"),
    "a check knows another": ("checks/network/tls.py", "import checks.network.dns"),
    "a check knows one of another family": ("checks/network/tls.py", "import checks.system.release"),
    "a page speaks SQL": ("collector/pages/schools.py", "import sqlalchemy"),
    "the app speaks SQL": ("collector/app.py", "import sqlmodel"),
    "the agent carries a server": ("agent/cli.py", "import fastapi"),
    "a second module speaks HTTP": ("agent/cli.py", "import httpx"),
}


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LINT, "--no-cache"], cwd=tree, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the three rooms, to plant faults in."""
    copy = tmp_path_factory.mktemp("rooms")
    for room in ("agent", "checks", "collector"):
        shutil.copytree(ROOT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def test_every_contract_is_kept(tree: Path) -> None:
    done = lint(tree)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", PLANTED)
def test_a_contract_fails_when(name: str, tree: Path) -> None:
    path, line = PLANTED[name]
    victim = tree / path
    before = victim.read_text(encoding="utf-8")
    victim.write_text(f"{before}\n{line}\n", encoding="utf-8")
    try:
        done = lint(tree)
    finally:
        victim.write_text(before, encoding="utf-8")
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout
