"""What do facts mean under a profile? The one judgement, run by the agent and by the collector alike."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from functools import cache
from typing import Any, Final

import checks
from checks.known.browsers import BROWSERS
from checks.known.systems import SYSTEMS
from checks.model import (
    NOT_JUDGED,
    Check,
    Context,
    Evidence,
    Fault,
    Observation,
    Outcome,
    Remedy,
    Role,
    SeenFrom,
    Tier,
    Verdict,
    conclude,
    verdict,
    worst,
)
from checks.profile import Profile

_AGAIN = "Relancer l'audit sur ce poste ; si cela se répète, le signaler à l'exploitant de Préau."
FAULT_REMEDIES: Mapping[Fault, Remedy] = {
    "probe_crashed": Remedy(role=Role.SCHOOL, observation="Le contrôle a échoué par la faute de Préau.", action=_AGAIN),
    "probe_deadline": Remedy(role=Role.SCHOOL, observation="Le contrôle n'a pas fini à temps.", action=_AGAIN),
    "not_supported": Remedy(
        role=Role.SCHOOL, observation="Ce système ne sait pas répondre à ce contrôle.", action="Aucune action."
    ),
    "not_permitted": Remedy(
        role=Role.SCHOOL,
        observation="Le compte utilisé n'a pas le droit de répondre à ce contrôle.",
        action="Relancer l'audit avec l'agent installé pour tout le poste.",
    ),
    "never_asked": Remedy(
        role=Role.SCHOOL,
        observation="À remesurer : ce contrôle n'a pas encore été mesuré.",
        action="Lancer un audit sur ce poste.",
    ),
}


_Began = dict[tuple[str, str], str]
"""(service, host) -> id of the check where its trouble began; "" stands for all hosts, or the whole workstation."""


def decide(
    facts: Mapping[str, Observation], profile: Profile, context: Context, seen_from: SeenFrom = "agent"
) -> dict[str, Verdict]:
    """Judge what was observed against a profile, for a school's context; `{check id: Verdict}`, as the catalogue goes.

    A check absent from the profile is not required and gets no verdict; nor does one that is not `seen_from` there.
    What an earlier check explains is withdrawn, subject by subject, as "not judged because of" it; independent faults
    stay. A check that is only recommended never says more than AT_RISK.
    """
    return chain(
        {
            check.id: judge_one(check, facts.get(check.id, _NEVER), profile, context)
            for check in checks.ALL
            if check.id in profile.requirements and seen_from in check.seen_from
        },
        profile,
    )


def chain(judged: Mapping[str, Verdict], profile: Profile) -> dict[str, Verdict]:
    """Withdraw from verdicts, each judged alone and in the catalogue's order, what an earlier one explains."""
    verdicts: dict[str, Verdict] = {}
    failing: dict[str, _Began] = {}
    for id_, alone in judged.items():
        failing[id_] = {}
        if alone.outcome is Outcome.READY:  # then all of its evidence is
            verdicts[id_] = alone
            continue
        check = checks.BY_ID[id_]
        evidence = [_withdraw(check, e, failing) for e in alone.evidence]
        if profile.requirements[id_].tier is Tier.RECOMMENDED:
            evidence = [_cap(e) for e in evidence]
        unchanged = all(e is before for e, before in zip(evidence, alone.evidence, strict=True))
        verdicts[id_] = alone if unchanged else conclude(evidence)
    return verdicts


def judge_one(check: Check[Any, Any], observation: Observation, profile: Profile, context: Context) -> Verdict:
    """Judge one check alone, before the chain withdraws what others explain."""
    if observation.facts is None:
        fault = observation.fault or "never_asked"
        return verdict(Outcome.UNMEASURED, fault, FAULT_REMEDIES[fault].observation)
    requirement = fill(profile.requirements[check.id].requirement, profile, context, observation)
    return check.judge(observation.facts, requirement)


_NEVER: Final = Observation(fault="never_asked")


