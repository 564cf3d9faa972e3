"""Golden machines: recorded answers, replayed through the probes, judged as expected."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import checks
from checks.decide import decide, fill, workstation_outcome
from checks.machine import CannotAnswer
from checks.model import Context, Observation
from checks.profile import Profile, parse
from tests.replay import MACHINES, Replay, Unrecorded, load, recordings

PROFILE = parse((MACHINES / "profile.toml").read_text(encoding="utf-8"))


def replayed(answers: dict[str, Any], profile: Profile, observed_on: date) -> dict[str, Observation]:
    door = Replay(answers)
    found = {}
    for check in checks.ALL:
        requirement = fill(profile.requirements[check.id].requirement, profile, Context(), Observation())
        try:
            found[check.id] = Observation(facts=check.probe(door, requirement), observed_on=observed_on)
        except CannotAnswer as closed:
            found[check.id] = Observation(fault=closed.reason, observed_on=observed_on)
    return found


@pytest.mark.parametrize("path", recordings(), ids=lambda p: p.stem)
def test_a_recorded_machine_is_judged_as_expected(path: Path) -> None:
    recording = load(path)
    observed = replayed(recording["answers"], PROFILE, date.fromisoformat(recording["observed_on"]))
    context = Context(opens_on=date.fromisoformat(recording["opens_on"]))
    verdicts = decide(observed, PROFILE, context, recording.get("seen_from", "agent"))
    assert {id_: [v.outcome.value, v.cause] for id_, v in verdicts.items()} == recording["expected"]["verdicts"]
    assert workstation_outcome(verdicts, PROFILE) == recording["expected"]["outcome"]


def test_independent_faults_are_all_named_and_consequences_name_what_explains_them() -> None:
    recording = load(MACHINES / "name_refused_one_service.json")
    verdicts = decide(replayed(recording["answers"], PROFILE, date(2026, 11, 24)), PROFILE, Context())
    page = {e.subject: (e.outcome.value, e.cause, e.because_of) for e in verdicts["network.page"].evidence}
    assert page == {
        "ent": ("blocked", "page_blocked", None),
        "ressources": ("unmeasured", "not_judged", "network.dns"),
    }


def test_an_unrecorded_question_fails() -> None:
    with pytest.raises(Unrecorded):
        Replay({}).network()
    with pytest.raises(Unrecorded):
        Replay({"resolve": []}).resolve(("ent.example.fr",))
