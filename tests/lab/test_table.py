"""Is the table of scenarios sound? Needs no network: what runs it is `make lab`."""

import re
from collections import Counter

import pytest

from checks.model import Outcome
from checks.profile import parse
from tests.lab import matrix
from tests.lab.scenario import Found, Result, Scenario, unknown_words
from tests.lab.scenarios import ALL
from tests.lab.world import VARIANTS, profile


def test_names_are_unique_and_can_be_typed() -> None:
    assert [name for name, n in Counter(s.name for s in ALL).items() if n > 1] == []
    assert all(re.fullmatch(r"[a-z0-9_]+", s.name) and s.fault for s in ALL)


@pytest.mark.parametrize("scenario", ALL, ids=lambda s: s.name)
def test_expects_what_a_check_can_say(scenario: Scenario) -> None:
    assert list(unknown_words(scenario)) == []
    assert scenario.variant in VARIANTS


@pytest.mark.parametrize("variant", VARIANTS)
def test_profiles_of_the_lab_can_be_read(variant: str) -> None:
    parsed = parse(profile(variant))
    tiers = {id_: required.tier.value for id_, required in parsed.requirements.items()}
    assert tiers.pop("network.link") == "recommended"
    assert set(tiers.values()) == {"minimum"}


SOUND = Scenario(name="sound", fault="none")
BROKEN = Scenario(name="broken", fault="a name is refused", expect={"dns": "name_refused:resolver", "page": "<dns"})


def found(outcome: Outcome, **shown: str) -> Found:
    return Found(outcome=outcome, shown={f"network.{k}": frozenset(v.split()) for k, v in shown.items()}, sentences=())


@pytest.mark.parametrize(
    ("scenario", "seen", "wrong"),
    [
        (SOUND, found(Outcome.READY), ()),
        (SOUND, found(Outcome.BLOCKED, dns="name_refused:resolver_operator"), ("cause", "role", "called broken")),
        (BROKEN, found(Outcome.BLOCKED, dns="name_refused:resolver_operator", page="<network.dns"), ()),
        (BROKEN, found(Outcome.BLOCKED, dns="name_refused:resolver_operator"), ("withdrawn",)),
        (BROKEN, found(Outcome.BLOCKED, dns="name_sinkholed:resolver_operator", page="<network.dns"), ("cause",)),
        (BROKEN, found(Outcome.READY), ("cause", "role", "called ready")),
    ],
)
def test_tells_how_far_off_a_diagnosis_is(scenario: Scenario, seen: Found, wrong: tuple[str, ...]) -> None:
    assert Result(scenario=scenario, found=seen).wrong == wrong


def test_one_broken_network_called_ready_is_too_many() -> None:
    good = [Result(scenario=SOUND, found=found(Outcome.READY))] * 200
    assert matrix.within_the_bar(good)
    assert not matrix.within_the_bar([*good, Result(scenario=BROKEN, found=found(Outcome.READY))])
    assert not matrix.within_the_bar([*good, Result(scenario=SOUND, found=found(Outcome.READY), audit_s=21)])
    assert not matrix.within_the_bar([*good, Result(scenario=SOUND, problem="no squid")])
