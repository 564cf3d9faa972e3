"""How are contacts brought in from a file? The command `preau-collector contacts`."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from checks.actors import Actor
from checks.french import count
from collector.plan.contact import BadContact, contact
from collector.plan.tables import Contact
from collector.settings import from_environment
from collector.sheet import BadFile, Refusal, Sheet, open_sheet
from collector.store import Session
from collector.store.contacts import add_contact, contacts_of
from collector.store.engine import Store
from collector.territory import BadTerritory, parse_territory

COLUMNS: Final = ("territoire", "acteur", "nom", "courriel", "telephone")
HELP: Final = f"""\
Un fichier CSV avec les colonnes {" ; ".join(COLUMNS)}.

  territoire  nation, academie:16, departement:031, circonscription:…, epci:…, commune:31555
  acteur      {", ".join(Actor)}
  nom         le service ou la fonction, plutôt qu'une personne
  courriel    l'adresse commune du service
  telephone   facultatif

La même adresse pour le même acteur et le même territoire est remplacée : relire un fichier ne double rien.
"""


def add_commands(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add `contacts` to the command line."""
    group = subparsers.add_parser("contacts", help="à qui écrire, par acteur et par territoire").add_subparsers(
        required=True, metavar="COMMANDE"
    )
    one = group.add_parser(
        "import",
        help="les lire dans un fichier CSV",
        description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one.add_argument("file", metavar="FICHIER", type=Path)
    one.set_defaults(run=contacts_import)
    one = group.add_parser("list", help="ceux d'un territoire")
    one.add_argument("territory", metavar="TERRITOIRE")
    one.set_defaults(run=contacts_list)


def contacts_import(args: argparse.Namespace) -> int:
    """Bring the contacts of a file in; a line that cannot be one is named, and the others are taken."""
    try:
        taken, refused = read(open_sheet(args.file), int(time.time()))
    except BadFile as error:
        sys.stderr.write(f"{args.file} : {error}\n")
        return 1

    def keep(session: Session) -> int:
        return sum(add_contact(session, one) for one in taken)

    with Store(from_environment().url) as store:
        new = store.write(keep)
    for problem in refused:
        sys.stderr.write(f"{problem}\n")
    print(f"{count(len(taken), 'contact lu', 'contacts lus')}, dont {count(new, 'nouveau', 'nouveaux')}")
    return 1 if refused else 0


def contacts_list(args: argparse.Namespace) -> int:
    """Show the contacts of a territory."""
    with Store(from_environment().url) as store, store.reading() as session:
        held = contacts_of(session, parse_territory(args.territory))
    for one in held:
        print(f"{one.actor} : {one.name}, {one.email}" + (f", {one.phone}" if one.phone else ""))
    if not held:
        print("aucun contact n'est renseigné pour ce territoire")
    return 0


def read(sheet: Sheet, now: int) -> tuple[list[Contact], list[Refusal]]:
    """Read the lines of a file: the contacts they make, and why the others make none; raises `BadFile`."""
    absent = [name for name in COLUMNS[:4] if name not in sheet.columns]
    if absent:
        raise BadFile(f"il manque la colonne {', '.join(absent)} ; colonnes attendues : {' ; '.join(COLUMNS)}")
    taken: list[Contact] = []
    refused: list[Refusal] = []
    for row in sheet.rows():
        if isinstance(row, Refusal):
            refused.append(row)
            continue
        number, cells = row
        said = {name: _cell(cells, sheet.columns.get(name)) for name in COLUMNS}
        try:
            place = parse_territory(said["territoire"])
            taken.append(
                contact(
                    place,
                    actor=said["acteur"],
                    name=said["nom"],
                    email=said["courriel"],
                    phone=said["telephone"],
                    now=now,
                )
            )
        except BadTerritory as error:
            refused.append(Refusal(number, "territoire", said["territoire"], str(error)))
        except BadContact as error:
            refused.append(Refusal(number, error.field, said.get(error.field, ""), error.problem))
    return taken, refused


def _cell(cells: Sequence[str], position: int | None) -> str:
    return cells[position].strip() if position is not None and position < len(cells) else ""
