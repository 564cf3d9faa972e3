"""The spool: one file a report, none lost by a cut, none sent twice by our fault."""

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent import durable, spool
from agent.spool import Spool
from tests.agent.systems import needs_posix


def add(waiting: Spool, sequence: int, body: bytes = b"body") -> str:
    report_id = f"00000000-0000-4000-8000-{sequence:012}"
    waiting.add(report_id, sequence, body)
    return report_id


def test_reports_wait_oldest_first_as_the_exact_bytes(tmp_path: Path) -> None:
    waiting = Spool(tmp_path)
    for sequence in (2, 10, 1):
        add(waiting, sequence, b"\x1f\x8b\n\x00" + bytes([sequence]))
    found = list(Spool(tmp_path).pending())
    assert [report.sequence for report in found] == [1, 2, 10]
    assert [report.body[-1] for report in found] == [1, 2, 10]


def test_a_report_is_let_go_only_when_said_sent(tmp_path: Path) -> None:
    waiting = Spool(tmp_path)
    add(waiting, 1)
    (report,) = waiting.pending()
    assert len(waiting) == 1
    waiting.sent(report)
    assert len(waiting) == 0


def test_a_refused_report_is_kept_aside_with_its_reason(tmp_path: Path) -> None:
    waiting = Spool(tmp_path)
    report_id = add(waiting, 1)
    (report,) = waiting.pending()
    waiting.refused(report, "champ inconnu")
    assert len(waiting) == 0
    assert waiting.aside == [(f"0000000001-{report_id}", "champ inconnu")]
    assert (tmp_path / "aside" / f"0000000001-{report_id}.report").exists()


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "no header", "odd header"])
def test_a_damaged_file_is_set_aside_and_holds_up_nothing(damage: str, tmp_path: Path) -> None:
    waiting = Spool(tmp_path)
    add(waiting, 1, b"x" * 100)
    add(waiting, 2)
    path = min((tmp_path / "spool").iterdir())
    content = path.read_bytes()
    path.write_bytes(
        {
            "cut": content[:-1],
            "flipped": content[:-1] + b"y",
            "empty": b"",
            "no header": b"{\n" + content,
            "odd header": b"[]\nx",
        }[damage]
    )
    assert [report.sequence for report in waiting.pending()] == [2]
    assert "abîmé" in waiting.aside[0][1]


def test_past_its_bounds_the_oldest_go_and_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "MAX_REPORTS", 3)
    waiting = Spool(tmp_path)
    for sequence in range(1, 6):
        add(waiting, sequence)
    assert [report.sequence for report in waiting.pending()] == [3, 4, 5]
    assert waiting.dropped == 2
    monkeypatch.setattr(spool, "MAX_BYTES", 1000)
    add(waiting, 6, b"x" * 900)
    assert [report.sequence for report in waiting.pending()] == [6]
    assert waiting.dropped == 5


@needs_posix
def test_nothing_of_the_spool_is_for_others_to_read(tmp_path: Path) -> None:
    add(Spool(tmp_path), 1)
    assert (tmp_path / "spool").stat().st_mode & 0o077 == 0
    assert next((tmp_path / "spool").iterdir()).stat().st_mode & 0o077 == 0


WRITER = """
import sys
from pathlib import Path
from agent.spool import Spool
waiting = Spool(Path(sys.argv[1]))
for sequence in range(1, 100_000):
    waiting.add(f"00000000-0000-4000-8000-{sequence:012}", sequence, b"x" * 5000)
    print(sequence, flush=True)
"""


@pytest.mark.parametrize("after_ms", [1, 7, 23, 61, 150])
def test_a_cut_at_any_moment_leaves_every_kept_report_whole(after_ms: int, tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(after_ms / 1000)
    child.kill()
    said = [1, *(int(line) for line in child.communicate()[0].split())]
    waiting = Spool(tmp_path)
    kept = [report.sequence for report in waiting.pending()]
    assert waiting.aside == []
    assert set(said[-spool.MAX_REPORTS :]) <= set(kept) | set(range(1, max(said) - spool.MAX_REPORTS + 2))
    assert kept == sorted(set(kept))


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    with durable.held(tmp_path), pytest.raises(durable.InUse), durable.held(tmp_path):
        pass
    with durable.held(tmp_path):
        pass


def test_the_header_of_a_file_says_what_the_bytes_are(tmp_path: Path) -> None:
    add(Spool(tmp_path), 7, b"abc")
    head = json.loads(next((tmp_path / "spool").iterdir()).read_bytes().split(b"\n")[0])
    assert (head["sequence"], head["sha256"]) == (7, hashlib.sha256(b"abc").hexdigest())
