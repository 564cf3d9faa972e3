"""What does `preau-collector schools` do?"""

import argparse
import sys
import time
from pathlib import Path
from typing import Any, Final

from checks.french import count
from collector.school_files import Summary, take
from collector.settings import from_environment
from collector.sheet import BadFile
from collector.store.engine import Store
from collector.store.school_import import Closing

_EXAMPLES: Final = """\
exemples :
  preau-collector schools import fr-en-annuaire-education.csv
  preau-collector schools import annuaire.csv --assign attribution.csv

Deux sortes de fichiers, reconnues à leur en-tête :
  - l'annuaire de l'éducation, tel que téléchargé sur data.education.gouv.fr (CSV) ; seules les écoles du
    premier degré sont prises ;
  - un tableau uai;postes;vague;ouverture;profil : postes attendus, vague, date d'ouverture (JJ/MM/AAAA) et
    profil de chaque école. Une case vide ne change rien ; un tiret efface.

Relire un fichier est sans danger : seul ce qui diffère est écrit. Une école absente de l'annuaire est fermée,
jamais supprimée ; rien n'est fermé si des lignes sont refusées ou si le fichier semble partiel.
"""


def add_commands(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add `schools import` to the command line; `args.run(args)` then gives the exit code."""
    schools = subparsers.add_parser("schools", help="importer l'annuaire des écoles et ce qui en est attendu")
    commands = schools.add_subparsers(required=True, metavar="COMMANDE")
    parser = commands.add_parser(
        "import",
        help="lire l'annuaire de l'éducation, ou un tableau uai;postes;vague;ouverture;profil",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", metavar="FICHIER", nargs="+", type=Path, help="fichiers CSV, lus dans cet ordre")
    parser.add_argument("--assign", metavar="FICHIER", type=Path, help="tableau à lire après l'annuaire")
    parser.add_argument(
        "--close",
        action="store_true",
        help="fermer toutes les écoles absentes de l'annuaire lu, même si elles sont nombreuses",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Take in the files given; 0 when all were read, 1 when one is unusable."""
    files = [*args.files, args.assign] if args.assign else args.files
    with Store(from_environment().url) as store:
        return max([import_file(store, path, close=args.close) for path in files])


def import_file(store: Store, path: Path, *, close: bool = False) -> int:
    """Take in one file, its progress on stderr and what came of it on stdout; 1 when it is unusable."""
    try:
        summary = take(store, path, int(time.time()), sure=close, progress=_show_progress)
    except BadFile as error:
        sys.stderr.write(f"{path} : {error}\n")
        return 1
    sys.stdout.write("\n".join([f"{path.name} : {_kind(summary)}", *_lines(summary)]) + "\n")
    if not summary.tally.taken:
        sys.stderr.write(f"{path} : aucune école n'a pu être prise dans ce fichier\n")
        return 1
    return 0


def _show_progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} / {total} écoles{'' if done < total else chr(10)}")
    else:
        sys.stderr.write(f"{done} / {total} écoles\n")
    sys.stderr.flush()


def _kind(summary: Summary) -> str:
    return "annuaire de l'éducation" if summary.is_directory else "attribution (postes, vague, ouverture, profil)"


def _lines(summary: Summary) -> list[str]:
    tally = summary.tally
    lines = [
        f"  {count(tally.taken, 'école lue', 'écoles lues')} : {count(tally.new, 'nouvelle', 'nouvelles')}, "
        f"{count(tally.changed, 'modifiée', 'modifiées')}, {count(tally.unchanged, 'inchangée', 'inchangées')}"
    ]
    if summary.is_directory:
        lines += _closing(summary.closing)
    lines.append(f"  {count(len(summary.refused), 'ligne refusée', 'lignes refusées')}")
    lines += [f"    {refusal}" for refusal in summary.refused]
    if summary.remarks:
        lines.append(
            f"  {count(len(summary.remarks), 'remarque', 'remarques')} (la ligne est prise, sauf ce qui est dit)"
        )
        lines += [f"    {remark}" for remark in summary.remarks]
    return lines


def _closing(closing: Closing | None) -> list[str]:
    if closing is None:
        return ["  aucune école fermée : corriger d'abord les lignes refusées (ou --close)"]
    lines = [f"  {count(len(closing.closed), 'école fermée', 'écoles fermées')}, faute de figurer dans l'annuaire"]
    lines += [f"    {uai}" for uai in closing.closed]
    lines += [
        f"  département {departement} : {count(absent, 'école connue absente', 'écoles connues absentes')} de ce "
        "fichier, qui semble partiel : laissées ouvertes (--close pour les fermer)"
        for departement, absent in closing.doubtful.items()
    ]
    return lines
