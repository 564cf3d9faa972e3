"""What does the person at the workstation read?"""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

import checks
from agent.measure import Attempt
from agent.requirements import Required
from checks.actors import ACTOR_NAMES, DEFAULT_ACTORS
from checks.decide import remedy_of, workstation_outcome
from checks.french import FAMILIES, OUTCOME_SIGNS, OUTCOMES, TIERS, count
from checks.model import Evidence, Outcome, Verdict
from checks.plain import to_plain


class Progress:
    """Shows how far an audit is: one line that changes on a terminal, one line per check elsewhere."""

    def __init__(self, required: Required, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._total, self._done = len(required.profile.requirements), 0
        self._live = self._stream.isatty()
        self._line(f"Audit selon « {required.profile.title} » ({required.profile.id} {required.profile.version})", "\n")

    def __call__(self, attempt: Attempt) -> None:
        """Tell that a check has ended."""
        self._done += 1
        title = checks.BY_ID[attempt.check_id].title.rstrip(".")
        self._line(f"[{self._done}/{self._total}] {title}", "" if self._live and self._done < self._total else "\n")

    def _line(self, text: str, end: str) -> None:
        self._stream.write(("\r\x1b[K" if self._live else "") + text + end)
        self._stream.flush()


def report_lines(verdicts: Mapping[str, Verdict], required: Required) -> Iterator[str]:
    """Yield an audit as lines: one per check, with what to do and who, then the outcome."""
    family = ""
    for check_id, verdict in verdicts.items():
        if check_id.split(".")[0] != family:
            family = check_id.split(".")[0]
            yield f"\n{FAMILIES[family]}"
        yield from _check_lines(check_id, verdict, required)
    outcome = workstation_outcome(verdicts, required.profile)
    ready = f" pour « {required.profile.title} »" if outcome is Outcome.READY else ""
    yield f"\nCe poste : {OUTCOMES[outcome].upper()}{ready}{in_question(verdicts, outcome)}"


def _check_lines(check_id: str, verdict: Verdict, required: Required) -> Iterator[str]:
    tier = TIERS[required.profile.requirements[check_id].tier]
    title = checks.BY_ID[check_id].title.rstrip(".")
    said = " ".join(e.sentence for e in told(verdict))
    yield f"  {OUTCOME_SIGNS[verdict.outcome]} {title} ({tier}) : {said}"
    if verdict.outcome is Outcome.READY:
        return
    for who, action in to_do(check_id, verdict):
        yield f"      → {who} : {action}"


def to_do(check_id: str, verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Yield who must do what about each cause of a verdict, in French."""
    for cause in dict.fromkeys(e.cause for e in verdict.evidence if e.outcome is not Outcome.READY):
        remedy = remedy_of(check_id, cause)
        if remedy is not None:
            yield ACTOR_NAMES[DEFAULT_ACTORS[remedy.role]], remedy.action


def told(verdict: Verdict) -> tuple[Evidence, ...]:
    """Return the evidence worth telling: what is not ready, or else all of it."""
    not_ready = tuple(e for e in verdict.evidence if e.outcome is not Outcome.READY)
    return not_ready or verdict.evidence


def in_question(verdicts: Mapping[str, Verdict], outcome: Outcome) -> str:
    """Say how many checks give a workstation its outcome; nothing when it is ready."""
    if outcome is Outcome.READY:
        return ""
    deciding = sum(verdict.outcome is outcome for verdict in verdicts.values())
    return f" ({count(deciding, 'contrôle en cause', 'contrôles en cause')})"


def as_json(verdicts: Mapping[str, Verdict], attempts: Mapping[str, Attempt], required: Required) -> str:
    """Return facts and verdicts as one JSON document."""
    profile = required.profile
    document = {
        "profile": {"id": profile.id, "version": profile.version, "title": profile.title},
        "outcome": workstation_outcome(verdicts, profile).value,
        "checks": {id_: _json_check(id_, v, attempts.get(id_), required) for id_, v in verdicts.items()},
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _json_check(check_id: str, verdict: Verdict, attempt: Attempt | None, required: Required) -> dict[str, Any]:
    remedy = remedy_of(check_id, verdict.cause)
    return {
        "tier": required.profile.requirements[check_id].tier.value,
        "measured_at": attempt.measured_at if attempt else None,
        "took_ms": attempt.took_ms if attempt else None,
        "fault": attempt.fault if attempt else "never_asked",
        "facts": to_plain(attempt.facts) if attempt else None,
        "outcome": verdict.outcome.value,
        "cause": verdict.cause,
        "evidence": to_plain(verdict.evidence),
        "actor": DEFAULT_ACTORS[remedy.role].value if remedy else None,
        "action": remedy.action if remedy else None,
    }
