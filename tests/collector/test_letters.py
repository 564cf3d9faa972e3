"""A text ready to send names what was seen, where, and exactly what to open or install."""

import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from checks.actors import Actor
from collector.answers import SchoolReadiness
from collector.letters import Letter, letters
from collector.store.engine import Store
from collector.store.school_summary import school_readiness
from tests.collector.measured import LIBELLULES, MARELLE, MOULIN, fill_database, open_app

ADDRESS = "https://preau.example.fr/ecoles/0990019H"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    _, store = open_app(tmp_path_factory.mktemp("letters"))
    with store:
        fill_database(store, int(time.time()))
        yield store


def found(store: Store, uai: str) -> SchoolReadiness:
    with store.reading() as session:
        readiness = school_readiness(session, uai, int(time.time()))
    assert readiness is not None
    return readiness


def test_the_commune_is_told_which_authority_on_which_workstations(store: Store) -> None:
    letter = letters(found(store, MOULIN), ADDRESS)[0]
    assert letter.actor is Actor.COMMUNE
    assert letter.subject.startswith("ENT, Ecole maternelle Le Moulin, Saint-Préau-sur-Lente (0990019H) : ")
    assert letter.subject.endswith(" actions à faire")
    for said in (
        "Non prêt. Cause commune à l'école : le filtrage déchiffre le service",
        "L'ENT doit y ouvrir le 4 janvier 2027.",
        "8 postes mesurés sur 10 attendus.",
        "1. Installer sur le poste le certificat de l'autorité du filtrage, à demander à qui l'exploite.",
        "est déchiffré en chemin par « squid », inconnu du poste (5 postes).",
        "à laisser joindre sans déchiffrement ni blocage : ent.example.fr:443",
        "Postes : 01 (salle informatique), 02 (salle informatique), 03 (salle informatique), 04",
        "Cette action suffit à débloquer 5 postes.",
        "Poste : 07 (bibliothèque (BCD)).",
        "le prochain relevé de chaque poste montrera que c'est corrigé",
        f"Le détail, poste par poste : {ADDRESS}",
    ):
        assert said in letter.body, said
    assert letter.body.index("1. Installer") < letter.body.index("2. ")


def test_each_actor_has_a_letter_and_nobody_where_nothing_is_to_do(store: Store) -> None:
    assert [letter.actor for letter in letters(found(store, LIBELLULES), ADDRESS)] == [Actor.EDITOR, Actor.COMMUNE]
    assert letters(found(store, MARELLE), ADDRESS) == ()


def test_a_mail_program_is_given_all_of_it_or_only_the_subject() -> None:
    short = Letter(actor=Actor.COMMUNE, subject="ENT & école « A »", body="Un\nDeux & trois")
    address = short.mailto("mairie@exemple.fr")
    assert urlsplit(address).path == "mairie@exemple.fr"
    assert parse_qs(urlsplit(address).query) == {"subject": [short.subject], "body": ["Un\r\nDeux & trois"]}
    long = Letter(actor=Actor.COMMUNE, subject="ENT", body="é" * 2000)
    assert parse_qs(urlsplit(long.mailto()).query) == {"subject": ["ENT"]}


def test_a_name_adds_no_recipient_and_no_header(store: Store) -> None:
    spoiled = found(store, MOULIN)
    school = spoiled.school.model_copy(update={"name": "École&bcc=voleur@exemple.fr\r\nBcc: x"})
    letter, *_ = letters(spoiled.model_copy(update={"school": school}), ADDRESS)
    assert set(parse_qs(urlsplit(letter.mailto()).query)) <= {"subject", "body"}
    assert "bcc=" not in letter.mailto()
