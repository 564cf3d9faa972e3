"""What do a workstation's stored facts mean under its school's profile?"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from pydantic import ValidationError

import checks
from checks.decide import decide, workstation_outcome
from checks.model import Context, Fault, Observation, Outcome, Verdict
from collector.store import Session
from collector.store.profiles import profile_for
from collector.store.reports import facts_of, replace_findings, unpack_facts
from collector.tables import Fact, Finding, School, Workstation
from collector.wire import FACTS

log = logging.getLogger(__name__)


def judge_workstation(session: Session, workstation: Workstation) -> None:
    """Judge a workstation's facts again, and keep its outcome and findings. Without a profile or facts: none."""
    school = session.get_one(School, workstation.uai)
    profile = profile_for(session, school)
    facts = [fact for fact in facts_of(session, workstation.id) if fact.check_id in checks.BY_ID]
    if profile is None or not facts:
        workstation.outcome = workstation.profile_id = workstation.profile_version = workstation.observed_at = None
        replace_findings(session, workstation.id, ())
        return
    verdicts = decide({f.check_id: observation(f) for f in facts}, profile, Context(opens_on=school.opens_on))
    workstation.outcome = workstation_outcome(verdicts, profile).value
    workstation.profile_id, workstation.profile_version = profile.id, profile.version
    required = [fact.observed_at for fact in facts if fact.check_id in profile.requirements]
    workstation.observed_at = min(required or [fact.observed_at for fact in facts])
    replace_findings(session, workstation.id, findings(workstation.id, verdicts))


def observation(fact: Fact) -> Observation:
    """Read stored facts back."""
    day = datetime.fromtimestamp(fact.observed_at, UTC).date()
    if fact.facts is None:
        return Observation(fault=cast("Fault", fact.fault), observed_on=day)
    try:
        facts: Any = FACTS[fact.check_id].validate_json(unpack_facts(fact.facts))
    except ValidationError as error:
        # Facts are only ever added to: this is our fault, never the school's.
        where = [e["loc"] for e in error.errors(include_url=False, include_input=False)]
        log.error("stored facts of %s do not fit their class at %s", fact.check_id, where)
        return Observation(fault="probe_crashed", observed_on=day)
    return Observation(facts=facts, observed_on=day)


def findings(workstation_id: str, verdicts: dict[str, Verdict]) -> Sequence[Finding]:
    """Return what is not ready, one row per check, cause and subject."""
    return [
        Finding(
            workstation_id=workstation_id,
            check_id=check_id,
            cause=evidence.cause,
            subject=evidence.subject,
            outcome=evidence.outcome.value,
            sentence=evidence.sentence,
            because_of=evidence.because_of,
        )
        for check_id, verdict in verdicts.items()
        for evidence in verdict.evidence
        if evidence.outcome is not Outcome.READY and evidence.cause is not None
    ]
