"""Is damage done to the directory mended, or told line by line without losing a good one?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.directory import Row
from collector.sheet import BadFile, Refusal
from tests.collector.directory_rows import SCHOOL, one, read, refusal, table


@pytest.mark.parametrize(
    ("title", "damaged", "field", "value"),
    [
        ("Identifiant_de_l_etablissement", "300185N", "uai", "0300185N"),
        ("Identifiant_de_l_etablissement", "0300185n ", "uai", "0300185N"),
        ("Identifiant_de_l_etablissement", '="0300185N"', "uai", "0300185N"),
        ("Code_departement", "30", "departement_code", "030"),
        ("Code_departement", "30,0", "departement_code", "030"),
        ("Code_departement", "9", "departement_code", "009"),
        ("Code_departement", "2A", "departement_code", "02A"),
        ("Code_departement", "02b", "departement_code", "02B"),
        ("Code_departement", "620", "departement_code", "02A"),
        ("Code_departement", "974", "departement_code", "974"),
        ("Code_commune", "1001", "commune_code", "01001"),
        ("Code_commune", "30007.0", "commune_code", "30007"),
        ("Code_commune", "2a004", "commune_code", "2A004"),
        ("Code_academie", "2", "academie_code", "02"),
        ("Code_academie", "'02", "academie_code", "02"),
        ("Nombre_d_eleves", "118,0", "pupils", 118),
        ("Nombre_d_eleves", "118.0", "pupils", 118),
        ("Nombre_d_eleves", "1 118", "pupils", 1118),
        ("Nombre_d_eleves", "1,18E+02", "pupils", 118),
        ("Nombre_d_eleves", "", "pupils", None),
        ("latitude", "44,137", "latitude", 44.137),
        ("latitude", "4,41372E+01", "latitude", 44.1372),
        ("Nom_commune", "  Saint   Jean ", "commune_name", "Saint Jean"),
        ("etat", "A FERMER", "is_open", True),
        ("etat", "FERME", "is_open", False),
        ("Statut_public_prive", "Privé", "sector", "privé"),
        ("code_nature", "162", "nature", "spécialisée"),
        ("code_nature", "103", "nature", "maternelle"),
        ("code_nature", "", "nature", "maternelle"),
        ("Type_etablissement", "", "nature", "maternelle"),
        ("Type_etablissement", "École", "nature", "maternelle"),
    ],
)
def test_damage_is_mended(title: str, damaged: str, field: str, value: object) -> None:
    assert getattr(one(table({**SCHOOL, title: damaged})), field) == value


@pytest.mark.parametrize(
    ("title", "wrong", "why"),
    [
        ("Identifiant_de_l_etablissement", "0300185A", "lettre N"),
        ("Identifiant_de_l_etablissement", "", "vide"),
        ("Nom_etablissement", "", "vide"),
        ("Code_commune", "3,0E+04", "tableur"),
        ("Code_commune", "Alès", "code"),
        ("Code_departement", "Gard", "code"),
        ("Code_academie", "#REF!", "code"),
    ],
)
def test_a_line_without_what_it_needs_is_refused_and_the_others_stay(title: str, wrong: str, why: str) -> None:
    other = {**SCHOOL, "Identifiant_de_l_etablissement": "0311131L"}
    found = read(table({**SCHOOL, title: wrong}, other))
    refused, good = found
    assert isinstance(refused, Refusal)
    assert (refused.line, refused.field, refused.value, refused.kept) == (2, title, wrong, False)
    assert why in refused.problem
    assert str(refused).startswith(f"ligne 2, {title} : ")
    assert isinstance(good, Row)
    assert good.uai == "0311131L"


@pytest.mark.parametrize(
    ("title", "wrong", "field"),
    [
        ("Nombre_d_eleves", "beaucoup", "pupils"),
        ("Nombre_d_eleves", "118,5", "pupils"),
        ("Nombre_d_eleves", "-3", "pupils"),
        ("latitude", "4413726264629952", "latitude"),
        ("longitude", "########", "longitude"),
        ("Statut_public_prive", "Autre", "sector"),
        ("code_circonscription", "0300072A", "circonscription_code"),
    ],
)
def test_a_wrong_detail_is_left_out_and_told(title: str, wrong: str, field: str) -> None:
    row, remark = read(table({**SCHOOL, title: wrong}))
    assert isinstance(row, Row)
    assert field in row.unsaid
    assert isinstance(remark, Refusal)
    assert (remark.line, remark.field, remark.value, remark.kept) == (2, title, wrong, True)


def test_the_first_of_two_lines_for_one_school_is_taken() -> None:
    first, second = read(table(SCHOOL, {**SCHOOL, "Nom_etablissement": "Annexe", "Nombre_d_eleves": "?"}))
    assert isinstance(first, Row)
    assert isinstance(second, Refusal)
    assert second.kept
    assert "ligne 2" in second.problem


@pytest.mark.parametrize("name", ['"Le Moulin', 'Ecole "Le Moulin"', '"Ecole" Le Moulin', '"Ecole; Le Moulin"'])
def test_a_quote_costs_no_other_line(name: str) -> None:
    good = [{**SCHOOL, "Identifiant_de_l_etablissement": uai} for uai in ("0311131L", "0940176F", "9760102G")]
    found = read(table(good[0], {**SCHOOL, "Nom_etablissement": name}, *good[1:]))
    assert [row.uai for row in found if isinstance(row, Row)] == ["0311131L", "0300185N", "0940176F", "9760102G"]


def test_a_quoted_cell_may_hold_line_ends_and_lines_keep_their_numbers() -> None:
    wide = {**SCHOOL, "Nom_etablissement": '"Ecole\nLe ""Moulin"""'}
    found = read(table(wide, {**SCHOOL, "Identifiant_de_l_etablissement": "0311131L"}))
    assert [(row.line, row.name) for row in found if isinstance(row, Row)] == [
        (2, 'Ecole Le "Moulin"'),
        (4, "Ecole maternelle Le Moulin"),
    ]


def test_a_separator_too_many_is_told() -> None:
    found = refusal(table({**SCHOOL, "Nom_etablissement": "Ecole; Le Moulin"}))
    assert (found.line, found.kept) == (2, False)
    assert "22 cases au lieu de 21" in found.problem


def test_one_line_in_another_encoding_spoils_nothing() -> None:
    other = table({**SCHOOL, "Identifiant_de_l_etablissement": "0311131L"}).splitlines()[1]
    found = read(table(SCHOOL).encode() + other.encode("cp1252") + b"\n")
    assert [row.commune_name for row in found if isinstance(row, Row)] == ["Alès", "Alès"]


@given(st.binary(max_size=40), st.integers(0, 10_000))
def test_any_damage_is_a_refusal_or_a_bad_file(noise: bytes, place: int) -> None:
    good = table(*({**SCHOOL, "Identifiant_de_l_etablissement": uai} for uai in ("0311131L", "0300185N"))).encode()
    place %= len(good)
    try:
        found = read(good[:place] + noise + good[place:])
    except BadFile:
        return
    assert all(isinstance(row, Row | Refusal) for row in found)
