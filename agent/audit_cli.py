"""What do `preau-agent audit` and `record` do: measure this workstation, or judge again what one answered?"""

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final

import checks
from agent import durable, recording, requirements, screen, sheet
from agent.door import open_door
from agent.identity import Folder, Unusable, default_folder
from agent.measure import Attempt, measure, observations
from agent.requirements import Required
from agent.trust import client_context
from checks.decide import decide, workstation_outcome
from checks.french import count
from checks.model import Outcome, Verdict
from checks.profile import ProfileError, parse

EXIT: Final = {Outcome.READY: 0, Outcome.AT_RISK: 10, Outcome.BLOCKED: 20, Outcome.UNMEASURED: 30}
OUR_FAULT: Final = 70


class AlreadyThere(ValueError):
    """A file that a command would write over."""


def audit(args: argparse.Namespace) -> int:
    """Audit this workstation, or a recorded one, and show the result; sends nothing."""
    if args.html is not None:
        must_be_new(args.html)
    if args.replay is not None:
        required, attempts, made_at = _answered_before(args)
    else:
        folder = _folder()
        required, made_at = wanted(args.profile, folder), datetime.now(UTC)
        attempts = measured(required, _authority(args.ca, folder))
    verdicts = judged(required, attempts, as_json=args.json)
    if args.html is not None:
        durable.write(args.html, sheet.page(verdicts, required, made_at).encode())
        sys.stderr.write(f"page écrite dans {args.html}\n")
    return EXIT[workstation_outcome(verdicts, required.profile)]


def record(args: argparse.Namespace) -> int:
    """Write this workstation's answers down, to be judged again by `audit --replay`; sends nothing."""
    must_be_new(args.file)
    folder = _folder()
    required = wanted(args.profile, folder)
    machine = open_door(required.known(_authority(args.ca, folder)))
    title = args.title or f"Poste enregistré le {datetime.now(UTC):%d/%m/%Y}"
    document, left_out = recording.record(machine, required, title, done=screen.Progress(required))
    durable.write(args.file, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())
    for question in left_out:
        sys.stderr.write(
            f"la réponse à « {question} » contient un texte propre à ce poste : elle n'est pas enregistrée\n"
        )
    answers = count(len(document["answers"]), "réponse enregistrée", "réponses enregistrées")
    print(f"{answers} dans {args.file}. Pour les juger : preau-agent audit --replay {args.file}")
    return OUR_FAULT if left_out else 0


def must_be_new(path: Path) -> None:
    """Raise `AlreadyThere` rather than write over a file."""
    if path.exists():
        raise AlreadyThere(f"{path} existe déjà : donnez un autre nom, ou effacez-le")


def _answered_before(args: argparse.Namespace) -> tuple[Required, dict[str, Attempt], datetime]:
    """Read a recording, and what it answers to the profile asked for, else to its own."""
    held = recording.read(args.replay)
    profile = held.profile if args.profile is None else wanted(args.profile, Folder(Path())).profile
    required = Required(profile=profile or requirements.generic().profile, context=held.context)
    observed_at = datetime.combine(held.observed_on, time(12), UTC)
    return required, recording.replay(held, required.profile), observed_at


def judged(required: Required, attempts: Mapping[str, Attempt], *, as_json: bool) -> dict[str, Verdict]:
    """Judge what was measured, print it, and return the verdicts."""
    every = decide(observations(attempts), required.profile, required.context)
    # What another workstation measures for the whole school is not this one's to tell.
    verdicts = {id_: v for id_, v in every.items() if checks.BY_ID[id_].scope != "school" or id_ in attempts}
    if as_json:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8")  # whatever the console's: programs read this
        print(screen.as_json(verdicts, attempts, required))
    else:
        print("\n".join(screen.report_lines(verdicts, required)))
    return verdicts


def measured(required: Required, extra_ca: Path | None) -> dict[str, Attempt]:
    """Measure this workstation, showing how far it is."""
    machine = open_door(required.known(extra_ca))
    return measure(machine, required.profile, required.context, done=screen.Progress(required))


def wanted(profile: Path | None, folder: Folder) -> Required:
    """Return the profile asked for, else the one held from the collector, else the generic one."""
    if profile is not None:
        try:
            text = profile.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise ProfileError(1, (), f"{profile} n'est pas un texte en UTF-8") from None
        return Required(profile=parse(text), toml=text)
    identity = folder.identity()
    return (requirements.held(folder, identity) if identity else None) or requirements.generic()


def _authority(given: Path | None, folder: Folder) -> Path | None:
    """Return the file of a further authority, once it is known to hold one; raises `BadAuthority`.

    Found out by a probe, it would read as what the network answers.
    """
    path = given or (folder.ca if folder.ca.exists() else None)
    if path is not None:
        client_context(path)
    return path


def _folder() -> Folder:
    try:
        return default_folder()
    except Unusable:  # no home: an audit keeps nothing there anyway
        return Folder(Path())
