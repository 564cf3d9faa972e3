"""What does each command of `preau-agent` do?"""

import argparse
import gzip
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import checks
from agent import drop, durable, requirements
from agent.audit_cli import EXIT, judged, measured, wanted
from agent.enrolment import enrol, read_invitation
from agent.identity import DROP, Folder, Identity, Unusable, default_folder, shared_folder
from agent.measure import Attempt
from agent.post import NoAnswer
from agent.requirements import Required
from agent.send import STANDINGS, flush, lay_out, spool_report
from agent.spool import Spool
from checks import wire
from checks.arguments import WRONG_USAGE
from checks.decide import workstation_outcome
from checks.french import OUTCOMES, PLACES, count
from checks.model import Outcome, Verdict

_PROFILE_KEPT_S: Final = 2 * 86_400
"""How long the profile held serves, while sessions leave something every day."""
USAGE, UNSUPPORTED, LATER, INTERRUPTED = WRONG_USAGE, 69, 75, 130


class AlreadyEnrolled(ValueError):
    """A workstation that is to be enrolled again only when somebody says so."""


def enrol_here(args: argparse.Namespace) -> int:
    """Enrol this workstation in a school."""
    invitation, folder = read_invitation(args.code, args.collector), default_folder()
    folder.make()
    with durable.held(folder.path):
        if folder.identity() is not None and not args.again:
            raise AlreadyEnrolled("ce poste est déjà enrôlé (preau-agent status) ; --again pour l'enrôler à nouveau")
        identity = enrol(folder, invitation, tag=args.tag, place=args.place, ca=args.ca)
    print(f"Poste enrôlé : {identity.school}, {identity.commune} ({identity.uai})")
    print(f"Étiquette à coller sur le poste : {identity.tag} ({PLACES[identity.place]})")
    if identity.state == "pending":
        print(identity.reason or "Ce poste sera compté quand une personne l'aura accepté.")
    return 0


def run(args: argparse.Namespace) -> int:
    """Audit, keep the report, send what waits; as the scheduler calls it, only when the collector's slot has come."""
    folder, identity = _enrolled()
    with durable.held(folder.path):
        spool, progress = Spool(folder.path), folder.progress()
        now = int(time.time())
        if args.scheduled and progress.is_quiet(now):
            return LATER if len(spool) else 0
        if args.scheduled and not progress.is_due(now):
            return _send_waiting(folder, spool, identity, args.patience) if len(spool) else 0
        required, left, files = _asked_and_left(folder, identity)
        verdicts, attempts = audited(required, folder.ca if identity.has_ca else None, left=left, as_json=args.json)
        outcome = workstation_outcome(verdicts, required.profile)
        spool_report(folder, spool, identity, required, attempts)
        if left:
            spool_report(folder, spool, identity, required, left, evidence="session")
            drop.clear(files)
        folder.keep_progress(outcome=outcome.value)
        waiting = flush(folder, spool, folder.identity() or identity, patience_s=args.patience, say=_say)
    if not args.json:
        print("Relevé reçu par le collecteur." if not waiting else _waiting(waiting))
    return EXIT[outcome] if not waiting else LATER


def session(args: argparse.Namespace) -> int:  # noqa: ARG001 - every command has this shape
    """Leave what this session alone sees to the machine's agent, which owns the key and sends."""
    shared = shared_folder()
    if shared is None:
        raise Unusable("l'agent n'est pas installé pour tout le poste : rien à déposer")
    required = drop.published(shared)
    drop.put(shared / DROP, required, measured(drop.share_out(required, to_session=True), None))
    print("Déposé pour l'agent du poste, qui l'enverra.")
    return 0


def _asked_and_left(folder: Folder, identity: Identity) -> tuple[Required, dict[str, Attempt], list[Path]]:
    """Return what to measure now, and what sessions left since the last time.

    A day has two requests: a report, and either the profile or what sessions left. Where they left something, the
    profile held serves one more day.
    """
    shared = shared_folder()
    held = requirements.held(folder, identity) if shared is not None else None
    if shared is not None and held is not None and held.held_s < _PROFILE_KEPT_S:
        left, files = drop.take(shared / DROP, held)
        if left:
            return held, left, files
    required = _fetched(folder, identity)
    if shared is not None:
        drop.publish(shared, required)
    return required, {}, []


