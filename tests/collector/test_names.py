"""Schools are ordered and found as people would."""

import pytest

from collector.names import folded, listed_as, searched


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("École élémentaire d'Équeurdreville", "ecole elementaire d equeurdreville"),
        ("Saint-Sauvy  (2)", "saint sauvy 2"),
        ("CŒUR de Ville", "coeur de ville"),
        ("مدرسة", "مدرسة"),
        ("100%_\\", "100"),
        ("\t\n", ""),
    ],
)
def test_accents_case_and_signs_do_not_count(text: str, plain: str) -> None:
    assert folded(text) == plain


def test_communes_then_names_then_codes_make_the_order() -> None:
    schools = [
        listed_as("Saint-Sauvy", "Ecole", "0320001A"),
        listed_as("Saint Sauvy-le-Haut", "Ecole", "0320000A"),
        listed_as("Équerre", "Ecole B", "0310002A"),
        listed_as("Equerre", "École A", "0310003A"),
        listed_as("Vieille", "Ecole", "0310001A"),
    ]
    assert sorted(schools) == [schools[3], schools[2], schools[0], schools[1], schools[4]]


def test_a_search_is_its_words_each_once() -> None:
    assert searched("  école DU moulin, École ") == ["ecole", "du", "moulin"]
    assert searched("0310002a") == ["0310002a"]
    assert searched("%_'") == []
