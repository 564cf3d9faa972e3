"""Another profile comes in force for all its schools at once, and what is counted is always what a recount says."""

import time
from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlmodel import select

from checks import wire
from checks.model import Outcome
from checks.profile import parse
from collector import rejudging
from collector.enrolling.codes import Refused
from collector.facts import pack, unpack
from collector.judged import Generation, SchoolCause, Transition, Verdict, WorkstationFacts
from collector.profile_cli import _ask_if_alarming
from collector.profile_diff import difference, estimate
from collector.publishing import AnotherPublication, publish_profile
from collector.signing import Keys
from collector.store import Session, rejudged
from collector.store.engine import Store
from collector.store.generations import in_preparation, prepare, schools_next, serving
from collector.store.laid_out import lay_out
from collector.store.readiness import refresh_schools
from collector.store.rejudged import MOST_LOCKED, Overtaken, advance, batches, judge_and_keep, write_batch
from collector.store.rolled_up import moment
from collector.store.school_summary import school_readiness
from collector.store.standing import judge_schools as judge_schools_again
from collector.store.summaries import Scope
from collector.tables import School
from collector.territory import parse_territory
from collector.verify_cli import verify
from tests.collector.conftest import MARELLE, MOULIN, PROFILE, TILLEULS, kept_of
from tests.collector.measured import Pc, measure
from tests.collector.workstation import Workstation

pytestmark = pytest.mark.both_databases
HEALTHY = Pc(machine="debian_12_healthy")
PCS = {
    MOULIN: (*(HEALTHY for _ in range(7)), Pc(machine="interception_untrusted"), Pc(machine=None)),
    TILLEULS: (HEALTHY, Pc(machine="old_browser_by_default"), Pc(machine="debian_12_healthy", state="pending")),
    MARELLE: (HEALTHY, HEALTHY),
}


def stricter(version: str = "2") -> str:
    """The profile of the tests, asking for more memory than any recorded machine has."""
    lines, table = [], ""
    for line in PROFILE.splitlines():
        table = line if line.startswith("[") else table
        if table == "[hardware.memory]" and line.startswith("minimum_bytes"):
            line = 'minimum_bytes = { value = 900000000000, source = "test", read_on = 2026-11-24 }'
        if table == "[profile]" and line.startswith("version"):
            line = f'version = "{version}"'
        lines.append(line)
    return "\n".join(lines)


@pytest.fixture
def measured(filled: Store) -> Store:
    for uai, pcs in PCS.items():
        filled.write(lambda session, uai=uai, pcs=pcs: measure(session, uai, pcs, int(time.time())))
    assert verify(filled, judging=True) == []
    return filled


def outcomes(store: Store, *uais: str) -> dict[str, str]:
    with store.reading() as session:
        found = {uai: kept_of(session, uai).outcome for uai in uais or PCS}
        summed = moment(session, int(time.time())).readiness(session, Scope(territory=parse_territory("nation")))
        assert summed is not None
        assert len({profile.version for profile in summed.profiles}) == 1
        for uai, outcome in found.items():
            shown = school_readiness(session, uai, int(time.time()))
            assert shown is not None
            assert shown.outcome == outcome
        return found


