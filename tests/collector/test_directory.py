"""Is the open directory read in each of its real forms?"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from collector import assignment, directory
from collector.directory import Row, short_name
from collector.sheet import BadFile, read_sheet
from tests.collector.directory_rows import OFFICE, SCHOOL, one, read, table, without


def test_a_school_as_the_2024_export_has_it() -> None:
    assert one(table(SCHOOL)) == Row(
        line=2,
        uai="0300185N",
        name="Ecole maternelle Le Moulin",
        nature="maternelle",
        sector="public",
        contract="",
        commune_code="30007",
        commune_name="Alès",
        departement_code="030",
        departement_name="Gard",
        academie_code="11",
        academie_name="Montpellier",
        circonscription_code="0300072R",
        circonscription_name="Alès 1",
        pupils=118,
        latitude=44.13726264629952,
        longitude=4.0917604319204,
        is_open=True,
    )


FORMS: Mapping[str, bytes] = {
    "BOM": table(SCHOOL).encode("utf-8-sig"),
    "CRLF": table(SCHOOL).replace("\n", "\r\n").encode(),
    "CR": table(SCHOOL).replace("\n", "\r").encode(),
    "Windows-1252": table(SCHOOL).encode("cp1252"),
    "UTF-16": table(SCHOOL).encode("utf-16"),
    "comma": table({k: v.replace(",", " ") for k, v in SCHOOL.items()}, separator=",").encode(),
    "tab": table(SCHOOL, separator="\t").encode(),
    "Excel's hint": b"sep=;\r\n" + table(SCHOOL).replace("\n", "\r\n").encode("cp1252"),
    "blank lines": table(SCHOOL).replace("\n", "\n\n;;;;\n").encode(),
    "empty cells after the header's end": table(SCHOOL).replace("\n", ";;;\n").encode(),
    "all quoted": table(SCHOOL, separator='";"').replace("\n", '"\n"').join('""').removesuffix('""').encode(),
    "API": table(SCHOOL, title=str.lower).encode(),
    "spaces in titles": table(SCHOOL, title=lambda name: name.replace("_", " ")).encode(),
    "accents in titles": table(SCHOOL, title=lambda name: name.replace("departement", "département")).encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_school_in_each_form(form: str) -> None:
    found = one(FORMS[form])
    assert {**vars_of(found), "line": 2} == vars_of(one(table(SCHOOL)))


def vars_of(row: Row) -> dict[str, object]:
    return {name: getattr(row, name) for name in Row.__dataclass_fields__}


def test_2026_has_no_pupils_and_says_so() -> None:
    found = one(without("Nombre_d_eleves"))
    assert found.pupils is None
    assert found.unsaid == {"pupils"}


def test_2023_names_circonscriptions_and_codes_only_their_offices() -> None:
    rows = [{k: v for k, v in row.items() if k != "code_circonscription"} for row in (SCHOOL, OFFICE)]
    found = one(table(*rows, title=lambda name: name.replace("Code_postal", "Code postal")))
    assert (found.circonscription_code, found.circonscription_name) == ("0300072R", "Alès 1")
    assert "circonscription_code" not in found.unsaid
    alone = one(table(rows[0]))
    assert alone.circonscription_code is None
    assert alone.unsaid == {"circonscription_code", "circonscription_name"}


@pytest.mark.parametrize(
    ("nursery", "elementary", "nature"), [("1", "1", "primaire"), ("0", "1", "élémentaire"), ("", "", "primaire")]
)
def test_an_elementary_school_with_a_nursery_is_primary(nursery: str, elementary: str, nature: str) -> None:
    row = {**SCHOOL, "code_nature": "151", "Ecole_maternelle": nursery, "Ecole_elementaire": elementary}
    assert one(table(row)).nature == nature


def test_a_private_school_has_its_contract() -> None:
    private = {**SCHOOL, "Statut_public_prive": "Privé", "Type_contrat_prive": "HORS CONTRAT"}
    assert one(table(private)).contract == "hors contrat"


def test_other_establishments_are_passed_over_even_when_wrong() -> None:
    college = {**SCHOOL, "Type_etablissement": "Collège", "code_nature": "340", "Identifiant_de_l_etablissement": "?"}
    assert [row.line for row in read(table(college, SCHOOL, OFFICE))] == [3]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "vide"),
        (b"\n\n  \n", "vide"),
        (b"PK\x03\x04xxxx", "CSV"),
        (b"\0\1\2\3", "texte"),
        (without("Code_commune").encode(), "code_commune"),
        (without("Type_etablissement", "code_nature").encode(), "code_nature"),
    ],
)
def test_an_unusable_file_says_why(content: bytes, why: str) -> None:
    with pytest.raises(BadFile, match=why):
        read(content)


def test_a_missing_file_says_why(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="existe pas"):
        directory.read(tmp_path / "absent.csv")
    with pytest.raises(BadFile, match="illisible"):
        directory.read(tmp_path)
    with pytest.raises(BadFile, match="en-tête"):
        assignment.rows(read_sheet(b"a;b\n1;2\n"))


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("Circonscription d'inspection du 1er degré de Béziers  Nord", "Béziers  Nord"),
        ("Circonscription d inspection du 1er degré de Béziers Centre", "Béziers Centre"),
        ("Circonscription d’inspection du 1er degré d’Albi", "Albi"),
        ("Circonscription d'inspection du 1er degré du Littoral", "Littoral"),
        ("Circonscription d'inspection du 1er degré - ASH Ecole Inclusive + Privé", "ASH Ecole Inclusive + Privé"),
        ("Circonscription d'inspection du 1er degré Carcassonne", "Carcassonne"),
        ("Circonscription du 1er degré de Tarbes Val d'Adour", "Tarbes Val d'Adour"),
        ("Circonscription TARBES ASH SEMEAC", "TARBES ASH SEMEAC"),
        ("Muret", "Muret"),
        ("Circonscription", "Circonscription"),
        ("", ""),
    ],
)
def test_circonscriptions_go_by_their_short_name(long: str, short: str) -> None:
    assert short_name(long) == short
