"""What do a page's answers mean for this school's ENT? The same probes, the same `decide()`, from a browser's place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import checks
from checks.decide import decide, fill, workstation_outcome
from checks.machine import CannotAnswer, Machine
from checks.model import Context, Evidence, Observation, Outcome, Verdict
from checks.plain import to_plain
from checks.profile import Profile
from checks.wire import to_json
from collector.facts import Facts, Kept, unpack
from collector.judging import observation
from collector.store import Session
from collector.store.generations import serving
from collector.store.tries import tries_of
from collector.tables import PageTest, School
from collector.test_page.answer import KINDS, Kind, PageAnswer
from collector.test_page.door import PageDoor


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device known only by the test page, and where it stands."""

    label: str  # "tablette 7"; "tablette" when nobody gave a number
    observed_at: datetime
    outcome: Outcome
    verdicts: Mapping[str, Verdict]

    @property
    def wrong(self) -> tuple[Evidence, ...]:
        """What is not ready, in the catalogue's order."""
        return tuple(e for v in self.verdicts.values() for e in v.evidence if e.outcome is not Outcome.READY)


def facts_of(answer: PageAnswer, profile: Profile, now: int) -> dict[str, Kept]:
    """Run the probes that a browser can answer; `{check id: facts, as they are kept}`."""
    door, found = cast("Machine", PageDoor(answer)), {}
    for check in checks.ALL:
        if check.id in profile.requirements and "browser" in check.seen_from:
            requirement = fill(profile.requirements[check.id].requirement, profile, Context(), Observation())
            try:
                facts = to_json(to_plain(check.probe(door, requirement)))
            except CannotAnswer as closed:
                found[check.id] = Kept(observed_at=now, facts=None, fault=closed.reason)
            else:
                found[check.id] = Kept(observed_at=now, facts=facts)
    return found


def judge(facts: Facts, profile: Profile, context: Context) -> tuple[Outcome, dict[str, Verdict]]:
    """Judge what a browser could show; UNMEASURED when the profile requires nothing of it."""
    observed = {id_: observation(id_, kept) for id_, kept in facts.items() if id_ in checks.BY_ID}
    verdicts = decide(observed, profile, context, "browser")
    return workstation_outcome(verdicts, profile) if verdicts else Outcome.UNMEASURED, verdicts


def devices_of(session: Session, uai: str) -> list[Device]:
    """Return a school's devices known by the test page, judged now by its profile; none when it has no profile."""
    school = session.get_one(School, uai)
    profile = serving(session).of(school.profile_id).profile
    if profile is None:
        return []
    context = Context(opens_on=school.opens_on)
    return [_device(test, *judge(unpack(test.facts), profile, context)) for test in tries_of(session, uai)]


def _device(test: PageTest, outcome: Outcome, verdicts: Mapping[str, Verdict]) -> Device:
    label = KINDS.get(cast("Kind", test.kind), test.kind)
    return Device(
        label=label if test.number is None else f"{label} {test.number}",
        observed_at=datetime.fromtimestamp(test.observed_at, UTC),
        outcome=outcome,
        verdicts=verdicts,
    )
