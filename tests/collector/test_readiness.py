"""What is kept of each school is what a full recount says, and territories are the sums of it."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlmodel import select

from checks.model import Outcome
from collector.facts import Kept
from collector.judged import SchoolCause, SchoolState, Verdict, WorkstationFacts
from collector.school_files import take
from collector.store import Session
from collector.store.engine import Store
from collector.store.history import of_school, outcomes_since
from collector.store.overview import below, waves
from collector.store.readiness import refresh_school, refresh_schools
from collector.store.rolled_up import moment
from collector.store.schema import upgrade
from collector.store.school_list import above, places_of
from collector.store.school_summary import school_readiness
from collector.store.standing import facts_of, restate, take_facts
from collector.store.summaries import Scope
from collector.store.sweeping import sweep
from collector.store.territory_days import days_of
from collector.store.throughput import elect, run_in, run_of
from collector.tables import School, Workstation, WorkstationKey
from collector.territory import parse_territory
from tests.collector.conftest import kept_of
from tests.collector.measured import DAY_S, LIBELLULES, MARELLE, MOULIN, NOW, fill_database, observed, pc_of
from tests.postgres import Postgres

TERRITORIES = (
    "nation",
    "academie:99",
    "departement:099",
    "circonscription:0990001N",
    "circonscription:0990002P",
    "wave:1",
    "wave:2",
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path_factory.mktemp('filled') / 'preau.sqlite'}"
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("server")
        url = server.url(server.copy("migrated"))
    with Store(url) as store:
        fill_database(store)
        yield store


@pytest.fixture
def session(filled: Store) -> Iterator[Session]:
    """A session whose writes are never committed."""
    with filled.reading() as session:
        yield session
        session.rollback()


def test_what_is_kept_is_what_a_recount_says(session: Session) -> None:
    for state in session.exec(select(SchoolState)).all():
        recount = school_readiness(session, state.uai, NOW)
        assert recount is not None
        assert (state.outcome, state.reason) == (recount.outcome, recount.reason)
        for name in ("measured", "stale", "pending", "ready", "at_risk", "blocked", "unmeasured"):
            assert getattr(state, name) == getattr(recount.workstations, name), name
        rows = session.exec(
            select(SchoolCause).where(SchoolCause.uai == state.uai, SchoolCause.generation == state.generation)
        ).all()
        kept = {(row.check_id, row.cause): row.workstations for row in rows}
        assert kept == {(c.check, c.cause): c.workstations for c in recount.causes}


@pytest.mark.parametrize("territory", TERRITORIES)
@pytest.mark.parametrize("sector", [None, "public", "privé"])
def test_a_territory_is_the_sum_of_its_schools(session: Session, territory: str, sector: str | None) -> None:
    scope = Scope(territory=parse_territory(territory), sector=sector)  # type: ignore[arg-type]
    found = moment(session, NOW).readiness(session, scope)
    assert found is not None
    schools = [
        one
        for uai in session.exec(select(School.uai).where(*scope.clauses())).all()
        if (one := school_readiness(session, uai, NOW))
    ]
    outcomes = Counter(school.outcome for school in schools)
    assert found.schools.total == len(schools)
    assert {o: getattr(found.schools, o) for o in Outcome} == {o: outcomes[o] for o in Outcome}
    for name in ("measured", "stale", "pending", "ready", "at_risk", "blocked", "unmeasured"):
        assert getattr(found.workstations, name) == sum(getattr(s.workstations, name) for s in schools)
    known = [s.workstations.expected for s in schools if s.workstations.expected is not None]
    assert found.workstations.expected == (sum(known) if known else None)
    assert found.workstations.schools_without_expected == len(schools) - len(known)
    assert sum(profile.schools for profile in found.profiles) == len(schools)


def test_a_wave_is_a_cut_of_a_territory(session: Session) -> None:
    nation = parse_territory("nation")
    by_wave = [moment(session, NOW).readiness(session, Scope(territory=nation, wave=wave)) for wave in ("1", "2", "3")]
    assert sum(found.schools.total for found in by_wave if found) == 40
    alone = moment(session, NOW).readiness(session, Scope(territory=parse_territory("wave:2")))
    assert alone is not None
    assert by_wave[1] is not None
    assert by_wave[1].schools == alone.schools


def test_top_causes_are_those_that_block_most_workstations_with_who_must_act(session: Session) -> None:
    found = moment(session, NOW).readiness(session, Scope(territory=parse_territory("nation")))
    assert found is not None
    of_sites = ("interception_untrusted", "service_down")
    assert [(c.cause, c.actor, c.schools, c.workstations) for c in found.causes if c.cause in of_sites] == [
        ("interception_untrusted", "commune", 1, 5),
        ("service_down", "editeur", 1, 4),
    ]
    order = [(c.blocked, c.schools, c.workstations) for c in found.causes]
    assert order == sorted(order, reverse=True)


def test_unknown_territories_and_schools_are_none(session: Session) -> None:
    assert moment(session, NOW).readiness(session, Scope(territory=parse_territory("academie:01"))) is None
    assert school_readiness(session, "0311131L", NOW) is None
    with pytest.raises(KeyError):
        refresh_school(session, "0311131L", NOW)
    refresh_schools(session, ["0311131L"], NOW)


def test_a_closed_school_keeps_its_page_and_leaves_the_sums(session: Session) -> None:
    session.get_one(School, LIBELLULES).is_open = False
    session.flush()
    found = moment(session, NOW).readiness(session, Scope(territory=parse_territory("nation")))
    assert found is not None
    assert found.schools.total == 39
    assert "service_down" not in {cause.cause for cause in found.causes}
    alone = school_readiness(session, LIBELLULES, NOW)
    assert alone is not None
    assert not alone.school.is_open


def test_a_school_never_added_up_is_unmeasured_not_absent(session: Session) -> None:
    session.delete(kept_of(session, MARELLE))
    session.flush()
    found = moment(session, NOW).readiness(session, Scope(territory=parse_territory("nation")))
    assert found is not None
    assert (found.schools.total, found.schools.ready, found.schools.unmeasured) == (40, 0, 37)


def test_time_alone_makes_a_school_unknown_and_a_sum_tells_until_when_it_held(session: Session) -> None:
    nation = Scope(territory=parse_territory("nation"))
    later = NOW + 70 * DAY_S
    assert sweep(session, NOW) == 0
    before = moment(session, later).readiness(session, nation)
    assert before is not None
    assert before.as_of.date() == datetime.fromtimestamp(NOW, UTC).date()
    assert sweep(session, later) == 26
    after = moment(session, later).readiness(session, nation)
    assert after is not None
    assert int(after.as_of.timestamp()) == later
    assert (after.schools.ready, after.workstations.measured, after.workstations.stale) == (0, 0, 26)
    assert not session.exec(select(SchoolCause)).all()
    assert sweep(session, later) == 0


def test_what_changed_is_dated_and_says_why(session: Session) -> None:
    assert [(t.check_id, t.before, t.after, t.why) for t in of_school(session, MARELLE)] == [
        ("", "unmeasured", "ready", "report"),
    ]
    moulin = {t.cause: (t.before, t.after, t.workstations) for t in of_school(session, MOULIN) if t.cause}
    assert moulin["memory_below_minimum"] == ("", "workstation", 1)
    sweep(session, NOW + 70 * DAY_S)
    last = of_school(session, MARELLE)[-1]
    assert (last.before, last.after, last.why, last.at) == ("ready", "unmeasured", "time", NOW + 70 * DAY_S)
    nation = Scope(territory=parse_territory("nation")).clauses()
    assert {school.uai for _, school in outcomes_since(session, nation, NOW + DAY_S)} >= {MARELLE}


def test_a_workstation_is_as_its_best_key(session: Session) -> None:
    key = session.exec(select(WorkstationKey).where(WorkstationKey.workstation_id == pc_of(MARELLE, 1))).one()
    key.state = "revoked"
    restate(session, [key.workstation_id], NOW)
    assert kept_of(session, MARELLE).measured == 5
    session.add(
        WorkstationKey(
            key_id="e" * 32, workstation_id=pc_of(MARELLE, 1), public_key=b"", state="active", enrolled_at=NOW
        )
    )
    restate(session, [key.workstation_id], NOW)
    assert kept_of(session, MARELLE).measured == 6


SILENT = "51513e27-0000-4000-8000-000000000099"


def test_a_workstation_enrolled_and_silent_is_shown_and_not_counted(session: Session) -> None:
    session.add(Workstation(id=SILENT, uai=MARELLE, tag="99", place="autre"))
    session.flush()
    session.add(WorkstationKey(key_id="f" * 32, workstation_id=SILENT, public_key=b"", state="active", enrolled_at=NOW))
    session.flush()
    found = school_readiness(session, MARELLE, NOW)
    assert found is not None
    assert (found.stations[-1].tag, found.stations[-1].standing) == ("99", "silent")
    assert found.workstations.measured == 6


def test_facts_taken_again_move_their_date_and_older_ones_do_not(session: Session) -> None:
    def dates() -> tuple[int, int]:
        verdict = session.exec(select(Verdict).where(Verdict.workstation_id == pc_of(MARELLE, 1))).one()
        return verdict.measured_at - NOW, session.get_one(WorkstationFacts, verdict.workstation_id).measured_at - NOW

    for at, expected in ((60, 60), (3600, 3600), (120, 3600), (7200, 7200)):
        facts = {id_: replace(kept, observed_at=NOW + at) for id_, kept in observed("debian_12_healthy").items()}
        take_facts(session, pc_of(MARELLE, 1), facts, NOW + 7200)
        assert dates() == (expected, expected)
    only = {"system.release": replace(observed("debian_12_healthy")["system.release"], observed_at=NOW + 9000)}
    take_facts(session, pc_of(MARELLE, 1), only, NOW + 9000)
    assert dates() == (9000, 9000)
    assert facts_of(session, pc_of(MARELLE, 1))["network.dns"].observed_at == NOW + 7200


def test_actions_are_in_the_order_of_what_they_unblock(session: Session) -> None:
    found = school_readiness(session, MOULIN, NOW)
    assert found is not None
    first = found.actions[0]
    assert (first.cause, first.actor, first.of_site) == ("interception_untrusted", "commune", True)
    assert (first.workstations, first.unblocks, first.tags) == (5, 5, ("01", "02", "03", "04", "08"))
    assert [a.unblocks for a in found.actions] == sorted((a.unblocks for a in found.actions), reverse=True)
    two_faults = {a.cause: a.unblocks for a in found.actions if a.tags == ("07",)}
    assert {"support_ended", "memory_below_minimum"} <= two_faults.keys()
    assert set(two_faults.values()) == {0}


def test_the_tree_below_adds_up_at_each_level(session: Session) -> None:
    lines = below(session, Scope(territory=parse_territory("nation")), moment(session, NOW))
    assert [(line.level, line.name) for line in lines] == [
        (0, "Démonstration"),
        (1, "Val-de-Préau"),
        (2, "Buvard-lès-Sources - ASH"),
        (2, "Montcartable"),
    ]
    assert {sum(x.totals.schools.total for x in lines if x.level == level) for level in range(3)} == {40}
    assert [line.name for line in waves(session, Scope(territory=parse_territory("nation")), moment(session, NOW))] == [
        "Vague 1",
        "Vague 2",
        "Vague 3",
    ]


def test_schools_in_no_circonscription_have_their_own_line(session: Session) -> None:
    session.get_one(School, MOULIN).circonscription_code = None
    session.flush()
    lines = below(session, Scope(territory=parse_territory("departement:099")), moment(session, NOW))
    assert [(line.territory is None, line.name, line.totals.schools.total) for line in lines][-1] == (
        True,
        "Sans circonscription",
        1,
    )


def test_the_way_up_is_known(session: Session) -> None:
    found = above(session, parse_territory("circonscription:0990001N"))
    assert [str(territory) for territory, _ in found] == ["nation", "academie:99", "departement:099"]
    assert above(session, parse_territory("nation")) == []
    assert [str(t) for t, _ in above(session, parse_territory("wave:1"))] == ["nation"]
    assert {t.kind for t, _ in places_of(session, MOULIN)} >= {"nation", "departement", "commune", "wave"}
    assert places_of(session, "0311131L") == []


def test_without_a_profile_nothing_is_judged(tmp_path: Path) -> None:
    with Store(f"sqlite:///{tmp_path / 'preau.sqlite'}") as store:
        upgrade(store.engine)
        take(store, Path(str(files("collector") / "sample" / "annuaire.csv")), NOW)
        with store.reading() as session:
            found = school_readiness(session, MOULIN, NOW)
            nation = moment(session, NOW).readiness(session, Scope(territory=parse_territory("nation")))
    assert found is not None
    assert nation is not None
    assert (found.outcome, found.profiles) == (Outcome.UNMEASURED, ())
    assert found.reason == "Aucun profil d'exigences n'est publié pour cette école."
    assert (nation.profiles, nation.schools.unmeasured, nation.workstations.expected) == ((), 40, None)


def test_capacity_is_that_of_the_latest_run_whatever_the_order(session: Session) -> None:
    def run(uai: str, workstation_id: str, at: int, kbps: int) -> dict[str, object]:
        facts = b'{"throughput":{"down_kbps":%d,"up_kbps":2000}}' % kbps
        found = run_in(uai, workstation_id, {"network.throughput": Kept(observed_at=at, facts=facts)})
        assert found is not None
        return found

    runs = [
        run(MARELLE, pc_of(MARELLE, 1), NOW - 60, 8_000),
        run(MARELLE, pc_of(MARELLE, 2), NOW - 30, 20_000),
        run(MARELLE, pc_of(MARELLE, 3), NOW - 30, 16_750),
    ]
    for ordered in (runs, runs[::-1]):
        elect(session, ordered, NOW)
        elected = run_of(session, MARELLE)
        assert elected is not None
        assert (elected.workstation_id, elected.down_kbps) == (pc_of(MARELLE, 3), 16_750)
        session.expire_all()
    assert (
        run_in(
            MARELLE, pc_of(MARELLE, 4), {"network.throughput": Kept(observed_at=NOW, facts=None, fault="not_supported")}
        )
        is None
    )


def test_each_day_is_kept_where_it_differs(session: Session) -> None:
    nation = parse_territory("nation")
    sweep(session, NOW)
    assert [(d.schools, d.ready) for d in days_of(session, nation)] == [(40, 1)]
    sweep(session, NOW + DAY_S)
    assert len(days_of(session, nation)) == 1
    sweep(session, NOW + 70 * DAY_S)
    assert [(d.ready, d.measured) for d in days_of(session, nation)][-1] == (0, 0)
