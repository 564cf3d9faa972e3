"""What does `preau-collector workstation` do? Which PC counts, and in which school."""

import argparse
import sys
from typing import Any, Final

from checks.french import PLACES, count
from collector.code_cli import ACTOR
from collector.enrolling import deciding, whereabouts
from collector.settings import from_environment
from collector.store.engine import Store
from collector.store.enrolling import KeySeen, keys_seen
from collector.store.moves import retired_of
from collector.uai import parse_uai

STATES: Final = {
    "active": "actif",
    "pending": "en attente",
    "quarantined": "en quarantaine",
    "revoked": "révoqué",
    "retired": "retiré",
}
EXAMPLES: Final = """\
un poste se nomme par son identifiant (workstation list), ou par son école et son étiquette : 0310000A/07

exemples :
  preau-collector workstation list 0310000A
  preau-collector workstation retire 0310000A/07             il a quitté l'école : plus compté, rien n'est effacé
  preau-collector workstation return 0310000A/07             il est revenu
  preau-collector workstation move 0310000A/07 0310001B      il est dans une autre école : compté là-bas seulement
  preau-collector workstation replace 0310000A/07 0310000A/12
                                                             le poste 12 est le poste 07, réinstallé et enrôlé à
                                                             nouveau : il prend l'étiquette 07, et compte seul

Un poste réinstallé a une nouvelle clé, et rien de la machine ne le fait reconnaître : c'est son étiquette qui le dit.
Enrôlé avec elle (preau-agent enrol ecole.preau --tag 07), il attend qu'une personne confirme, par replace, que c'est
bien lui, ou, par accept, que c'en est un autre. Pour effacer un poste et ce qu'on sait de lui : preau-collector erase.
"""


def list_all(args: argparse.Namespace) -> int:
    """List a school's workstations, the state of their keys, and what is unusual about them."""
    uai = parse_uai(args.uai)
    with Store(from_environment().url) as store, store.reading() as session:
        found = keys_seen(session, uai)
        retired = {workstation.id for workstation in retired_of(session, uai)}
    tags = {key.workstation_id: key.tag for key in found}
    present = [key for key in found if key.workstation_id not in retired]
    for key in [*present, *(key for key in found if key.workstation_id in retired and args.retired)]:
        state = "retired" if key.workstation_id in retired else key.state
        print(_line(key, state, tags.get(key.replaces or "")))
    sys.stderr.write(count(len(present), "poste enrôlé", "postes enrôlés") + "\n")
    if retired and not args.retired:
        sys.stderr.write(f"et {count(len(retired), 'retiré', 'retirés')} (--retired pour les voir)\n")
    return 0


def _line(key: KeySeen, state: str, replaces: str | None) -> str:
    unusual = [key.reason] if key.reason else []
    unusual += [f"se dit le poste {replaces}, réinstallé"] if replaces and state == "pending" else []
    unusual += [count(key.missing, "relevé manquant", "relevés manquants")] if key.missing else []
    unusual += [count(key.set_aside, "relevé mis de côté", "relevés mis de côté")] if key.set_aside else []
    place = PLACES.get(key.place, key.place)
    return f"{key.tag}\t{place}\t{STATES[state]}\t{key.workstation_id}\t{' ; '.join(unusual)}".rstrip()


def accept(args: argparse.Namespace) -> int:
    """Count a workstation, and the reports set aside meanwhile."""
    with Store(from_environment().url) as store:
        replayed = deciding.accept(store, args.id, ACTOR)
    print(f"Poste compté ; {count(replayed, 'relevé mis de côté est repris', 'relevés mis de côté sont repris')}.")
    return 0


def refuse(args: argparse.Namespace) -> int:
    """Stop counting a workstation; its next reports are set aside."""
    with Store(from_environment().url) as store:
        deciding.refuse(store, args.id, ACTOR)
    return 0


def retire(args: argparse.Namespace) -> int:
    """Count a workstation no more."""
    with Store(from_environment().url) as store:
        whereabouts.retire(store, args.name, ACTOR)
    print("Poste retiré : il n'est plus compté.")
    return 0


def bring_back(args: argparse.Namespace) -> int:
    """Count a retired workstation again."""
    with Store(from_environment().url) as store:
        tag = whereabouts.bring_back(store, args.name, ACTOR)
    print(f"Poste remis dans son école, étiquette {tag}.")
    return 0


def move(args: argparse.Namespace) -> int:
    """Count a workstation in another school."""
    uai = parse_uai(args.uai)
    with Store(from_environment().url) as store:
        tag = whereabouts.move(store, args.name, uai, ACTOR, tag=args.tag)
    print(f"Poste compté dans l'école {uai}, étiquette {tag} ; son réseau est à mesurer à nouveau.")
    return 0


def replace(args: argparse.Namespace) -> int:
    """Count only the newer of two workstations that are one machine."""
    with Store(from_environment().url) as store:
        tag = whereabouts.replace(store, args.old, args.new, ACTOR)
    print(f"L'ancien poste est retiré ; le nouveau est compté seul, étiquette {tag}.")
    return 0


def add_commands(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add `workstation` to the command line."""
    room = subparsers.add_parser(
        "workstation",
        help="les postes enrôlés : lesquels comptent, et où",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).add_subparsers(required=True, metavar="COMMANDE")
    one = room.add_parser("list", help="les postes d'une école")
    one.add_argument("uai", metavar="UAI")
    one.add_argument("--retired", action="store_true", help="montrer aussi ceux qui sont retirés")
    one.set_defaults(run=list_all)
    for name, run, words in (
        ("accept", accept, "compter un poste, et les relevés mis de côté"),
        ("refuse", refuse, "ne plus compter un poste ; ses relevés sont mis de côté"),
    ):
        one = room.add_parser(name, help=words)
        one.add_argument("id", metavar="IDENTIFIANT")
        one.set_defaults(run=run)
    for name, run, words in (
        ("retire", retire, "ne plus compter un poste qui a quitté son école ; rien n'est effacé"),
        ("return", bring_back, "compter à nouveau un poste retiré"),
    ):
        one = room.add_parser(name, help=words)
        one.add_argument("name", metavar="POSTE", help="identifiant, ou UAI/étiquette")
        one.set_defaults(run=run)
    one = room.add_parser("move", help="compter un poste dans une autre école")
    one.add_argument("name", metavar="POSTE", help="identifiant, ou UAI/étiquette")
    one.add_argument("uai", metavar="UAI", help="l'école où il est maintenant")
    one.add_argument("--tag", metavar="ÉTIQUETTE", help="là-bas (la sienne, ou une proche si elle est prise)")
    one.set_defaults(run=move)
    one = room.add_parser("replace", help="le nouveau poste est l'ancien, réinstallé : compter le nouveau seul")
    one.add_argument("old", metavar="ANCIEN", help="identifiant, ou UAI/étiquette")
    one.add_argument("new", metavar="NOUVEAU", help="identifiant, ou UAI/étiquette")
    one.set_defaults(run=replace)
