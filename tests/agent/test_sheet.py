"""An audit as a page to hand over: it says what the screen says, and nothing in it is taken for markup."""

from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from agent import recording
from agent.cli import main
from agent.requirements import Required
from agent.sheet import page
from checks.decide import decide
from checks.model import Context
from checks.profile import parse
from tests.replay import MACHINES

PROFILE = MACHINES / "profile.toml"
RECORDED = MACHINES / "name_refused_one_service.json"


class Read(HTMLParser):
    """What a browser would make of a page: its texts, and the elements left open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts += [data.strip()] if data.strip() else []


def test_the_page_says_what_the_screen_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "été.html"
    arguments = ["audit", "--replay", str(RECORDED), "--profile", str(PROFILE)]
    assert main([*arguments, "--html", str(path)]) == 20
    shown = capsys.readouterr().out
    read = Read(path.read_text(encoding="utf-8"))
    assert read.open == []
    assert read.links == [], "it asks for nothing"
    text = " ".join(read.texts)
    for line in filter(None, (line.strip() for line in shown.splitlines())):
        said = line.partition(") : ")[2] if line[0] in "✓!✗?" else line.removeprefix("→ ")
        assert said in text or line.startswith("Ce poste"), line
    assert "Ce poste : Non prêt (2 contrôles en cause)" in text
    assert "Fait le 24/11/2026" in text


def test_nothing_of_a_profile_is_taken_for_markup() -> None:
    toml = PROFILE.read_text(encoding="utf-8").replace("Profil des tests", "<script>alert(1)</script> & cie")
    profile = parse(toml)
    held = recording.read(RECORDED)
    attempts = recording.replay(held, profile)
    verdicts = decide(recording.observations(attempts), profile, Context(opens_on=date(2027, 1, 4)))
    html = page(verdicts, Required(profile=profile), datetime(2026, 11, 25, 9, 30, tzinfo=UTC))
    assert "<script" not in html
    assert "<script>alert(1)</script> & cie" in " ".join(Read(html).texts)


def test_a_page_is_not_written_over_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "audit.html"
    path.write_text("à garder", encoding="utf-8")
    assert main(["audit", "--replay", str(RECORDED), "--profile", str(PROFILE), "--html", str(path)]) == 64
    assert "existe déjà" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "à garder"
    with pytest.raises(SystemExit) as usage:
        main(["audit", "--html", str(tmp_path / "b.html"), "--json"])
    assert usage.value.code == 64
    assert (
        main(["audit", "--replay", str(RECORDED), "--profile", str(PROFILE), "--html", str(tmp_path / "x" / "a")]) == 70
    )
    assert "n'existe pas" in capsys.readouterr().err