def _fetched(folder: Folder, identity: Identity) -> Required:
    """Return what the collector asks for now, else what it last asked for, else the generic profile."""
    try:
        return requirements.fetch(folder, identity)
    except NoAnswer as error:
        _say(str(error))
        return requirements.held(folder, identity) or requirements.generic()


def send(args: argparse.Namespace) -> int:
    """Send what waits, without auditing again."""
    folder, identity = _enrolled()
    with durable.held(folder.path):
        return _send_waiting(folder, Spool(folder.path), identity, args.patience)


def _send_waiting(folder: Folder, spool: Spool, identity: Identity, patience_s: float) -> int:
    before = len(spool)
    waiting = flush(folder, spool, identity, patience_s=patience_s, say=_say)
    print(_waiting(waiting) if waiting else f"{count(before, 'relevé envoyé', 'relevés envoyés')}, rien n'attend.")
    return LATER if waiting else 0


def status(args: argparse.Namespace) -> int:  # noqa: ARG001 - every command has this shape
    """Show who this workstation is, its last receipt, and what waits."""
    folder, identity = _enrolled()
    progress, spool = folder.progress(), Spool(folder.path)
    print(f"École      : {identity.school}, {identity.commune} ({identity.uai})")
    print(f"Poste      : {identity.tag} ({PLACES.get(identity.place, identity.place)}), {identity.workstation_id}")
    print(f"Collecteur : {identity.collector}")
    if progress.outcome:
        print(f"Au dernier audit : {OUTCOMES[Outcome(progress.outcome)]}")
    if progress.received_at is not None:
        print(f"Dernier reçu     : {datetime.fromtimestamp(progress.received_at, UTC):%d/%m/%Y à %H:%M} UTC")
    print(f"En attente       : {count(len(spool), 'relevé')}")
    if spool.dropped:
        print(f"Abandonnés, faute de place : {count(spool.dropped, 'relevé')}")
    if progress.standing in STANDINGS:
        print(STANDINGS[progress.standing])
    for name, reason in spool.aside:
        print(f"Mis de côté : {name} : {reason}")
    return 0


def show(args: argparse.Namespace) -> int:  # noqa: ARG001 - every command has this shape
    """Show what would leave this workstation, and why; sends nothing."""
    folder, identity = _enrolled()
    bodies = [(f"relevé {p.sequence}", gzip.decompress(p.body)) for p in Spool(folder.path).pending()]
    if not bodies:
        required = wanted(None, folder)
        attempts = measured(required, folder.ca if identity.has_ca else None)
        bodies = [
            ("relevé qui serait fait maintenant", wire.to_json(lay_out(identity.workstation_id, required, attempts)))
        ]
    for title, body in bodies:
        print(f"--- {title} : {count(len(body), 'octet')} avant compression, vers {identity.collector}")
        report = json.loads(body)
        print(json.dumps({k: v for k, v in report.items() if k != "checks"}, ensure_ascii=False))
        for check_id, attempt in report["checks"].items():
            print(f"\n{check_id} : {checks.BY_ID[check_id].title}\n  {checks.BY_ID[check_id].privacy}")
            print(f"  {json.dumps(attempt, ensure_ascii=False)}")
    return 0


def audited(
    required: Required, extra_ca: Path | None, *, as_json: bool, left: dict[str, Attempt]
) -> tuple[dict[str, Verdict], dict[str, Attempt]]:
    """Measure, judge with what sessions left, and print; where there are two hands, only what is this one's."""
    ours = required if shared_folder() is None else drop.share_out(required, to_session=False)
    attempts = measured(ours, extra_ca)
    return judged(required, {**attempts, **left}, as_json=as_json), attempts


def _enrolled() -> tuple[Folder, Identity]:
    folder = default_folder()
    identity = folder.identity()
    if identity is None:
        raise Unusable("ce poste n'est pas enrôlé : preau-agent enrol CODE --collector https://…")
    return folder, identity


def _waiting(waiting: int) -> str:
    return f"{count(waiting, 'relevé attend', 'relevés attendent')} sur ce poste (preau-agent send)."


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
