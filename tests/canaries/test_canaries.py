"""A user name, a host name, a MAC address… are planted on a machine that is really audited: they are found nowhere."""

import gzip
import json
import os
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.canaries.words import CANARIES, found_in
from tests.conftest import need

INSIDE = Path(__file__).with_name("inside.py")
ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(240)
def test_nothing_planted_on_a_machine_leaves_it_or_is_kept(tmp_path: Path) -> None:
    need(sys.platform == "linux" and os.geteuid() == 0, "root, for a machine of its own")
    need(shutil.which("unshare") is not None and shutil.which("ip") is not None, "unshare and ip")
    world = ["unshare", "--uts", "--net", "--mount", "--propagation", "private"]
    done = subprocess.run(
        [*world, sys.executable, "-m", "tests.canaries.inside", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=220,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    out = tmp_path / "out"
    assert sum(1 for path in (out / "left").iterdir() if path.stat().st_size > 500) >= 1, "a report did leave"
    seen = json.loads((out / "shown" / "seen.json").read_text())
    assert sum(status == 200 for status in seen.values()) >= 10, seen
    for what in ("stored/preau.sqlite", "collector.log", "agent/identity.json", "agent-run.log", "backup"):
        assert (out / what).exists(), f"{what} was looked at"
    assert found_in(out) == []


@pytest.mark.parametrize("name", CANARIES)
def test_a_canary_is_found_however_it_is_packed(name: str, tmp_path: Path) -> None:
    import base64
    import hashlib
    import sqlite3
    from contextlib import closing

    value = CANARIES[name]
    report = json.dumps({"x": value}).encode()
    (tmp_path / "plain").write_bytes(report)
    (tmp_path / "report.gz").write_bytes(gzip.compress(report))
    (tmp_path / "hash").write_text(hashlib.sha256(value.encode()).hexdigest())
    (tmp_path / "hex").write_text(value.encode().hex())
    (tmp_path / "base64").write_bytes(base64.b64encode(report))
    with closing(sqlite3.connect(tmp_path / "base.sqlite")) as database:
        database.execute("CREATE TABLE facts (packed BLOB)")
        database.execute("INSERT INTO facts VALUES (?)", (zlib.compress(report),))
        database.commit()
    told = found_in(tmp_path)
    for where in ("plain", "report.gz", "hash", "hex", "base64", "base.sqlite"):
        assert any(line.startswith(f"{name} in {where}") for line in told), (where, told)
