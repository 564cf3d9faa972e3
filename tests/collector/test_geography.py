"""Is each commune in its EPCI?"""

from importlib.resources import files

import pytest

from collector.geography import communes_of, epci_of


@pytest.mark.parametrize(
    ("commune", "epci"),
    [
        ("31555", "Toulouse Métropole"),
        ("75101", "Métropole du Grand Paris"),
        ("75120", "Métropole du Grand Paris"),
        ("69381", "Métropole de Lyon"),
        ("13216", "Métropole d'Aix-Marseille-Provence"),
        ("2A004", "CA du Pays Ajaccien"),
        ("01039", "CC Bugey Sud"),
    ],
)
def test_communes_arrondissements_and_former_communes(commune: str, epci: str) -> None:
    found = epci_of(commune)
    assert found is not None
    assert found.name == epci


@pytest.mark.parametrize("commune", ["99001", "29083", "", "31", "98818"])
def test_in_none_or_unknown(commune: str) -> None:
    assert epci_of(commune) is None


def test_a_city_is_its_arrondissements() -> None:
    assert len(communes_of("75056")) == 21
    assert communes_of("69123")[1] == "69381"
    assert communes_of("13055")[-1] == "13216"
    assert communes_of("31555") == ("31555",)
    assert {epci_of(code) for code in communes_of("13055")} == {epci_of("13055")}


def test_the_data_says_where_it_comes_from_and_stays_small() -> None:
    content = (files("collector") / "data" / "epci.csv").read_bytes()
    first, second = content.decode().splitlines()[:2]
    assert "@etalab/decoupage-administratif" in first
    assert "lu le" in first
    assert "Licence Ouverte" in second
    assert len(content) < 260_000
