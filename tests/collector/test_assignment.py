"""Is what is expected of schools read in each form, and its faults told line by line?"""

from datetime import date

import pytest

from collector.assignment import Assignment, rows
from collector.sheet import BadFile, Refusal, read_sheet

HEADER = "uai;postes;vague;ouverture;profil\n"
LINE = "0300185N;8;2;01/09/2027;demonstration\n"


def read(content: str | bytes) -> list[Assignment | Refusal]:
    return list(rows(read_sheet(content if isinstance(content, bytes) else content.encode())))


FORMS = {
    "as told": (HEADER + LINE).encode(),
    "BOM": (HEADER + LINE).encode("utf-8-sig"),
    "CRLF, commas": (HEADER + LINE).replace(";", ",").replace("\n", "\r\n").encode(),
    "tabs": (HEADER + LINE).replace(";", "\t").encode(),
    "capitals": (HEADER.upper() + LINE).encode(),
    "ISO day": (HEADER + LINE).replace("01/09/2027", "2027-09-01").encode(),
    "ISO instant": (HEADER + LINE).replace("01/09/2027", "2027-09-01T00:00:00+02:00").encode(),
    "short day": (HEADER + LINE).replace("01/09/2027", "1/9/2027").encode(),
    "numbers by a spreadsheet": (HEADER + LINE).replace(";8;2;", ";8,0;2,0;").encode(),
    "zeros lost": (HEADER + LINE).replace("0300185N", "300185n").encode(),
    "wave in words": (HEADER + LINE).replace(";2;", ";Vague 2;").encode(),
    "other columns, other order": b"Profil;Ecole;Vague;UAI;Ouverture;Postes\n"
    b"demonstration;Le Moulin;2;0300185N;01/09/2027;8\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_line_in_each_form(form: str) -> None:
    assert read(FORMS[form]) == [
        Assignment(
            line=2,
            uai="0300185N",
            expected_workstations=8,
            wave="2",
            opens_on=date(2027, 9, 1),
            profile_id="demonstration",
        )
    ]


def test_an_empty_cell_says_nothing_and_a_dash_takes_away() -> None:
    (found,) = read("uai;postes;vague\n0300185N;;-\n")
    assert isinstance(found, Assignment)
    assert found.unsaid == {"expected_workstations", "opens_on", "profile_id"}
    assert found.wave is None


@pytest.mark.parametrize(
    ("good", "wrong", "field", "why"),
    [
        ("0300185N", "0300185A", "uai", "lettre N"),
        ("0300185N", "", "uai", "vide"),
        (";8;", ";huit;", "postes", "nombre"),
        (";8;", ";8,5;", "postes", "entier"),
        (";8;", ";-1;", "postes", "0 à"),
        (";8;", ";99999;", "postes", "0 à"),
        (";2;", ";a/b;", "vague", "vague"),
        ("01/09/2027", "31/02/2027", "ouverture", "JJ/MM/AAAA"),
        ("01/09/2027", "septembre", "ouverture", "JJ/MM/AAAA"),
        ("01/09/2027", "46631", "ouverture", "JJ/MM/AAAA"),
        ("01/09/2027", "0000-01-01", "ouverture", "JJ/MM/AAAA"),
        ("demonstration", "mon profil", "profil", "profil"),
    ],
)
def test_a_wrong_line_is_refused_alone(good: str, wrong: str, field: str, why: str) -> None:
    refused, kept = read(HEADER + LINE.replace(good, wrong) + LINE.replace("0300185N", "0311131L"))
    assert isinstance(refused, Refusal)
    assert (refused.line, refused.field, refused.kept) == (2, field, False)
    assert why in refused.problem
    assert isinstance(kept, Assignment)
    assert kept.uai == "0311131L"


def test_a_second_line_for_one_school_is_refused() -> None:
    _, second = read(HEADER + LINE + LINE.replace(";8;", ";9;"))
    assert isinstance(second, Refusal)
    assert second.line == 3
    assert "ligne 2" in second.problem


@pytest.mark.parametrize("header", ["uai", "postes;vague", "ecole;postes"])
def test_another_header_is_refused(header: str) -> None:
    with pytest.raises(BadFile, match="uai;postes;vague"):
        read(f"{header}\n0300185N;8\n")
