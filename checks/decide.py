"""What do facts mean under a profile? The one judgement, run by the agent and by the collector alike."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

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
        role=Role.SCHOOL, observation="Ce contrôle n'a pas encore été mesuré.", action="Lancer un audit sur ce poste."
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
    verdicts: dict[str, Verdict] = {}
    failing: dict[str, _Began] = {}
    for check in checks.ALL:
        if check.id not in profile.requirements or seen_from not in check.seen_from:
            continue
        judged = _judge(check, facts.get(check.id, Observation(fault="never_asked")), profile, context)
        failing[check.id] = {}
        evidence = [_withdraw(check, e, failing) for e in judged.evidence]
        capped = profile.requirements[check.id].tier is Tier.RECOMMENDED
        verdicts[check.id] = conclude(_cap(e) if capped else e for e in evidence)
    return verdicts


def fill(requirement: Any, profile: Profile, context: Context, observation: Observation) -> Any:
    """Give a requirement the values it takes from around its table (see `checks.model.filled`)."""
    around = {
        "services": profile.services,
        "opens_on": context.opens_on,
        "observed_on": observation.observed_on,
        "known_browsers": BROWSERS,
        "known_systems": SYSTEMS,
    }
    return replace(requirement, **{f.name: around[f.name] for f in fields(requirement) if f.metadata.get("filled")})


def workstation_outcome(verdicts: Mapping[str, Verdict], profile: Profile) -> Outcome:
    """Sum a workstation up: a failed minimum, else an unmeasured minimum, else a missed recommendation, else ready."""
    return worst(
        v.outcome
        for id_, v in verdicts.items()
        if checks.BY_ID[id_].scope == "workstation"
        if v.outcome is not Outcome.UNMEASURED or profile.requirements[id_].tier is Tier.MINIMUM
    )


def remedy_of(check_id: str, cause: str | None) -> Remedy | None:
    """Return what to do about a cause, or None when it asks for nothing by itself (ready, not judged)."""
    if cause is None or cause == NOT_JUDGED:
        return None
    return checks.BY_ID[check_id].remedies.get(cause) or FAULT_REMEDIES[cause]  # type: ignore[index]


def _judge(check: Check[Any, Any], observation: Observation, profile: Profile, context: Context) -> Verdict:
    if observation.facts is None:
        fault = observation.fault or "never_asked"
        return verdict(Outcome.UNMEASURED, fault, FAULT_REMEDIES[fault].observation)
    requirement = fill(profile.requirements[check.id].requirement, profile, context, observation)
    return check.judge(observation.facts, requirement)


def _withdraw(check: Check[Any, Any], evidence: Evidence, failing: dict[str, _Began]) -> Evidence:
    """Withdraw evidence that an earlier check explains, and remember where the trouble of its subject began."""
    if evidence.outcome in (Outcome.READY, Outcome.AT_RISK) or evidence.cause in FAULT_REMEDIES:
        return evidence
    about = (evidence.subject, evidence.host)
    for earlier in (*check.after, *check.after_for.get(evidence.cause or "", ())):
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
