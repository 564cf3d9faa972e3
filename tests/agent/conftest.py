"""What the agent's tests lean on."""

from pathlib import Path

import pytest
import trustme

from tests.agent.servers import ca_file
from tests.served import Served, served


@pytest.fixture(scope="session")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(ca: trustme.CA, tmp_path: Path) -> Path:
    """The CA as an extra authority of the workstation."""
    return ca_file(ca, tmp_path)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def collector(tmp_path: Path) -> Served:
    """A real collector, not yet up."""
    return served(tmp_path / "collector")


@pytest.fixture
def agent_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The agent's own folder; its path has an accent and a space."""
    path = tmp_path / "dossier de l'élève"
    monkeypatch.setenv("PREAU_AGENT_DIR", str(path))
    return path
