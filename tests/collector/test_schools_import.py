"""Do files about schools end up in the collector, once, whole, and with what could not be taken told?"""

import os
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from sqlmodel import Session, col, func, select

from checks.model import Outcome
from checks.profile import parse
from collector import school_files, schools_cli
from collector.facts import Kept
from collector.judged import SchoolState, Verdict
from collector.sheet import BadFile
from collector.store.engine import Store
from collector.store.generations import publish, serving
from collector.store.school_import import close_absent
from collector.store.schools import children, territories
from collector.store.standing import take_facts
from collector.tables import School, Workstation
from collector.territory import parse_territory
from tests.collector.invented import NOW, SAMPLE, counted, row, uai, write
from tests.conftest import need

pytestmark = pytest.mark.both_databases

REAL = os.environ.get("PREAU_ANNUAIRE", "")


def school(store: Store, code: str) -> School:
    with store.reading() as session:
        found = session.get(School, code)
        assert found is not None
        return found


def take(store: Store, path: Path, **options: bool) -> school_files.Summary:
    return school_files.take(store, path, NOW, **options)


def kept(summary: school_files.Summary) -> tuple[int, int, int]:
    return summary.tally.new, summary.tally.changed, summary.tally.unchanged


def everything(store: Store) -> list[tuple[object, ...]]:
    with store.reading() as session:
        return [tuple(one.model_dump().values()) for one in session.exec(select(School).order_by(School.uai))]


def test_the_sample_is_taken_whole_and_twice_the_same(store: Store) -> None:
    assert kept(take(store, SAMPLE / "annuaire.csv")) == (40, 0, 0)
    assert kept(take(store, SAMPLE / "attribution.csv")) == (0, 40, 0)
    before = everything(store)
    again = [take(store, SAMPLE / name) for name in ("annuaire.csv", "attribution.csv")]
    assert [kept(summary) for summary in again] == [(0, 0, 40), (0, 0, 40)]
    assert [summary.refused for summary in again] == [[], []]
    assert everything(store) == before


def test_every_school_has_a_state_from_the_first_day(store: Store) -> None:
    take(store, SAMPLE / "annuaire.csv")
    with store.reading() as session:
        states = session.exec(select(SchoolState)).all()
    assert len(states) == 40
    assert {state.outcome for state in states} == {Outcome.UNMEASURED.value}


def test_the_database_knows_the_first_schools_before_the_others_come(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(school_files, "_LOT", 10)
    take(store, SAMPLE / "annuaire.csv")
    known = "SELECT count(*) FROM pg_stats WHERE tablename = 'school_state' AND attname = 'generation'"
    if store.has_one_writer:
        known = "SELECT 1 - count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'"
    with store.reading() as session:
        assert session.connection().exec_driver_sql(known).scalar_one() == 1


def test_only_what_differs_is_written(store: Store) -> None:
    write(store, row(310001), row(310002))
    tally = write(store, row(310001), row(310002, name="Ecole du Pont"), row(310003))
    assert (tally.new, tally.changed, tally.unchanged) == (1, 1, 1)
    assert school(store, uai(310002)).name == "Ecole du Pont"


def test_what_a_file_cannot_tell_is_not_forgotten(store: Store) -> None:
    write(store, row(310001, pupils=90, circonscription_code="0311100C", circonscription_name="Muret"))
    unsaid = frozenset({"pupils", "circonscription_code", "circonscription_name"})
    assert write(store, row(310001, pupils=None, unsaid=unsaid)).unchanged == 1
    assert write(store, row(310001, pupils=None)).changed == 1
    assert school(store, uai(310001)).pupils is None


def test_what_was_expected_outlives_a_new_directory(store: Store, tmp_path: Path) -> None:
    write(store, row(310001))
    path = tmp_path / "attribution.csv"
    path.write_text(f"uai;postes;vague\n{uai(310001)};8;2\n", encoding="utf-8")
    take(store, path)
    write(store, row(310001, name="Ecole du Pont"))
    found = school(store, uai(310001))
    assert (found.name, found.expected_workstations, found.wave) == ("Ecole du Pont", 8, "2")
    path.write_text(f"uai;postes;vague\n{uai(310001)};;-\n", encoding="utf-8")
    assert kept(take(store, path)) == (0, 1, 0)
    found = school(store, uai(310001))
    assert (found.expected_workstations, found.wave) == (8, None)


def test_a_school_that_leaves_is_closed_and_may_come_back(store: Store) -> None:
    rows = [row(310000 + i) for i in range(30)]
    write(store, *rows, row(340001, departement_code="034"))
    present = {one.uai for one in rows[1:]}
    closing = store.write(lambda session: close_absent(session, present, {"031"}, NOW))
    assert closing.closed == (uai(310000),)
    assert not school(store, uai(310000)).is_open
    assert school(store, uai(340001)).is_open, "its département is not in the file"
    assert write(store, rows[0]).changed == 1
    assert school(store, uai(310000)).is_open


def test_a_file_that_looks_partial_closes_nothing_unless_sure(store: Store) -> None:
    write(store, *(row(310000 + i) for i in range(30)))
    present = {uai(310000 + i) for i in range(20)}
    closing = store.write(lambda session: close_absent(session, present, {"031"}, NOW))
    assert (closing.closed, closing.doubtful) == ((), {"031": 10})
    closing = store.write(lambda session: close_absent(session, present, {"031"}, NOW, sure=True))
    assert len(closing.closed) == 10


def published(store: Store, name: str, *, default: bool = False) -> None:
    toml = (files("checks") / "profiles" / f"{name}.toml").read_text(encoding="utf-8")
    store.write(lambda session: publish(session, parse(toml), toml, "", NOW, default=default))


PC = "51513e27-0000-4000-8000-000000000001"


def test_a_school_that_changes_profile_is_judged_again(store: Store, tmp_path: Path) -> None:
    published(store, "generic", default=True)
    published(store, "demonstration")
    write(store, row(310001))
    measured = b'{"memory": {"total_bytes": 8589934592, "available_bytes": 4294967296}}'

    def enrol(session: Session) -> None:
        session.add(Workstation(id=PC, uai=uai(310001), tag="01", place="classe"))
        session.flush()
        take_facts(session, PC, {"hardware.memory": Kept(observed_at=NOW, facts=measured)}, NOW)

    store.write(enrol)
    path = tmp_path / "attribution.csv"
    path.write_text(f"uai;profil\n{uai(310001)};demonstration\n", encoding="utf-8")
    assert take(store, path).refusals == ()
    with store.reading() as session:
        gen = serving(session).of("demonstration")
        assert gen.profile is not None
        assert gen.profile.id == "demonstration"
        verdict = session.get_one(Verdict, (gen.id, PC))
        assert (verdict.outcome, verdict.observed_at) == ("unmeasured", NOW)
        assert session.get_one(SchoolState, (gen.id, uai(310001))).unmeasured == 1


def edited(tmp_path: Path, edit: Callable[[list[str]], list[str]]) -> Path:
    path = tmp_path / "annuaire.csv"
    lines = (SAMPLE / "annuaire.csv").read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join(edit(lines)) + "\n", encoding="utf-8")
    return path


