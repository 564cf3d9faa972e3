"""What does `preau-collector report import` do? Take in what was carried here in files."""

import argparse
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any, Final

from checks.carried import MOST_BYTES
from checks.french import count
from collector.carried import Refused, Taken, take
from collector.code_cli import ACTOR
from collector.settings import from_environment
from collector.signing import open_keys
from collector.store.engine import Store

EXAMPLES: Final = """\
exemples :
  preau-collector report import clef-usb/*.releve
  preau-collector report import poste.releve --on 2026-11-20   l'horloge du poste était fausse : jour déclaré

Un fichier est écrit sur le poste par preau-agent export. L'importer deux fois est sans danger. Ses faits sont datés par
l'horloge du poste, ou depuis le jour déclaré ; la page de l'école dit que cette date est déclarée. Des faits plus
récents, venus par le réseau, restent.
"""
STATES: Final = {
    "counted": ("relevé compté", "relevés comptés"),
    "pending": ("relevé en attente d'acceptation du poste", "relevés en attente d'acceptation du poste"),
    "quarantined": ("relevé mis de côté", "relevés mis de côté"),
    "superseded": ("relevé trop ancien", "relevés trop anciens"),
    "again": ("relevé déjà reçu", "relevés déjà reçus"),
}


def run(args: argparse.Namespace) -> int:
    """Take in files one by one; 1 when something is refused, once all the others are in."""
    settings, refused = from_environment(), 0
    with Store(settings.url) as store:
        keys = open_keys(settings)
        for path in args.files:
            try:
                text = _read(path)
                taken = take(store, keys, text, args.on, ACTOR, int(time.time()))
            except (Refused, OSError) as error:
                refused += 1
                sys.stderr.write(f"{path} : refusé, rien n'en est gardé : {_why(error)}\n")
            else:
                print(f"{path} : {_sentence(taken)}")
                refused += len(taken.refused)
                for why in taken.refused:
                    sys.stderr.write(f"{path} : un relevé est refusé : {why}\n")
    return 1 if refused else 0


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _why(error: Refused | OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "ce fichier n'existe pas"
    return str(error.strerror) if isinstance(error, OSError) else str(error)


def _sentence(taken: Taken) -> str:
    said = ", ".join(count(taken.states[state], *words) for state, words in STATES.items() if taken.states[state])
    return f"{taken.school}, poste {taken.tag} : {said or 'aucun relevé compté'}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"une date comme 2026-11-20 est attendue, pas {text!r}") from None


def add_commands(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add `report import` to the command line."""
    report = subparsers.add_parser("report", help="les relevés des postes sans réseau").add_subparsers(
        required=True, metavar="COMMANDE"
    )
    one = report.add_parser(
        "import",
        help="prendre les relevés apportés dans des fichiers",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one.add_argument("files", metavar="FICHIER", nargs="+", type=Path, help="fichiers écrits par preau-agent export")
    one.add_argument("--on", metavar="AAAA-MM-JJ", type=_day, help="jour où ils ont été faits (celui du poste)")
    one.set_defaults(run=run)
