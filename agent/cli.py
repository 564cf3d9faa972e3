"""What can be asked of the agent? The command `preau-agent`."""

import argparse
import gzip
import json
import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NoReturn

import checks
from agent import durable, requirements, screen
from agent.door import NoDoor, open_door
from agent.enrolment import BadInvitation, enrol, read_invitation
from agent.identity import Folder, Identity, Unusable, default_folder
from agent.measure import Attempt, measure, observations
from agent.post import NoAnswer, Refusal
from agent.requirements import Required
from agent.send import STANDINGS, flush, lay_out, spool_report
from agent.spool import Spool
from checks import wire
from checks.decide import decide, workstation_outcome
from checks.french import OUTCOMES, PLACES, count
from checks.model import Outcome, Verdict
from checks.profile import ProfileError, parse

EXIT: Final = {Outcome.READY: 0, Outcome.AT_RISK: 10, Outcome.BLOCKED: 20, Outcome.UNMEASURED: 30}
USAGE, OUR_FAULT, LATER, INTERRUPTED = 64, 70, 75, 130
EXAMPLES: Final = """\
exemples :
  preau-agent audit                           auditer ce poste maintenant, sans collecteur
  preau-agent audit --profile mon-ent.toml    … selon les exigences d'un ENT
  preau-agent enrol ecole.preau --place classe_mobile
  preau-agent run                             auditer et envoyer (ce que lance le planificateur)
  preau-agent show                            voir ce qui partirait, octet pour octet, et pourquoi

codes de retour de audit et run :
  0 prêt · 10 prêt avec réserves · 20 non prêt · 30 inconnu
  64 mauvaise commande · 70 faute de Préau · 75 relevé gardé, à envoyer plus tard · 130 interrompu

L'agent n'ouvre aucun port, ne demande aucun droit d'administrateur et garde tout dans un dossier à lui
(PREAU_AGENT_DIR pour le choisir).
"""


