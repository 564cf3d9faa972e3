"""What can an operator do with the requirements of an ENT?"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from checks.french import count
from checks.model import Outcome
from checks.profile import parse
from collector.dates import moment
from collector.enrolling.codes import Refused
from collector.profile_diff import Difference, difference, estimate
from collector.progress import progress_bar
from collector.publishing import publish_profile
from collector.rejudging import give_up, rejudge, tidy
from collector.settings import from_environment
from collector.signing import open_keys
from collector.store import DBAPIError
from collector.store.engine import Store
from collector.store.generations import in_preparation
from collector.store.publications import under_way

ALARMING_PERCENT: Final = 90
"""From this share of schools that would become not ready, publishing asks first."""
WORDS: Final = {
    Outcome.READY: "prêt",
    Outcome.AT_RISK: "prêt avec réserves",
    Outcome.BLOCKED: "non prêt",
    Outcome.UNMEASURED: "inconnu",
}


def profile_check(args: argparse.Namespace) -> int:
    """Read a profile and say what it holds, or which line is wrong."""
    profile = parse(text_of(args.file))
    print(
        f"{args.file} : {profile.title} ({profile.id} {profile.version}, en vigueur le {profile.valid_from:%d/%m/%Y})"
    )
    print(f"  {count(len(profile.services), 'service')} : {', '.join(s.url for s in profile.services)}")
    print(f"  {count(len(profile.requirements), 'contrôle')} : {', '.join(profile.requirements)}")
    print(f"  {count(len(profile.figures), 'chiffre sourcé', 'chiffres sourcés')}")
    return 0


def profile_publish(args: argparse.Namespace) -> int:
    """Publish a profile and judge its schools again, or go on with or give up a publication."""
    settings = from_environment()
    with Store(settings.url) as store:
        if args.abandon:
            name = give_up(store)
            print(f"la publication de {name} est abandonnée" if name else "aucune publication n'est en cours")
            tidy(store)
            return 0
        if args.resume:
            with _saying_how_to_go_on():
                return _resume(store)
        if args.file is None:
            raise Refused("un fichier de profil est attendu (ou --resume, ou --abandon)")
        toml = text_of(args.file)
        profile = parse(toml)
        if not args.yes:
            _ask_if_alarming(estimate(store, toml, default=args.default))
        progress = progress_bar("écoles jugées")
        with _saying_how_to_go_on():
            publish_profile(store, open_keys(settings), toml, default=args.default, progress=progress)
        tidy(store)
    print(f"{profile.id} {profile.version} est en vigueur")
    return 0


@contextmanager
def _saying_how_to_go_on() -> Iterator[None]:
    """Where the block is interrupted, say what becomes of the publication."""
    try:
        yield
    except (DBAPIError, KeyboardInterrupt):
        sys.stderr.write(
            "\nLa publication est interrompue : le profil d'avant juge toujours, ce qui est jugé est gardé.\n"
            "Où elle en est : preau-collector profile status ; la reprendre : profile publish --resume ; "
            "y renoncer : profile publish --abandon\n"
        )
        raise


def _resume(store: Store) -> int:
    with store.reading() as session:
        begun = in_preparation(session)
        name = f"{begun.version.id} {begun.version.version}" if begun else ""
    if not name:
        raise Refused("aucune publication n'est à reprendre")
    done = rejudge(store, progress_bar("écoles jugées"))
    tidy(store)
    print(f"{name} est en vigueur : {count(done.changed, 'école change', 'écoles changent')} d'état")
    return 0


def _ask_if_alarming(found: Difference, ask: Callable[[str], str] = input) -> None:
    """Ask before nearly every school turns red; raises `Refused`."""
    if found.blocked_percent < ALARMING_PERCENT:
        return
    sys.stderr.write(
        f"Attention : sur {count(found.schools, 'école essayée', 'écoles essayées')}, {found.blocked_percent} % "
        "de celles qui pouvaient ouvrir ne le pourraient plus.\n"
    )
    if not sys.stdin.isatty():
        raise Refused("publication refusée sans confirmation : voir « profile diff », puis ajouter --yes")
    if ask("Publier quand même ? [oui/NON] ").strip().lower() not in ("oui", "o"):
        raise Refused("publication abandonnée ; rien n'a changé")


def profile_diff(args: argparse.Namespace) -> int:
    """Say which schools a profile would change; changes nothing."""
    toml = text_of(args.file)
    parse(toml)
    with Store(from_environment().url) as store:
        first = estimate(store, toml, default=args.default)
        sys.stderr.write(f"Estimation : {_summary(first)}\n")
        found = difference(store, toml, progress_bar("écoles jugées"), default=args.default)
    for one in found.changes:
        why = ", ".join(one.checks) or "règle de l'école"
        print(f"{one.uai}\t{one.commune}\t{one.name}\t{WORDS[one.before]} → {WORDS[one.after]}\t{why}")
    sys.stderr.write(f"{found.profile.id} {found.profile.version} : {_summary(found)}\n")
    if found.to_measure:
        stations = count(found.to_measure, "poste est", "postes sont")
        sys.stderr.write(f"{stations} à remesurer : ce profil demande plus.\n")
    return 0


def _summary(found: Difference) -> str:
    moves = {move: n for move, n in found.moves.items() if move[0] is not move[1]}
    if not moves:
        return f"aucun changement sur {count(found.schools, 'école')}"
    said = (
        f"{n} {WORDS[before]} → {WORDS[after]}" for (before, after), n in sorted(moves.items(), key=lambda m: -m[1])
    )
    return f"{sum(moves.values())} sur {count(found.schools, 'école')} : " + " ; ".join(said)


def profile_status(args: argparse.Namespace) -> int:  # noqa: ARG001 - every command has this shape
    """Tell how far a publication is."""
    with Store(from_environment().url) as store, store.reading() as session:
        begun = under_way(session, int(time.time()))
        if begun is None:
            print("aucune publication en cours")
        else:
            left = "" if begun.left_s is None else f", encore {begun.left_s} s à ce rythme"
            judged = f"{count(begun.done, 'école jugée', 'écoles jugées')} sur {begun.schools} ({begun.percent} %)"
            print(f"{begun.id} {begun.version} : {judged} depuis le {moment(begun.started_at)}{left}")
            print("si plus aucune commande ne la poursuit : preau-collector profile publish --resume (ou --abandon)")
    return 0


def text_of(path: Path) -> str:
    """Read a profile's text; raises `Refused` when it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(f"{path} n'est pas un texte en UTF-8 : l'enregistrer en UTF-8") from None


