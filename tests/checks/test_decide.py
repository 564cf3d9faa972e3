"""The one judgement: tiers, the chain, and how checks add up to a workstation."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import checks
from checks.decide import decide, remedy_of, workstation_outcome
from checks.model import NOT_JUDGED, Context, Observation, Outcome, Tier, Verdict, conclude, worst
from tests.replay import MACHINES, load
from tests.test_machines import PROFILE, replayed

HEALTHY = replayed(load(MACHINES / "debian_12_healthy.json")["answers"], PROFILE, date(2026, 11, 24))
TIERS = {id_: required.tier for id_, required in PROFILE.requirements.items()}


def tier(id_: str, wanted: Tier) -> Any:
    required = {**PROFILE.requirements, id_: replace(PROFILE.requirements[id_], tier=wanted)}
    return replace(PROFILE, requirements=required)


def test_a_check_absent_from_the_profile_gets_no_verdict() -> None:
    less = replace(PROFILE, requirements={"hardware.memory": PROFILE.requirements["hardware.memory"]})
    assert list(decide(HEALTHY, less, Context())) == ["hardware.memory"]


def test_a_fact_never_asked_is_unmeasured_and_not_the_schools_fault() -> None:
    verdicts = decide({}, PROFILE, Context())
    assert {v.outcome for v in verdicts.values()} == {Outcome.UNMEASURED}
    assert {v.cause for v in verdicts.values()} == {"never_asked"}
    assert workstation_outcome(verdicts, PROFILE) is Outcome.UNMEASURED


@pytest.mark.parametrize(
    ("wanted", "fault", "outcome"),
    [
        (Tier.MINIMUM, None, Outcome.BLOCKED),
        (Tier.RECOMMENDED, None, Outcome.AT_RISK),
        (Tier.MINIMUM, "probe_crashed", Outcome.UNMEASURED),
        (Tier.RECOMMENDED, "probe_crashed", Outcome.READY),
    ],
)
def test_the_tier_says_what_missing_a_requirement_means(wanted: Tier, fault: Any, outcome: Outcome) -> None:
    profile = tier("browser.version", wanted)
    missing = Observation(fault=fault) if fault else replace(HEALTHY["browser.version"], facts=_no_browser())
    verdicts = decide({**HEALTHY, "browser.version": missing}, profile, Context())
    assert workstation_outcome(verdicts, profile) is outcome


def _no_browser() -> Any:
    return checks.BY_ID["browser.version"].facts(browsers=())


def test_a_recommended_check_still_explains_what_follows() -> None:
    recording = load(MACHINES / "cable_unplugged.json")
    profile = tier("network.address", Tier.RECOMMENDED)
    verdicts = decide(replayed(recording["answers"], profile, date(2026, 11, 24)), profile, Context())
    assert verdicts["network.address"].outcome is Outcome.AT_RISK
    assert {e.because_of for e in verdicts["network.page"].evidence} == {"network.address"}


def test_a_wrong_clock_explains_dates_of_certificates_and_nothing_else() -> None:
    answers = load(MACHINES / "clock_in_1970.json")["answers"]
    untrusted = [{**h, "failure": "certificate_untrusted"} for h in answers["handshake"]]
    observed = replayed({**answers, "handshake": untrusted}, PROFILE, date(2026, 11, 24))
    assert decide(observed, PROFILE, Context())["network.tls"].cause == "root_missing"


def test_a_broken_probe_explains_nothing() -> None:
    recording = load(MACHINES / "interception_untrusted.json")
    observed = replayed(recording["answers"], PROFILE, date(2026, 11, 24))
    observed["network.reach"] = Observation(fault="probe_deadline")
    assert decide(observed, PROFILE, Context())["network.tls"].cause == "interception_untrusted"


outcomes = st.sampled_from(Outcome)


@given(st.lists(outcomes), st.randoms())
def test_the_worst_outcome_does_not_depend_on_order(found: list[Outcome], random: Any) -> None:
    shuffled = random.sample(found, len(found))
    assert worst(found) == worst(shuffled)


OF_WORKSTATIONS = [id_ for id_ in TIERS if checks.BY_ID[id_].scope == "workstation"]


@given(st.dictionaries(st.sampled_from(OF_WORKSTATIONS), outcomes))
def test_the_rule_from_checks_to_a_workstation(found: dict[str, Outcome]) -> None:
    verdicts = {id_: Verdict(outcome=o, cause=None, evidence=()) for id_, o in found.items()}
    minimum = {o for id_, o in found.items() if TIERS[id_] is Tier.MINIMUM}
    recommended = {o for id_, o in found.items() if TIERS[id_] is Tier.RECOMMENDED} - {Outcome.BLOCKED}
    # decide() never leaves a recommended check BLOCKED
    verdicts = {i: v for i, v in verdicts.items() if TIERS[i] is Tier.MINIMUM or v.outcome is not Outcome.BLOCKED}
    if Outcome.BLOCKED in minimum:
        expected = Outcome.BLOCKED
    elif Outcome.UNMEASURED in minimum:
        expected = Outcome.UNMEASURED
    elif Outcome.AT_RISK in minimum | recommended:
        expected = Outcome.AT_RISK
    else:
        expected = Outcome.READY
    assert workstation_outcome(verdicts, PROFILE) is expected


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_is_observed_every_required_check_has_a_verdict_and_every_cause_a_remedy(data: st.DataObject) -> None:
    observed = {}
    for check in (checks.BY_ID[i] for i in data.draw(st.sets(st.sampled_from(list(TIERS))))):
        facts = data.draw(st.none() | st.from_type(check.facts))
        observed[check.id] = Observation(facts=facts, fault=None if facts else "probe_crashed")
    verdicts = decide(observed, PROFILE, Context(opens_on=date(2027, 1, 4)))
    assert list(verdicts) == [id_ for id_ in PROFILE.requirements if "agent" in checks.BY_ID[id_].seen_from]
    for id_, verdict in verdicts.items():
        assert verdict == conclude(verdict.evidence)
        for evidence in verdict.evidence:
            assert (evidence.because_of is not None) == (evidence.cause == NOT_JUDGED)
            if evidence.cause not in (None, NOT_JUDGED):
                assert remedy_of(id_, evidence.cause) is not None


def test_judging_twice_says_the_same() -> None:
    assert decide(HEALTHY, PROFILE, Context()) == decide(HEALTHY, PROFILE, Context())


def test_a_probe_made_late_by_an_earlier_failure_is_explained_by_it() -> None:
    unplugged = replayed(load(MACHINES / "cable_unplugged.json")["answers"], PROFILE, date(2026, 11, 24))
    late = {**unplugged, "network.clock": Observation(fault="probe_deadline")}
    (said,) = decide(late, PROFILE, Context())["network.clock"].evidence
    assert (said.cause, said.because_of) == ("not_judged", "network.address")
    late = {**HEALTHY, "network.clock": Observation(fault="probe_deadline")}
    assert decide(late, PROFILE, Context())["network.clock"].cause == "probe_deadline"