def test_publishing_flips_every_school_and_says_what_changed(measured: Store, keys: Keys) -> None:
    before = outcomes(measured)
    said: list[tuple[int, int]] = []
    publish_profile(measured, keys, stricter(), progress=lambda done, total: said.append((done, total)))
    assert said[-1][0] == said[-1][1] > 0
    assert before == {MOULIN: "blocked", TILLEULS: "at_risk", MARELLE: "ready"}
    assert set(outcomes(measured).values()) == {"blocked"}
    assert verify(measured, judging=True) == []
    with measured.reading() as session:
        changed = session.exec(select(Transition).where(Transition.why == "profile", Transition.check_id == "")).all()
        assert {t.uai: (t.before, t.after) for t in changed} == {
            uai: (was, "blocked") for uai, was in before.items() if was != "blocked"
        }
        causes = session.exec(select(Transition).where(Transition.why == "profile", Transition.check_id != "")).all()
        kept = session.exec(select(SchoolCause).where(SchoolCause.generation == causes[0].generation)).all()
        assert {(t.uai, t.check_id, t.cause, t.before, t.after, t.workstations) for t in causes} == {
            (c.uai, c.check_id, c.cause, "", "site" if c.of_site else "workstation", c.workstations)
            for c in kept
            if c.check_id == "hardware.memory"
        }
        assert {t.uai for t in causes} == set(PCS)
    publish_profile(measured, keys, stricter("3").replace("900000000000", "1"))
    with measured.reading() as session:
        last = session.exec(select(Transition).where(Transition.check_id == "hardware.memory")).all()[-len(PCS) :]
        assert {(t.uai, t.after, t.workstations, t.why) for t in last} == {(uai, "", 0, "profile") for uai in PCS}
    assert outcomes(measured) == before
    assert rejudging.tidy(measured) > 0
    with measured.reading() as session:
        assert len(set(session.exec(select(Verdict.generation)).all())) == 1
    assert verify(measured, judging=True) == []


def begin(store: Store, toml: str) -> int:
    return store.write(lambda session: prepare(session, parse(toml), toml, "", int(time.time())))


