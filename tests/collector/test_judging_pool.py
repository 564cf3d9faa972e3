"""The processes that judge do so for as long as whoever asked them, and no longer."""

import os
import subprocess
import sys
import time
from pathlib import Path

from checks.profile import Profile
from collector.store import Session
from collector.store.engine import Store
from tests.collector.conftest import PROFILE

ASKS = """
import sys
from types import SimpleNamespace
from collector.judging_pool import ask_many
from collector.store.engine import Store
from tests.collector.test_judging_pool import slow

url, toml, folder = sys.argv[1:]
with Store(url) as store:
    for _ in ask_many(store, slow, [SimpleNamespace(uais=(folder,))], toml, many=True):
        pass
"""


def slow(_: Session, uais: tuple[str, ...], __: Profile) -> None:
    """Tick in a folder for longer than any test waits."""
    [folder] = uais
    for _ in range(600):
        (Path(folder) / "tick").write_text(str(time.monotonic()))
        time.sleep(0.1)


def test_processes_end_when_whoever_asked_them_is_killed(store: Store, tmp_path: Path) -> None:
    tick = tmp_path / "tick"
    with subprocess.Popen([sys.executable, "-c", ASKS, store.url, PROFILE, str(tmp_path)]) as asking:
        try:
            _until(tick.exists)
        finally:
            asking.kill()
    assert _until(lambda: _is_still(tick))


def test_what_reads_the_code_ahead_ends_with_the_command(tmp_path: Path) -> None:
    """Even of one that needs no process at all, here because its file is not there."""
    words = [sys.executable, "-m", "collector", "profile", "diff", str(tmp_path / "nowhere.toml")]
    here = {**os.environ, "PREAU_DATA_DIR": str(tmp_path), "PREAU_DATABASE_URL": ""}
    with subprocess.Popen(words, env=here, start_new_session=True, stderr=subprocess.PIPE) as asking:
        assert asking.stderr is not None
        assert b"preau-collector" in asking.stderr.read()
        assert asking.wait() == 1
    assert _until(lambda: not _is_any_left(asking.pid))


def test_what_is_read_ahead_is_not_read_here() -> None:
    asks = "import sys; from collector import forerunner; forerunner.begin(); print('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asks], capture_output=True, check=True).stdout.split() == [b"False"]


def _is_any_left(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _is_still(tick: Path) -> bool:
    before = tick.read_text()
    time.sleep(1)
    return tick.read_text() == before


def _until(holds: object, within_s: float = 60) -> bool:
    assert callable(holds)
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return True
