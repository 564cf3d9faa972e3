"""The simulated nation is the same at every run, and what it sends is what a workstation would."""

from importlib.resources import files
from itertools import islice
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import checks
from checks import wire
from checks.decide import fill
from checks.machine import CannotAnswer
from checks.model import Context, Observation
from checks.plain import to_plain
from checks.profile import Profile, parse
from collector.simulator.door import profile_of_recordings, recordings
from collector.simulator.fleet import Pc, Sender, flavours, pcs_of, probe
from collector.simulator.nation import assignment_csv, departements, directory_csv, lay_out
from collector.uai import parse_uai
from collector.wire import Report, inflate
from collector.wire import parse as parse_report
from tests.collector.conftest import MOULIN
from tests.replay import MACHINES, Replay, load

_SHIPPED = [path for path in (files("checks") / "profiles").iterdir() if path.name.endswith(".toml")]
PROFILES = [profile_of_recordings(), *(path.read_text("utf-8") for path in _SHIPPED)]


@pytest.fixture(params=PROFILES, ids=lambda text: parse(text).id)
def profile(request: pytest.FixtureRequest) -> Profile:
    return parse(request.param)


def test_a_nation_is_told_by_its_seed_and_its_size() -> None:
    once, again, other = lay_out(7, 2_000, 41_000), lay_out(7, 2_000, 41_000), lay_out(8, 2_000, 41_000)
    assert directory_csv(once) == directory_csv(again)
    assert assignment_csv(once) != assignment_csv(other)
    assert sum(school.pcs for school in once) == 41_000
    assert [school.first_pc for school in once[1:]] == [s.first_pc + s.pcs for s in once[:-1]]
    assert len({parse_uai(school.uai) for school in once}) == 2_000
    assert {school.departement.code for school in once} == {place.code for place in departements()}
    assert len(departements()) == 101


def test_one_academie_can_be_laid_out_alone() -> None:
    assert {school.departement.academie_name for school in lay_out(1, 300, 6_000, "16")} == {"Toulouse"}
    with pytest.raises(ValueError, match="99"):
        lay_out(1, 300, 6_000, "99")


@pytest.mark.parametrize("name", recordings())
def test_a_recording_answers_as_the_golden_machine_does(name: str) -> None:
    """The same facts by the two doors: ours answers any question the catalogue may learn to ask."""
    profile, door, found = parse(profile_of_recordings()), Replay(load(MACHINES / f"{name}.json")["answers"]), {}
    for check in checks.ALL:
        requirement = fill(profile.requirements[check.id].requirement, profile, Context(), Observation())
        try:
            found[check.id] = {"facts": to_plain(check.probe(door, requirement))}
        except CannotAnswer as closed:
            found[check.id] = {"fault": closed.reason}
    assert probe(profile, recordings()[name]["answers"]) == found


def test_every_flavour_makes_reports_the_collector_reads(profile: Profile) -> None:
    kinds = flavours(profile)
    assert kinds[0].is_healthy
    assert not kinds[-1].is_healthy
    school = lay_out(1, 1, 1)[0]
    for kind in kinds:
        sender = Sender(Pc(1, 0, school), [kind])
        report = parse_report(Report, inflate(sender.body(now=1_800_000_000)))
        assert set(report.attempts()) == set(profile.requirements)
        assert {attempt.measured_at for attempt in report.attempts().values()} == {1_800_000_000}
        assert str(report.workstation_id) == sender.pc.workstation_id


def test_the_facts_of_a_flavour_are_about_the_hosts_of_the_profile(profile: Profile) -> None:
    hosts = {endpoint.host for service in profile.services for endpoint in service.endpoints}
    for kind in flavours(profile):
        lookups = kind.found.get("network.dns", {}).get("facts", {}).get("lookups", [])
        assert {lookup["host"] for lookup in lookups} <= hosts


def test_few_change_from_one_day_to_the_next() -> None:
    kinds, fleet = flavours(parse(profile_of_recordings())), list(pcs_of(3, lay_out(3, 60, 1_500)))
    today = [pc.flavour(kinds, 10) for pc in fleet]
    tomorrow = [pc.flavour(kinds, 11) for pc in fleet]
    assert 0 < sum(a.name != b.name for a, b in zip(today, tomorrow, strict=True)) < 1_500 * 4 // 100
    healthy = sum(kind.is_healthy for kind in today)
    assert 0.6 < healthy / 1_500 < 0.95


def test_what_it_sends_is_taken_in_and_acknowledged(client: TestClient, code: str) -> None:
    school = lay_out(1, 1, 3)[0]
    for pc in islice(pcs_of(1, [school]), 3):
        sender = Sender(pc, flavours(parse(profile_of_recordings())))
        body, headers = sender.enrolment(code)
        answer = client.post(wire.ENROLMENTS_PATH, content=body, headers=headers)
        assert (answer.status_code, answer.json()["uai"]) == (201, MOULIN)
        report = sender.body()
        assert client.post(wire.REPORTS_PATH, content=report, headers=sender.report(report)).status_code == 201


def test_the_recordings_travel_with_the_collector() -> None:
    folder = Path(str(files("collector.simulator") / "machines"))
    assert folder.resolve() == MACHINES
