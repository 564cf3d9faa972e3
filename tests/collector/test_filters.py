"""Filters live in addresses: what is read is what was written, and nonsense is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Outcome
from collector.filters import CONTRACT_WORDS, NATURE_WORDS, OUTCOME_WORDS, SECTOR_WORDS, BadFilter, Filters, read

FILTERS = st.builds(
    Filters,
    outcome=st.none() | st.sampled_from(list(OUTCOME_WORDS.values())),
    sector=st.none() | st.sampled_from(list(SECTOR_WORDS.values())),
    contract=st.none() | st.sampled_from(list(CONTRACT_WORDS.values())),
    nature=st.none() | st.sampled_from(list(NATURE_WORDS.values())),
    wave=st.none() | st.from_regex(r"\A[A-Za-z0-9é.-]([A-Za-z0-9é .-]{0,18}[A-Za-z0-9é.-])?\Z"),
)


@given(FILTERS)
def test_what_an_address_says_is_what_was_chosen(filters: Filters) -> None:
    assert read(filters.chosen) == filters
    assert bool(filters) == bool(filters.address) == bool(filters.named)


def test_nothing_asked_keeps_all() -> None:
    assert read({}) == read({"etat": "", "vague": " ", "autre": "x"}) == Filters()
    assert Filters().address == ""


def test_filters_are_taken_away_and_added() -> None:
    filters = read({"etat": "non-pret", "secteur": "prive", "contrat": "hors"})
    assert filters.without("outcome").address == "secteur=prive&contrat=hors"
    assert filters.having(outcome=Outcome.READY).address == "etat=pret&secteur=prive&contrat=hors"
    assert [words for _, words in filters.named] == ["non prêt", "écoles privées", "hors contrat"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"etat": "vert"}, "etat : « vert » n'est pas un choix ; choix connus : pret, reserves, non-pret, inconnu"),
        ({"secteur": "<b>"}, "secteur : « <b> »"),
        ({"vague": "x" * 60}, "n'est pas le nom d'une vague"),
        ({"vague": "'; DROP"}, "n'est pas le nom d'une vague"),
        ({"type": "lycee"}, "choix connus : maternelle, elementaire"),
    ],
)
def test_nonsense_is_named(query: dict[str, str], said: str) -> None:
    with pytest.raises(BadFilter) as refused:
        read(query)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 160