def judge_first_batch(store: Store, id_: int, toml: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Judge two schools; returns what writes them and advances the publication, as is done on this database."""
    monkeypatch.setattr(rejudged, "BATCH", 2)
    with store.reading() as session:
        first = next(batches(schools_next(session, serving(session)), ""))
        laid_out = lay_out(session, first.uais, parse(toml), id_)
    if store.has_one_writer:
        now = int(time.time())
        return partial(write_batch, generation=id_, profile=parse(toml), batch=first, laid_out=laid_out, now=now)

    def write(session: Session) -> None:
        judge_and_keep(session, first.uais, parse(toml), id_)
        advance(session, id_, first)

    return write


def test_batches_are_whole_schools_and_grow_with_the_nation() -> None:
    for schools, size in ((3, 3), (241, 60), (4_800, 120), (48_000, 480)):
        uais = [f"{number:07d}A" for number in range(schools)]
        found = list(batches(uais, ""))
        assert [uai for batch in found for uai in batch.uais] == uais
        assert [batch.before for batch in found[1:]] == [batch.uais[-1] for batch in found[:-1]]
        assert len(found[0].uais) == size
        assert [batch.uais for batch in batches(uais, found[0].uais[-1])] == [batch.uais for batch in found[1:]]
        assert max(len(batch.uais) for batch in batches(uais, "", MOST_LOCKED)) == min(size, MOST_LOCKED)


def test_an_interrupted_publication_shows_nothing_and_goes_on_where_it_stopped(
    measured: Store, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, toml = outcomes(measured), stricter()
    id_ = begin(measured, toml)
    write = judge_first_batch(measured, id_, toml, monkeypatch)
    measured.write(write)
    assert outcomes(measured) == before, "readers see the generation in force, whole"
    assert verify(measured, judging=True) == []
    with pytest.raises(Overtaken):
        measured.write(write)
    with pytest.raises(AnotherPublication, match="n'est pas finie"):
        publish_profile(measured, keys, stricter("3"))
    said: list[int] = []
    publish_profile(measured, keys, toml, progress=lambda done, _: said.append(done))
    assert said[0] == 2, "a school already judged is not judged again"
    assert set(outcomes(measured).values()) == {"blocked"}
    assert verify(measured, judging=True) == []


def test_a_report_that_meets_a_publication_is_judged_by_both(
    workstation: Workstation, measured: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    toml = stricter()
    id_ = begin(measured, toml)
    workstation.send(wire.pack(workstation.report()))
    measured.write(judge_first_batch(measured, id_, toml, monkeypatch))
    workstation.send(wire.pack(workstation.report("old_browser_by_default")))
    with measured.reading() as session:
        of_it = select(Verdict.generation, Verdict.outcome).where(Verdict.workstation_id == workstation.id)
        assert len(session.exec(of_it).all()) == 2
    assert verify(measured, judging=True) == []
    rejudging.rejudge(measured)
    assert verify(measured, judging=True) == []
    workstation.send(wire.pack(workstation.report()))
    assert verify(measured, judging=True) == []


def test_a_report_between_the_reading_and_the_writing_is_judged_again(
    workstation: Workstation, measured: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    workstation.send(wire.pack(workstation.report()))
    toml = stricter()
    write = judge_first_batch(measured, begin(measured, toml), toml, monkeypatch)
    workstation.send(wire.pack(workstation.report("old_browser_by_default")))
    measured.write(write)
    assert verify(measured, judging=True) == []


def test_an_opening_date_that_moves_between_the_reading_and_the_writing_counts(
    measured: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No system of today is maintained by then; its workstations' facts and verdicts bear the same dates as before."""
    toml = stricter()
    write = judge_first_batch(measured, begin(measured, toml), toml, monkeypatch)

    def move(session: Session) -> None:
        for uai in PCS:
            session.get_one(School, uai).opens_on = date(2090, 9, 1)
        session.flush()
        judge_schools_again(session, list(PCS), int(time.time()), "directory")

    measured.write(move)
    measured.write(write)
    assert verify(measured, judging=True) == []
    rejudging.rejudge(measured)
    assert verify(measured, judging=True) == []


def test_every_core_says_the_same(measured: Store, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    toml = stricter()
    here = difference(measured, toml)
    for module in ("rejudging", "profile_diff"):
        monkeypatch.setattr(f"collector.{module}.FEW", 0)
    assert difference(measured, toml) == here
    publish_profile(measured, keys, toml)
    assert set(outcomes(measured).values()) == {"blocked"}
    assert verify(measured, judging=True) == []


def test_a_publication_can_be_given_up(measured: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before, toml = outcomes(measured), stricter()
    measured.write(judge_first_batch(measured, begin(measured, toml), toml, monkeypatch))
    assert rejudging.give_up(measured) == "tests 2"
    assert rejudging.give_up(measured) is None
    rejudging.tidy(measured)
    assert outcomes(measured) == before
    assert verify(measured, judging=True) == []


def test_a_diff_says_what_publishing_does_and_changes_nothing(measured: Store, keys: Keys) -> None:
    before, toml = outcomes(measured), stricter()
    found = difference(measured, toml)
    assert {c.uai: (c.before, c.after) for c in found.changes} == {
        uai: (was, Outcome.BLOCKED) for uai, was in before.items() if was != "blocked"
    }
    assert {c.checks[0] for c in found.changes} == {"hardware.memory"}
    assert outcomes(measured) == before
    with measured.reading() as session:
        assert in_preparation(session) is None
        assert len(session.exec(select(Generation)).all()) == 2
    publish_profile(measured, keys, toml)
    changed = {c.uai: c.after.value for c in found.changes}
    assert outcomes(measured) == before | changed
    assert difference(measured, toml).changes == []


def test_what_a_profile_newly_asks_is_to_be_measured_and_not_red(filled: Store, keys: Keys) -> None:
    """In both directions: a check that no workstation measured is asked for, then no more."""
    never = "hardware.memory"
    now = int(time.time())
    filled.write(lambda session: measure(session, MARELLE, [HEALTHY, HEALTHY], now))
    publish_profile(filled, keys, _without_memory("2"))
    filled.write(lambda session: _forget_facts(session, never))
    assert outcomes(filled, MARELLE)[MARELLE] == "ready"
    asked = difference(filled, stricter("3"))
    assert asked.to_measure == 2
    assert {(c.before, c.after) for c in asked.changes} == {(Outcome.READY, Outcome.UNMEASURED)}
    publish_profile(filled, keys, stricter("3"))
    with filled.reading() as session:
        shown = school_readiness(session, MARELLE, now)
        assert shown is not None
        assert (shown.outcome, shown.workstations.blocked) == (Outcome.UNMEASURED, 0)
        findings = [(f.check, f.cause, f.outcome) for station in shown.stations for f in station.findings]
        assert findings == [(never, "never_asked", Outcome.UNMEASURED)] * 2
        assert shown.stations[0].findings[0].sentence.startswith("À remesurer")
    assert verify(filled, judging=True) == []
    back = difference(filled, _without_memory("4"))
    assert (back.to_measure, {(c.before, c.after) for c in back.changes}) == (0, {(Outcome.UNMEASURED, Outcome.READY)})
    publish_profile(filled, keys, _without_memory("4"))
    assert outcomes(filled, MARELLE)[MARELLE] == "ready"
    assert verify(filled, judging=True) == []


def _forget_facts(session: Session, check_id: str) -> None:
    """Leave workstations as those of an agent that never measured this check."""
    for row in session.exec(select(WorkstationFacts)).all():
        row.kept = pack({id_: one for id_, one in unpack(row.kept).items() if id_ != check_id})


def test_facts_stay_when_a_profile_asks_less(measured: Store, keys: Keys) -> None:
    publish_profile(measured, keys, _without_memory("2"))
    assert difference(measured, stricter("3")).to_measure == 0


def _without_memory(version: str) -> str:
    lines, table = [], ""
    for line in PROFILE.splitlines():
        table = line if line.startswith("[") else table
        if table.startswith("[hardware.memory"):
            continue
        lines.append(f'version = "{version}"' if table == "[profile]" and line.startswith("version") else line)
    return "\n".join(lines)


def test_a_profile_that_would_turn_every_school_red_asks_first(measured: Store) -> None:
    alarming = estimate(measured, stricter())
    assert alarming.blocked_percent == 100
    with pytest.raises(Refused, match="--yes"):
        _ask_if_alarming(alarming)
    _ask_if_alarming(estimate(measured, PROFILE.replace('version = "1"', 'version = "2"')))


def test_a_profile_flips_its_own_schools_only(measured: Store, keys: Keys) -> None:
    """A school has its profile: the others stand as they did, before, while and after it comes in force."""
    before, other = outcomes(measured), stricter("1").replace('id = "tests"', 'id = "autre"')
    publish_profile(measured, keys, other)
    assert outcomes(measured) == before, "nobody has it yet"

    def give(session: Session) -> None:
        session.get_one(School, MARELLE).profile_id = "autre"
        session.flush()
        judge_schools_again(session, [MARELLE], int(time.time()), "directory")
        refresh_schools(session, [MARELLE], int(time.time()), "directory")

    measured.write(give)
    with measured.reading() as session:
        assert [kept_of(session, uai).outcome for uai in PCS] == ["blocked", "at_risk", "blocked"]
    milder = PROFILE.replace('version = "1"', 'version = "2"', 1).replace('id = "tests"', 'id = "autre"', 1)
    assert [c.uai for c in difference(measured, milder).changes] == [MARELLE]
    publish_profile(measured, keys, milder)
    with measured.reading() as session:
        assert {gen.profile.id: gen.is_default for gen in serving(session).current.values() if gen.profile} == {
            "tests": True,
            "autre": False,
        }
        assert [kept_of(session, uai).outcome for uai in PCS] == ["blocked", "at_risk", "ready"]
        changed = session.exec(
            select(Transition.uai).where(Transition.why == "profile", Transition.check_id == "")
        ).all()
        assert set(changed) == {MARELLE}
    assert verify(measured, judging=True) == []