def test_a_refused_line_loses_no_good_one_and_closes_no_school(store: Store, tmp_path: Path) -> None:
    take(store, SAMPLE / "annuaire.csv")
    path = edited(tmp_path, lambda lines: [line.replace("0990011Z", "0990011A") for line in lines[:-2]])
    summary = take(store, path)
    assert kept(summary) == (0, 0, 38)
    assert [(one.line, one.value) for one in summary.refused] == [(4, "0990011A")]
    assert summary.closing is None
    with store.reading() as session:
        assert counted(session, "nation") == 40
    assert take(store, path, sure=True).closing is not None
    with store.reading() as session:
        assert counted(session, "nation") == 38


def test_the_command_tells_what_it_did(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = edited(tmp_path, lambda lines: [line.replace("0990011Z", "0990011A") for line in lines])
    assert schools_cli.import_file(store, bad) == 0
    out, err = capsys.readouterr()
    assert "39 écoles lues : 39 nouvelles, 0 modifiée, 0 inchangée" in out
    assert "1 ligne refusée" in out
    assert "ligne 4, Identifiant_de_l_etablissement : « 0990011A » n'existe pas" in out
    assert "39 / 39 écoles" in err
    assert schools_cli.import_file(store, SAMPLE / "attribution.csv") == 0
    out, _ = capsys.readouterr()
    assert "39 écoles lues" in out
    assert "ligne 2, uai : l'école 0990011Z n'est pas connue ici" in out
    assert out.count("le profil « demonstration » n'est pas publié ici") == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("a;b\n1;2\n", "en-tête non reconnu"),
        ("", "vide"),
        ("uai;postes\n0300185A;3\n", "aucune école"),
        ("uai;postes\n0300185N;3\n", "aucune école"),
        ("uai;postes\n", "aucune école"),
    ],
)
def test_an_unusable_file_is_1(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, why: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(content, encoding="utf-8")
    assert schools_cli.import_file(store, path) == 1
    assert why in capsys.readouterr().err
    assert everything(store) == []


def test_an_unusable_file_writes_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="existe pas"):
        take(store, tmp_path / "absent.csv")
    with pytest.raises(BadFile, match="code_academie"):
        take(store, edited(tmp_path, lambda lines: [lines[0].replace("Code_academie", "Code_perdu"), *lines[1:]]))
    assert everything(store) == []


def test_the_real_directory_of_a_region(store: Store) -> None:
    need(Path(REAL).is_file(), "PREAU_ANNUAIRE is not the path of the open directory of Occitanie, November 2024")
    started = time.monotonic()
    assert kept(take(store, Path(REAL))) == (4579, 0, 0)
    assert time.monotonic() - started < 10
    before = everything(store)
    again = take(store, Path(REAL))
    assert kept(again) == (0, 0, 4579)
    assert (again.refusals, again.closing and again.closing.closed) == ((), ())
    assert everything(store) == before
    with store.reading() as session:
        assert session.exec(select(func.count(col(School.circonscription_code).distinct()))).one() == 110
        assert counted(session, "nation") == 4579
        assert counted(session, "academie:16") == 2512
        assert [name for _, name in territories(session, "academie")] == ["Montpellier", "Toulouse"]
        assert len(children(session, parse_territory("departement:031"))) == len(
            {one.circonscription_code for one in session.exec(select(School).where(School.departement_code == "031"))}
        )
        assert session.exec(select(func.count()).where(col(School.epci_code).is_(None))).one() == 0
