"""Contacts are read from the files people have; a line that cannot be one is named, and the rest is taken."""

from pathlib import Path

import pytest

from collector.cli import main
from collector.settings import Settings

LINES = """territoire;acteur;nom;courriel;telephone
departement:099;commune;Conseil départemental;ecoles@cd.exemple.fr;05 61 00 00 00
academie:99;academie;DSI;dsi@ac.exemple.fr
lune;commune;Mairie;mairie@exemple.fr;
commune:99001;maire;Mairie;mairie@exemple.fr;
commune:99001;commune;Mairie;mairie;
"""


def run(*arguments: str) -> int:
    return main(["contacts", *arguments])


@pytest.fixture
def folder(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    return tmp_path


def test_a_file_is_taken_but_for_the_lines_that_cannot_be(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "contacts.csv"
    file.write_bytes(LINES.encode("cp1252").replace(b"\n", b"\r\n"))
    assert run("import", str(file)) == 1
    said = capsys.readouterr()
    assert "2 contacts lus, dont 2 nouveaux" in said.out
    assert "ligne 4, territoire : « lune »" in said.err
    assert "ligne 5, acteur : « maire » n'est pas un acteur" in said.err
    assert "ligne 6, courriel : « mairie » n'est pas une adresse" in said.err
    assert run("list", "departement:099") == 0
    assert "commune : Conseil départemental, ecoles@cd.exemple.fr, 05 61 00 00 00" in capsys.readouterr().out
    file.write_text("\n".join(LINES.splitlines()[:3]), encoding="utf-8-sig")
    assert run("import", str(file)) == 0
    assert "2 contacts lus, dont 0 nouveau" in capsys.readouterr().out


def test_what_is_not_such_a_file_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "autre.csv"
    file.write_text("uai;postes\n0310000A;3\n", encoding="utf-8")
    assert run("import", str(file)) == 1
    assert "il manque la colonne territoire, acteur, nom, courriel" in capsys.readouterr().err
    assert run("list", "commune:99001") == 0
    assert "aucun contact" in capsys.readouterr().out
