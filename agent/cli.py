"""What can be asked of the agent? The command `preau-agent`."""

import argparse
import errno
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import checks
from agent import audit_cli, durable, export_cli
from agent import commands_cli as commands
from agent.audit_cli import OUR_FAULT, AlreadyThere
from agent.commands_cli import INTERRUPTED, LATER, UNSUPPORTED, USAGE
from agent.door import NoDoor
from agent.enrolment import BadInvitation
from agent.identity import Unusable
from agent.post import NoAnswer, Refusal
from agent.recording import BadRecording
from agent.trust import BadAuthority
from checks.arguments import FrenchParser
from checks.french import PLACES
from checks.profile import ProfileError

EXAMPLES: Final = """\
exemples :
  preau-agent audit                           auditer ce poste maintenant, sans collecteur
  preau-agent audit --profile mon-ent.toml    … selon les exigences d'un ENT
  preau-agent record poste.json               … et garder ses réponses, à rejuger par audit --replay poste.json
  preau-agent enrol ecole.preau --place classe_mobile
  preau-agent run                             auditer et envoyer (ce que lance le planificateur)
  preau-agent export poste.releve --code ecole.preau
                                              poste sans réseau : un fichier à porter à qui tient le collecteur
  preau-agent show                            voir ce qui partirait, octet pour octet, et pourquoi

codes de retour de audit et run :
  0 prêt · 10 prêt avec réserves · 20 non prêt · 30 inconnu
  64 mauvaise commande · 69 système non audité par l'agent · 70 faute de Préau
  75 relevé gardé, à envoyer plus tard · 130 interrompu

L'agent n'ouvre aucun port, ne demande aucun droit d'administrateur et garde tout dans un dossier à lui
(PREAU_AGENT_DIR pour le choisir).
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # an old console must not end an audit
    args = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.DEBUG if args.verbose else logging.CRITICAL, stream=sys.stderr)
    try:
        return int(args.run(args))
    except (BadInvitation, ProfileError, BadRecording, AlreadyThere, commands.AlreadyEnrolled) as error:
        return _fail(USAGE, str(error))
    except BadAuthority as error:  # one that was given, or the one kept since enrolment
        return _fail(USAGE if getattr(args, "ca", None) else OUR_FAULT, str(error))
    except (NoAnswer, durable.InUse) as error:
        return _fail(LATER, str(error))
    except NoDoor as error:
        return _fail(UNSUPPORTED, str(error))
    except (Unusable, Refusal) as error:
        return _fail(OUR_FAULT, str(error))
    except OSError as error:
        return _fail(OUR_FAULT, _in_french(error))
    except KeyboardInterrupt:
        return _fail(INTERRUPTED, "interrompu ; les relevés déjà faits sont gardés")


def _in_french(error: OSError) -> str:
    """Say what the system refused, of which file, and what to do."""
    words = {
        errno.ENOSPC: "il n'y a plus de place sur le disque : faites-en, rien de ce qui était gardé n'est perdu",
        errno.EDQUOT: "ce compte n'a plus de place sur le disque : faites-en, rien de ce qui était gardé n'est perdu",
        errno.EROFS: "ce disque est en lecture seule : donnez un autre dossier par PREAU_AGENT_DIR",
        errno.EACCES: "accès refusé, ou un autre programme tient ce fichier : recommencez un peu plus tard",
        errno.ENOENT: "ce fichier n'existe pas",
    }
    why = words.get(error.errno or 0) or error.strerror or str(error)
    return f"{error.filename} : {why}" if error.filename else why


def _fail(code: int, why: str) -> int:
    sys.stderr.write(f"preau-agent : {why}\n")
    return code


def _parser() -> argparse.ArgumentParser:
    parser = FrenchParser(
        prog="preau-agent",
        description="Dit si ce poste est prêt pour l'ENT de l'école, sinon pourquoi et qui doit agir.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"preau {checks.VERSION}")
    parser.add_argument("--verbose", action="store_true", help="écrire sur la sortie d'erreur ce que fait l'agent")
    named = parser.add_subparsers(required=True, metavar="COMMANDE")

    one = named.add_parser("audit", help="auditer ce poste maintenant ; n'envoie rien")
    one.add_argument("--profile", metavar="FICHIER", type=Path, help="exigences à prendre (TOML)")
    shown = one.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="faits et verdicts en JSON sur la sortie")
    shown.add_argument("--html", metavar="FICHIER", type=Path, help="écrire aussi une page à imprimer ou à transmettre")
    one.add_argument("--ca", metavar="FICHIER", type=Path, help="autorité de certification de plus (PEM)")
    one.add_argument("--replay", metavar="FICHIER", type=Path, help="juger un enregistrement (record) et non ce poste")
    one.set_defaults(run=audit_cli.audit)

    one = named.add_parser(
        "record", help="enregistrer ce que répond ce poste, pour le rejuger ailleurs ; n'envoie rien"
    )
    one.add_argument(
        "file", metavar="FICHIER", type=Path, help="fichier à écrire : ni nom, ni adresse, ni numéro de série"
    )
    one.add_argument("--profile", metavar="FICHIER", type=Path, help="exigences à prendre (TOML)")
    one.add_argument("--ca", metavar="FICHIER", type=Path, help="autorité de certification de plus (PEM)")
    one.add_argument("--title", metavar="TITRE", help="comment nommer cet enregistrement (le jour, par défaut)")
    one.set_defaults(run=audit_cli.record)

    one = named.add_parser(
        "export", help="écrire les relevés d'un poste sans réseau dans un fichier, à porter au collecteur"
    )
    one.add_argument("file", metavar="FICHIER", type=Path, help="fichier à écrire")
    one.add_argument("--code", metavar="CODE", help="poste jamais enrôlé : code de l'école, ou fichier ecole.preau")
    _say_which(one)
    one.add_argument("--profile", metavar="FICHIER", type=Path, help="exigences à prendre (TOML)")
    one.set_defaults(run=export_cli.export)

    one = named.add_parser("enrol", help="enrôler ce poste avec le code de l'école")
    one.add_argument("code", metavar="CODE", help="code de l'école, ou fichier ecole.preau")
    one.add_argument("--collector", metavar="ADRESSE", help="adresse du collecteur, si le code est tapé")
    _say_which(one)
    one.add_argument("--ca", metavar="FICHIER", type=Path, help="autorité de certification de plus (PEM), gardée")
    one.add_argument("--again", action="store_true", help="enrôler à nouveau un poste qui l'est déjà")
    one.set_defaults(run=commands.enrol_here)

    for name, command, words in (
        ("run", commands.run, "auditer, garder le relevé, l'envoyer"),
        ("send", commands.send, "envoyer les relevés qui attendent"),
    ):
        one = named.add_parser(name, help=words)
        one.add_argument("--patience", type=float, default=60, metavar="SECONDES", help="temps d'attente au plus (60)")
        if command is commands.run:
            one.add_argument("--json", action="store_true", help="faits et verdicts en JSON sur la sortie")
            one.add_argument("--scheduled", action="store_true", help="n'auditer que si le créneau du poste est venu")
        one.set_defaults(run=command)
    words = "déposer ce que voit cette session, pour l'agent installé sur le poste (à l'ouverture de session)"
    named.add_parser("session", help=words).set_defaults(run=commands.session)
    named.add_parser("status", help="qui est ce poste, dernier reçu, relevés en attente").set_defaults(
        run=commands.status
    )
    named.add_parser("show", help="ce qui partirait, octet pour octet, et pourquoi").set_defaults(run=commands.show)
    return parser


def _say_which(parser: argparse.ArgumentParser) -> None:
    """Add what tells one workstation of a school from another."""
    parser.add_argument(
        "--tag",
        metavar="ÉTIQUETTE",
        help="étiquette du poste : la sienne s'il a été réinstallé (le prochain numéro par défaut)",
    )
    parser.add_argument("--place", choices=list(PLACES), default="autre", help="où est le poste dans l'école")


if __name__ == "__main__":
    raise SystemExit(main())