def add_commands(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add `profile` to the command line."""
    profile = subparsers.add_parser("profile", help="les exigences d'un ENT").add_subparsers(
        required=True, metavar="COMMANDE"
    )
    one = profile.add_parser("check", help="dire ce que contient un profil, ou quelle ligne est fausse")
    one.add_argument("file", metavar="FICHIER", type=Path)
    one.set_defaults(run=profile_check, is_without_database=True)
    one = profile.add_parser("publish", help="le mettre en vigueur et juger à nouveau ses écoles")
    one.add_argument("file", metavar="FICHIER", type=Path, nargs="?")
    one.add_argument("--default", action="store_true", help="en faire le profil des écoles qui n'en nomment pas")
    one.add_argument("--yes", action="store_true", help="ne pas demander, même si presque toutes les écoles rougissent")
    one.add_argument("--resume", action="store_true", help="reprendre une publication interrompue")
    one.add_argument("--abandon", action="store_true", help="renoncer à une publication interrompue")
    one.set_defaults(run=profile_publish)
    one = profile.add_parser("diff", help="dire quelles écoles changeraient d'état, et pourquoi ; rien n'est changé")
    one.add_argument("file", metavar="FICHIER", type=Path)
    one.add_argument("--default", action="store_true", help="comme s'il devenait le profil par défaut")
    one.set_defaults(run=profile_diff)
    profile.add_parser("status", help="où en est une publication").set_defaults(run=profile_status)