class _Parser(argparse.ArgumentParser):
    """Exits with the code for wrong usage, which is not the outcome of an audit."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog} : {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # an old console must not end an audit
    args = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.DEBUG if args.verbose else logging.CRITICAL, stream=sys.stderr)
    try:
        return int(args.run(args))
    except (BadInvitation, ProfileError) as error:
        return _fail(USAGE, str(error))
    except (NoAnswer, durable.InUse) as error:
        return _fail(LATER, str(error))
    except (Unusable, NoDoor, Refusal) as error:
        return _fail(OUR_FAULT, str(error))
    except OSError as error:
        return _fail(OUR_FAULT, f"{error.filename or ''} {error.strerror or error}".strip())
    except KeyboardInterrupt:
        return _fail(INTERRUPTED, "interrompu ; les relevés déjà faits sont gardés")


def audit(args: argparse.Namespace) -> int:
    """Audit this workstation and show the result; sends nothing."""
    folder = default_folder()
    required = _required(args.profile, folder)
    extra_ca = args.ca or (folder.ca if folder.ca.exists() else None)
    verdicts, _ = _audit(required, extra_ca, as_json=args.json)
    return EXIT[workstation_outcome(verdicts, required.profile)]


def enrol_here(args: argparse.Namespace) -> int:
    """Enrol this workstation in a school."""
    invitation, folder = read_invitation(args.code, args.collector), default_folder()
    folder.make()
    with durable.held(folder.path):
        if folder.identity() is not None and not args.again:
            return _fail(USAGE, "ce poste est déjà enrôlé (preau-agent status) ; --again pour l'enrôler à nouveau")
        identity = enrol(folder, invitation, tag=args.tag, place=args.place, ca=args.ca)
    print(f"Poste enrôlé : {identity.school}, {identity.commune} ({identity.uai})")
    print(f"Étiquette à coller sur le poste : {identity.tag} ({PLACES[identity.place]})")
    if identity.state == "pending":
        print("Le code de l'école a déjà beaucoup servi : ce poste sera compté quand il aura été accepté.")
    return 0


def run(args: argparse.Namespace) -> int:
    """Audit, keep the report, send what waits."""
    folder, identity = _enrolled()
    with durable.held(folder.path):
        try:
            required = requirements.fetch(folder, identity)
        except NoAnswer as error:
            sys.stderr.write(f"{error}\n")
            required = requirements.held(folder, identity) or requirements.generic()
        verdicts, attempts = _audit(required, folder.ca if identity.has_ca else None, as_json=args.json)
        outcome = workstation_outcome(verdicts, required.profile)
        spool = Spool(folder.path)
        spool_report(folder, spool, identity, required, attempts)
        folder.keep_progress(outcome=outcome.value)
        waiting = flush(folder, spool, folder.identity() or identity, patience_s=args.patience, say=_say)
    if not args.json:
        print("Relevé reçu par le collecteur." if not waiting else _waiting(waiting))
    return EXIT[outcome] if not waiting else LATER


def send(args: argparse.Namespace) -> int:
    """Send what waits, without auditing again."""
    folder, identity = _enrolled()
    with durable.held(folder.path):
        spool = Spool(folder.path)
        before = len(spool)
        waiting = flush(folder, spool, identity, patience_s=args.patience, say=_say)
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
        required = _required(None, folder)
        attempts = _measured(required, folder.ca if identity.has_ca else None)
        bodies = [("relevé qui serait fait maintenant", wire.to_json(lay_out(identity, required, attempts)))]
    for title, body in bodies:
        print(f"--- {title} : {count(len(body), 'octet')} avant compression, vers {identity.collector}")
        report = json.loads(body)
        print(json.dumps({k: v for k, v in report.items() if k != "checks"}, ensure_ascii=False))
        for check_id, attempt in report["checks"].items():
            print(f"\n{check_id} : {checks.BY_ID[check_id].title}\n  {checks.BY_ID[check_id].privacy}")
            print(f"  {json.dumps(attempt, ensure_ascii=False)}")
    return 0


def _audit(
    required: Required, extra_ca: Path | None, *, as_json: bool
) -> tuple[dict[str, Verdict], dict[str, Attempt]]:
    """Measure, judge, and print."""
    attempts = _measured(required, extra_ca)
    judged = decide(observations(attempts), required.profile, required.context)
    # What another workstation measures for the whole school is not this one's to tell.
    verdicts = {id_: verdict for id_, verdict in judged.items() if id_ in attempts}
    if as_json:
        print(screen.as_json(verdicts, attempts, required))
    else:
        print("\n".join(screen.report_lines(verdicts, required)))
    return verdicts, attempts


def _measured(required: Required, extra_ca: Path | None) -> dict[str, Attempt]:
    machine = open_door(required.known(extra_ca))
    return measure(machine, required.profile, required.context, done=screen.Progress(required))


def _required(profile: Path | None, folder: Folder) -> Required:
    """Return the profile asked for, else the one held from the collector, else the generic one."""
    if profile is not None:
        return Required(profile=parse(profile.read_text(encoding="utf-8")))
    identity = folder.identity()
    return (requirements.held(folder, identity) if identity else None) or requirements.generic()


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


def _fail(code: int, why: str) -> int:
    sys.stderr.write(f"preau-agent : {why}\n")
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="preau-agent",
        description="Dit si ce poste est prêt pour l'ENT de l'école, sinon pourquoi et qui doit agir.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"preau {checks.VERSION}")
    parser.add_argument("--verbose", action="store_true", help="écrire sur la sortie d'erreur ce que fait l'agent")
    commands = parser.add_subparsers(required=True, metavar="COMMANDE")

    one = commands.add_parser("audit", help="auditer ce poste maintenant ; n'envoie rien")
    one.add_argument("--profile", metavar="FICHIER", type=Path, help="exigences à prendre (TOML)")
    one.add_argument("--json", action="store_true", help="faits et verdicts en JSON sur la sortie")
    one.add_argument("--ca", metavar="FICHIER", type=Path, help="autorité de certification de plus (PEM)")
    one.set_defaults(run=audit)

    one = commands.add_parser("enrol", help="enrôler ce poste avec le code de l'école")
    one.add_argument("code", metavar="CODE", help="code de l'école, ou fichier ecole.preau")
    one.add_argument("--collector", metavar="ADRESSE", help="adresse du collecteur, si le code est tapé")
    one.add_argument("--tag", metavar="ÉTIQUETTE", help="étiquette du poste (le prochain numéro par défaut)")
    one.add_argument("--place", choices=list(PLACES), default="autre", help="où est le poste dans l'école")
    one.add_argument("--ca", metavar="FICHIER", type=Path, help="autorité de certification de plus (PEM), gardée")
    one.add_argument("--again", action="store_true", help="enrôler à nouveau un poste qui l'est déjà")
    one.set_defaults(run=enrol_here)

    for name, command, words in (
        ("run", run, "auditer, garder le relevé, l'envoyer"),
        ("send", send, "envoyer les relevés qui attendent"),
    ):
        one = commands.add_parser(name, help=words)
        one.add_argument("--patience", type=float, default=60, metavar="SECONDES", help="temps d'attente au plus (60)")
        if command is run:
            one.add_argument("--json", action="store_true", help="faits et verdicts en JSON sur la sortie")
        one.set_defaults(run=command)
    commands.add_parser("status", help="qui est ce poste, dernier reçu, relevés en attente").set_defaults(run=status)
    commands.add_parser("show", help="ce qui partirait, octet pour octet, et pourquoi").set_defaults(run=show)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
