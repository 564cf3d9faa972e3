"""Does the check letter catch what it must?"""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from collector.uai import LETTERS, BadUai, check_letter, parse_uai

digits = st.text("0123456789", min_size=7, max_size=7)
uais = digits.map(lambda seven: seven + check_letter(seven))


@pytest.mark.parametrize(
    "uai",
    ["0300185N", "0350122T", "0940176F", "9760102G", "0700585F", "0311131L", "6200092F", "6200102S", "0300072R"],
)
def test_real_codes(uai: str) -> None:
    assert parse_uai(uai) == uai


@given(uais, st.integers(0, 8))
def test_capitals_and_spaces_do_not_count(uai: str, place: int) -> None:
    assert parse_uai(f" {uai[:place]} {uai[place:].lower()}\t") == uai


@given(uais, st.integers(0, 6), st.sampled_from("0123456789"))
def test_one_wrong_digit_always_shows(uai: str, place: int, digit: str) -> None:
    assume(uai[place] != digit)
    with pytest.raises(BadUai):
        parse_uai(uai[:place] + digit + uai[place + 1 :])


@given(uais, st.integers(0, 5))
def test_two_neighbours_swapped_always_show(uai: str, place: int) -> None:
    assume(uai[place] != uai[place + 1])
    with pytest.raises(BadUai):
        parse_uai(uai[:place] + uai[place + 1] + uai[place] + uai[place + 2 :])


@given(uais, st.sampled_from(LETTERS))
def test_any_other_letter_is_refused(uai: str, letter: str) -> None:
    assume(uai[-1] != letter)
    with pytest.raises(BadUai, match=uai[-1]):
        parse_uai(uai[:7] + letter)


@given(uais)
def test_lost_zeros_come_back(uai: str) -> None:
    short = uai.lstrip("0")
    if len(short) >= 6:
        assert parse_uai(short, zeros_lost=True) == uai
    if short != uai:
        with pytest.raises(BadUai):
            parse_uai(short)


@given(st.text())
def test_any_text_is_a_uai_or_says_why(text: str) -> None:
    try:
        found = parse_uai(text, zeros_lost=True)
    except BadUai:
        return
    assert parse_uai(found) == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "manque"),
        ("0300185A", "lettre N"),
        ("0300185I", "aucun code"),
        ("0300185", "lettre finale"),
        ("O300185N", "chiffre zéro"),
        ("Ecole de Nîmes", "sept chiffres"),
        ("0000000ſ", "sept chiffres"),
        ("٠٣٠٠١٨٥N", "sept chiffres"),
    ],
)
def test_says_why(text: str, why: str) -> None:
    with pytest.raises(BadUai, match=why):
        parse_uai(text)


@pytest.mark.parametrize("text", ["", "123456", "12345678", "abcdefg", "١٢٣٤٥٦٧"])
def test_only_seven_digits_have_a_letter(text: str) -> None:
    with pytest.raises(ValueError, match="seven digits"):
        check_letter(text)
