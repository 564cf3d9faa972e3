"""Which texts name a territory?"""

import pytest

from collector.territory import NATION, BadTerritory, Territory, parse_territory


@pytest.mark.parametrize(
    "text",
    [
        "nation",
        "academie:16",
        "departement:031",
        "departement:02A",
        "departement:971",
        "circonscription:0300072R",
        "epci:243100518",
        "commune:31555",
        "commune:2A004",
        "wave:2",
        "wave:pilote 1.b",
    ],
)
def test_ids_come_back_as_they_are(text: str) -> None:
    assert str(parse_territory(text)) == text


def test_capitals_and_spaces_do_not_count() -> None:
    assert parse_territory(" Nation ") == NATION
    assert parse_territory("COMMUNE: 2a004") == Territory("commune", "2A004")
    assert parse_territory("circonscription:0300072r").code == "0300072R"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "nation"),
        ("planete:1", "s'écrit"),
        ("nation:1", "s'écrit"),
        ("academie:", "deux chiffres"),
        ("academie:1", "deux chiffres"),
        ("academie:16' OR 1=1", "deux chiffres"),
        ("departement:31", "trois signes"),
        ("circonscription:0300072A", "lettre R"),
        ("commune:1234", "code INSEE"),
        ("epci:2431", "SIREN"),
        ("wave:", "vingt"),
        ("wave:" + "x" * 21, "vingt"),
        ("wave:a/b", "vingt"),
    ],
)
def test_others_are_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(BadTerritory, match=why):
        parse_territory(text)