def fill(requirement: Any, profile: Profile, context: Context, observation: Observation) -> Any:
    """Give a requirement the values it takes from around its table (see `checks.model.filled`)."""
    kind: type = type(requirement)
    names = filled_names(kind)
    if not names:
        return requirement
    key = (id(requirement), id(profile.services), context.opens_on, observation.observed_on)
    known = _FILLED.get(key)
    if known is None or known[0] is not requirement or known[1] is not profile.services:
        around = {
            "services": profile.services,
            "opens_on": context.opens_on,
            "observed_on": observation.observed_on,
            "known_browsers": BROWSERS,
            "known_systems": SYSTEMS,
        }
        known = (requirement, profile.services, replace(requirement, **{name: around[name] for name in names}))
        if len(_FILLED) >= _MOST_FILLED:
            _FILLED.clear()
        _FILLED[key] = known
    return known[2]


_FILLED: dict[tuple[int, int, date | None, date | None], tuple[Any, Any, Any]] = {}
"""Requirements already filled, each beside what it was filled from: the same few serve every workstation of a day."""
_MOST_FILLED: Final = 8192


@cache
def filled_names(requirement: type) -> tuple[str, ...]:
    """Return the fields that a requirement takes from around its table."""
    return tuple(f.name for f in fields(requirement) if f.metadata.get("filled"))


def workstation_outcome(verdicts: Mapping[str, Verdict], profile: Profile) -> Outcome:
    """Sum a workstation up: a failed minimum, else an unmeasured minimum, else a missed recommendation, else ready."""
    of_workstation = (  # what is ready is never the worst
        v.outcome
        for id_, v in verdicts.items()
        if v.outcome is not Outcome.READY
        if checks.BY_ID[id_].scope == "workstation"
        if v.outcome is not Outcome.UNMEASURED or profile.requirements[id_].tier is Tier.MINIMUM
    )
    return worst(of_workstation)


def remedy_of(check_id: str, cause: str | None) -> Remedy | None:
    """Return what to do about a cause, or None when it asks for nothing by itself (ready, not judged)."""
    if cause is None or cause == NOT_JUDGED:
        return None
    return checks.BY_ID[check_id].remedies.get(cause) or FAULT_REMEDIES[cause]  # type: ignore[index]


def _withdraw(check: Check[Any, Any], evidence: Evidence, failing: dict[str, _Began]) -> Evidence:
    """Withdraw evidence that an earlier check explains, and remember where the trouble of its subject began."""
    if evidence.outcome in (Outcome.READY, Outcome.AT_RISK):
        return evidence
    if evidence.cause in FAULT_REMEDIES and evidence.cause != "probe_deadline":
        return evidence
    about = (evidence.subject, evidence.host)
    # What an earlier failure makes wait is late because of it, whatever it would have said.
    late = evidence.cause == "probe_deadline"
    some = [ids for cause, ids in check.after_for.items() if late or cause == evidence.cause]
    for earlier in (*check.after, *(id_ for ids in some for id_ in ids)):
        origin = _origin(about, failing.get(earlier, {}))
        if origin:
            failing[check.id].setdefault(about, origin)
            title = checks.BY_ID[origin].title.rstrip(".")
            sentence = f"Non jugé tant que ce contrôle échoue : « {title} »."
            return replace(evidence, outcome=Outcome.UNMEASURED, cause=NOT_JUDGED, sentence=sentence, because_of=origin)
    if evidence.outcome is Outcome.BLOCKED or evidence.cause in check.explains:
        failing[check.id].setdefault(about, check.id)
    return evidence


def _origin(about: tuple[str, str], began: _Began) -> str | None:
    """Return where the trouble of a service's host began: its own, its service's, or the whole workstation's.

    What is about the whole workstation is explained by any trouble before it: it had no service left to ask.
    """
    subject, host = about
    if subject == "":
        return next(iter(began.values()), None)
    of_all_hosts = () if host else (origin for (name, _), origin in began.items() if name == subject)
    exact = (began.get(key) for key in ((subject, host), (subject, ""), ("", "")))
    return next((origin for origin in (*exact, *of_all_hosts) if origin), None)


def _cap(evidence: Evidence) -> Evidence:
    return replace(evidence, outcome=Outcome.AT_RISK) if evidence.outcome is Outcome.BLOCKED else evidence
