"""What do `preau-collector purge`, `erase`, `export`, `backup` and `restore` do? What is kept, how long, and where."""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from checks.french import count
from collector.backup import back_up, restore
from collector.code_cli import ACTOR, positive
from collector.enrolling.codes import Refused
from collector.erasing import erase
from collector.exports import csv_file
from collector.exports.public import public_table
from collector.exports.suppression import LEAST
from collector.retention import purge, require_steady
from collector.settings import from_environment
from collector.signing import open_keys
from collector.store.engine import Store
from collector.tables import School, Workstation
from collector.uai import parse_uai


def run_purge(args: argparse.Namespace) -> int:
    """Take away all that was kept long enough."""
    settings, now = from_environment(), int(time.time())
    with Store(settings.url) as store:
        if not args.yes:
            require_steady(store, now)
        lost = purge(store, open_keys(settings), now)
    for what, number in lost.items():
        print(f"{number}\t{what}")
    print("Rien d'autre n'a dépassé sa durée." if lost else "Rien n'a dépassé sa durée.")
    return 0


def run_erase(args: argparse.Namespace) -> int:
    """Erase one workstation, or all that was learnt of one school."""
    settings = from_environment()
    id_ = parse_uai(args.id) if args.kind == "school" else args.id
    with Store(settings.url) as store:
        with store.reading() as session:
            if session.get(School if args.kind == "school" else Workstation, id_) is None:
                raise Refused(f"rien ne porte l'identifiant {id_} : voir preau-collector workstation list UAI")
        erased = erase(store, settings, args.kind, id_, ACTOR)
    print(f"{count(erased, 'poste effacé', 'postes effacés')}, avec ses clés, ses faits et ses relevés.")
    print("Les sauvegardes faites avant ce jour le contiennent encore : preau-collector restore l'efface à nouveau.")
    print("Pour qu'il n'en reste rien, détruire ces sauvegardes, ou les refaire : preau-collector backup FICHIER")
    return 0


def run_backup(args: argparse.Namespace) -> int:
    """Write everything into one file."""
    size = back_up(from_environment(), args.file)
    print(f"{args.file} : {size:,} octets".replace(",", " "))
    sys.stderr.write("Ce fichier contient la clé du collecteur et les faits des écoles : le garder en lieu sûr.\n")
    return 0


def run_restore(args: argparse.Namespace) -> int:
    """Put a backup in place of what is there."""
    settings = from_environment()
    again = restore(settings, args.file)
    print(f"{args.file} est en place dans {settings.data_dir} ; ce qui y était est gardé à côté (avant-…).")
    if again:
        print(f"{count(len(again), 'effacement refait', 'effacements refaits')} : {', '.join(again)}")
    return 0


def run_export_public(args: argparse.Namespace) -> int:
    """Write the figures that may be published."""
    with Store(from_environment().url) as store, store.reading() as session:
        args.file.write_bytes(b"".join(csv_file.write(public_table(session, args.least), csv_file.FRENCH)))
    print(f"{args.file} : écoles par département ; un nombre de 1 à {args.least - 1} est caché (« s »)")
    return 0


def add_commands(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add `purge`, `erase`, `backup` and `restore` to the command line."""
    one = subparsers.add_parser("purge", help="effacer ce qui a dépassé sa durée (fait aussi chaque heure)")
    one.add_argument("--yes", action="store_true", help="croire l'horloge, même si elle vient de sauter")
    one.set_defaults(run=run_purge)
    what = subparsers.add_parser("erase", help="effacer un poste, ou tout ce qu'on sait d'une école").add_subparsers(
        required=True, metavar="COMMANDE"
    )
    for kind, name, words in (
        ("workstation", "IDENTIFIANT", "effacer un poste et tout ce qu'il a dit"),
        ("school", "UAI", "effacer les postes, l'historique, les codes et les liens d'une école"),
    ):
        one = what.add_parser(kind, help=words)
        one.add_argument("id", metavar=name)
        one.set_defaults(run=run_erase, kind=kind)
    export = subparsers.add_parser("export", help="écrire ce qui peut être publié").add_subparsers(
        required=True, metavar="COMMANDE"
    )
    one = export.add_parser("public", help="écoles par état et département, petits nombres cachés (CSV)")
    one.add_argument("file", metavar="FICHIER", type=Path)
    one.add_argument("--least", type=positive, default=LEAST, metavar="NOMBRE", help=f"plus petit nombre dit ({LEAST})")
    one.set_defaults(run=run_export_public)
    one = subparsers.add_parser("backup", help="sauvegarder la base SQLite et les clés dans un fichier")
    one.add_argument("file", metavar="FICHIER", type=Path)
    one.set_defaults(run=run_backup)
    one = subparsers.add_parser("restore", help="remettre une sauvegarde en place (collecteur arrêté)")
    one.add_argument("file", metavar="FICHIER", type=Path)
    one.set_defaults(run=run_restore, is_without_database=True)
