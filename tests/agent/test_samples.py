"""Every reading says what it rests on: docs/samples.md names every question and every sample, and their kind."""

import re
from pathlib import Path

import pytest

from checks.machine import QUESTIONS
from tests.agent.samples import SAMPLES
from tests.agent.win32.recorded import SAMPLES as EXPORTS
from tests.replay import MACHINES

ROOT = Path(__file__).parents[2]
MEASURED = {
    *("portal", "dns_answers", "resolve", "connect", "handshake", "packet_sizes", "families", "fetch", "sockets"),
    *("latency", "throughput", "collector_clock", "server_clocks", "controls", "page_features", "page_images"),
}
"""Questions answered by packets of our own, or by a page."""
SAID = re.compile(r"/seen/|/seen_|_seen\.|/recorded/|/recorded_|_recorded\.|/debian_12/|/windows_wine_")
FILES = [p for folder in (SAMPLES, EXPORTS, MACHINES) for p in sorted(folder.rglob("*")) if p.is_file()]
PAGE = (ROOT / "docs" / "samples.md").read_text(encoding="utf-8")


def tables() -> dict[str, dict[str, tuple[str, str]]]:
    """By system and question: what is recorded or seen, and what is written."""
    parts = re.split(r"^## (\w+)\n", PAGE, flags=re.MULTILINE)[1:]
    return {
        system: {
            row[0]: (row[1], row[2]) for row in re.findall(r"^\| `(\w+)` \|([^|]*)\|([^|]*)\|$", text, re.MULTILINE)
        }
        for system, text in zip(parts[::2], parts[1::2], strict=True)
        if system in ("Windows", "Linux", "macOS")
    }


def meant(name: str, system: str) -> list[Path]:
    """The files that a name of the page stands for."""
    folders = {
        "Windows": ("/win32/samples/", "/samples/windows/"),
        "Linux": ("/samples/linux/",),
        "macOS": ("/samples/macos/",),
    }
    held = [p for p in FILES if p.as_posix().endswith(f"/{name}")]
    return [p for p in held if any(part in p.as_posix() for part in (*folders[system], "/tests/machines/"))]


def named(cell: str) -> list[str]:
    return [
        name
        for name in re.findall(r"`([^`]+)`", cell)
        if not name.endswith(".py") and name != "wlanapi" and name != "psutil"
    ]


@pytest.mark.parametrize("system", ["Windows", "Linux", "macOS"])
def test_every_question_says_what_its_reading_rests_on(system: str) -> None:
    rows = tables()[system]
    assert set(rows) == set(QUESTIONS) - MEASURED
    for question, (said, written) in rows.items():
        assert said.strip() or written.strip(), f"{question} rests on nothing"
        for name in named(said):
            found = meant(name, system)
            assert found, f"{question}: {name} is not there"
            assert all(SAID.search(p.as_posix()) for p in found), f"{question}: {name} was written by hand"
        for name in named(written):
            found = meant(name, system)
            assert found, f"{question}: {name} is not there"
            assert not all(SAID.search(p.as_posix()) for p in found), f"{question}: {name} is recorded or seen"


def test_every_sample_has_its_place() -> None:
    samples = [p for p in FILES if p.name != "README.md" and MACHINES not in p.parents]
    lost = [p.name for p in samples if not re.search(rf"`(\S+/)?{re.escape(p.name)}`", PAGE)]
    assert lost == []


@pytest.mark.parametrize("folder", [SAMPLES, EXPORTS])
def test_what_was_seen_or_recorded_tells_where(folder: Path) -> None:
    told = (folder / "README.md").read_text(encoding="utf-8")
    said = [p for p in FILES if folder in p.parents and SAID.search(p.as_posix())]
    untold = [p.name for p in said if p.name not in told and f"{p.parent.name}`" not in told]
    assert untold == []
