"""What did a workstation answer, question by question? Written so that it can be judged again, elsewhere or later.

A recording is a golden machine (`tests/machines`): one JSON document of raw answers, with the profile whose questions
they are. It holds what the door may say and nothing more: closed lists, numbers, digests, names of the profile. An
answer with any other text in it is left out, and told.
"""

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final, cast

import checks
from agent.measure import Attempt, left_to_others, measure, observations
from agent.requirements import Required
from checks.decide import decide, fill, workstation_outcome
from checks.machine import FACTS_SCHEMA, QUESTIONS, CannotAnswer, Machine
from checks.model import Check, Context, Observation
from checks.names import names_of, stranger
from checks.plain import Unreadable, build, to_plain
from checks.profile import Profile, ProfileError, parse
from checks.replay import NAMES, Replayed, Unrecorded

MOST_BYTES: Final = 4 << 20
"""Largest recording: an ordinary one has a hundred times less."""


class BadRecording(ValueError):
    """A recording that cannot be read, or holds no answer to a question; the message says which, in French."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A workstation's answers as they were given, and the day they were."""

    answers: Mapping[str, Any]  # by question: the answer as plain JSON, or why there is none
    observed_on: date
    context: Context
    profile: Profile | None  # whose questions they answer; None where it is not said


class Recorder:
    """Implements `checks.machine.Machine` before a real one, and keeps what it answers."""

    def __init__(self, machine: Machine, names: frozenset[str]) -> None:
        self._machine, self._names, self._lock = machine, names, threading.Lock()
        self.answers: dict[str, Any] = {}
        self.left_out: list[str] = []  # questions whose answer holds a text of this workstation

    def __getattr__(self, question: str) -> Any:
        if question not in QUESTIONS:
            raise AttributeError(question)

        def ask(*asked: Any) -> Any:
            try:
                given = getattr(self._machine, question)(*asked)
            except CannotAnswer as closed:
                self.answers[question] = closed.reason
                raise
            self._keep(question, asked, given)
            return given

        return ask

    def _keep(self, question: str, asked: tuple[Any, ...], given: Any) -> None:
        every = given if isinstance(given, tuple) else (given,)
        plain = to_plain(given)
        with self._lock:
            if any(stranger(one, self._names) for one in every if one is not None):
                self.left_out.append(question)
            elif question == "server_clocks":  # the one answer that does not name what it is about
                self.answers.setdefault(question, {}).update(zip(asked[0], plain, strict=True))
            elif asked and isinstance(given, tuple):  # several checks may ask, each about things of its own
                held = self.answers.setdefault(question, [])
                held += [one for one in plain if not any(_same(one, known) for known in held)]
            else:
                self.answers[question] = plain


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two answers are about the same thing."""
    return all(one.get(key) == other.get(key) for key in NAMES)


def record(
    machine: Machine, required: Required, title: str, *, done: Callable[[Attempt], None] = lambda _: None
) -> tuple[dict[str, Any], list[str]]:
    """Ask a workstation everything a profile does; the recording, and the questions whose answer was left out."""
    profile, context = required.profile, required.context
    recorder = Recorder(machine, names_of(profile))
    measure(cast(Machine, recorder), profile, context, done=done)
    for check in checks.ALL:
        if check.id in profile.requirements and "agent" not in check.seen_from:
            with suppress(CannotAnswer):  # which is then recorded: what only a page of the collector answers
                check.probe(cast(Machine, recorder), _filled(check, profile, context))
    answers = {question: recorder.answers[question] for question in QUESTIONS if question in recorder.answers}
    made = Recording(answers=answers, observed_on=datetime.now(UTC).date(), context=context, profile=profile)
    verdicts = {} if recorder.left_out else decide(observations(_probed(made, profile)), profile, context)
    return {
        "title": title,
        "facts_schema": FACTS_SCHEMA,
        "agent_version": checks.VERSION,
        "observed_on": made.observed_on.isoformat(),
        "opens_on": context.opens_on.isoformat() if context.opens_on else None,
        "profile": required.toml,
        "answers": answers,
        "expected": {
            "outcome": workstation_outcome(verdicts, profile).value,
            "verdicts": {id_: [verdict.outcome.value, verdict.cause] for id_, verdict in verdicts.items()},
        },
    }, recorder.left_out


def read(path: Path) -> Recording:
    """Read a recording; raises `BadRecording` for what is none, OSError."""
    try:
        with path.open("rb") as file:
            said = json.loads(file.read(MOST_BYTES))
    except (ValueError, RecursionError) as error:
        where = f" (ligne {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise BadRecording(f"{path} : ce fichier n'est pas du JSON, ou il est coupé{where}") from None
    if not isinstance(said, dict) or not isinstance(said.get("answers"), dict):
        raise BadRecording(f"{path} : ce fichier n'est pas un enregistrement de preau-agent record")
    try:
        opens_on = build(Context, {"opens_on": said.get("opens_on")})
        observed_on = date.fromisoformat(said.get("observed_on", ""))
        profile = parse(said["profile"]) if said.get("profile") else None
    except (Unreadable, ProfileError, ValueError, TypeError, AttributeError) as error:
        raise BadRecording(f"{path} : l'enregistrement est abîmé ({error})") from None
    return Recording(answers=said["answers"], observed_on=observed_on, context=opens_on, profile=profile)


def replay(recording: Recording, profile: Profile) -> dict[str, Attempt]:
    """Run every probe of a profile over recorded answers, one after the other; raises `BadRecording`."""
    return {id_: made for id_, made in _probed(recording, profile).items() if not left_to_others(made)}


def _probed(recording: Recording, profile: Profile) -> dict[str, Attempt]:
    door = cast(Machine, Replayed(recording.answers))
    measured_at = int(datetime.combine(recording.observed_on, time(12), UTC).timestamp())
    attempts = {}
    for check in checks.ALL:
        if check.id not in profile.requirements or "agent" not in check.seen_from:
            continue
        made: dict[str, Any] = {"check_id": check.id, "measured_at": measured_at, "took_ms": 0}
        try:
            made["facts"] = check.probe(door, _filled(check, profile, recording.context))
        except CannotAnswer as closed:
            made["fault"] = closed.reason
        except Unreadable as error:
            raise BadRecording(f"l'enregistrement est abîmé : {error}") from None
        except Unrecorded as error:
            raise BadRecording(str(error)) from None
        attempts[check.id] = Attempt(**made)
    return attempts


def _filled(check: Check[Any, Any], profile: Profile, context: Context) -> Any:
    return fill(profile.requirements[check.id].requirement, profile, context, Observation())
