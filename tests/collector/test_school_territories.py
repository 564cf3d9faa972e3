"""Which schools are in a territory, and what is it called?"""

import pytest
from sqlmodel import func, select

from collector import school_files
from collector.store.engine import Store
from collector.store.schools import children, outside, territories, territory_filter, territory_name
from collector.tables import School
from collector.territory import NATION, Territory, parse_territory
from tests.collector.invented import NOW, SAMPLE, counted, row, uai, write

pytestmark = pytest.mark.both_databases


def test_the_sample_makes_two_trees_and_waves(store: Store) -> None:
    for name in ("annuaire.csv", "attribution.csv"):
        school_files.take(store, SAMPLE / name, NOW)
    with store.reading() as session:
        (academie,) = children(session, NATION)
        (departement,) = children(session, academie)
        circonscriptions = children(session, departement)
        assert [str(one) for one in (academie, departement)] == ["academie:99", "departement:099"]
        assert [territory_name(session, one) for one in circonscriptions] == [
            "Buvard-lès-Sources - ASH",
            "Montcartable",
        ]
        assert children(session, circonscriptions[0]) == []
        assert [name for _, name in territories(session, "wave")] == ["Vague 1", "Vague 2", "Vague 3"]
        assert territory_name(session, Territory("wave", "9")) is None
        assert territory_name(session, NATION) == "France"


def test_schools_are_found_by_either_tree(store: Store) -> None:
    rows = [
        row(310001),
        row(310002, commune_code="31001"),
        row(750001, commune_code="75101", commune_name="Paris 1er Arrondissement"),
        row(750002, commune_code="75120", commune_name="Paris 20e Arrondissement", is_open=False),
    ]
    write(store, *rows)
    with store.reading() as session:
        assert counted(session, "nation") == 3
        assert counted(session, "commune:31555") == 1
        assert counted(session, "commune:75056") == 1
        assert counted(session, "epci:243100518") == 1
        assert counted(session, "epci:200054781") == 1
        assert counted(session, "departement:031") == 3
        assert counted(session, "wave:1") == 0
        assert territory_name(session, parse_territory("commune:75056")) == "Paris"
        assert territory_name(session, parse_territory("epci:243100518")) == "Toulouse Métropole"
        assert [str(one) for one in children(session, parse_territory("epci:243100518"))] == ["commune:31555"]
        clauses = territory_filter("commune:75056", open_only=False)
        assert session.exec(select(func.count()).select_from(School).where(*clauses)).one() == 2


def test_what_is_outside_a_place(store: Store) -> None:
    write(
        store,
        row(310001, circonscription_code="0311100C"),
        row(310002),
        row(340001, departement_code="034", academie_code="11"),
        row(310003, is_open=False),
    )
    here, there = parse_territory("departement:031"), parse_territory("departement:034")
    narrow = Territory("circonscription", "0311100C")
    with store.reading() as session:
        assert not outside(session, here, here)
        assert not outside(session, narrow, here)
        assert not outside(session, here, parse_territory("academie:16"))
        assert not outside(session, uai(310001), here)
        assert not outside(session, uai(310003), here), "a closed school stays readable"
        assert not outside(session, "0000000A", here), "nobody has it: there is nothing to hide"
        assert outside(session, NATION, here)
        assert outside(session, there, here)
        assert outside(session, here, narrow), "one school of the département has no circonscription"
        assert outside(session, uai(310002), narrow)
        assert outside(session, uai(340001), here)
