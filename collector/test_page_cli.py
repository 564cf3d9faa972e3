"""What does `preau-collector test-page` do? The addresses that open a school's test page."""

import argparse
import secrets
import time
from typing import Any, Final

from checks import wire
from collector.dates import short_day
from collector.enrolling.codes import Refused
from collector.settings import from_environment
from collector.store import Session
from collector.store.engine import Store
from collector.store.tries import add_page_code, list_page_codes
from collector.tables import PageCode, School
from collector.uai import parse_uai

LENGTH: Final = 12
"""Signs of a page's code: few enough to be typed on a tablet, 60 bits."""


def make_page_code(store: Store, uai: str, *, days: int) -> str:
    """Make a code for a school's test page, and return it: this is the only time it is seen. Raises `Refused`."""
    secret = "".join(secrets.choice(wire.CODE_ALPHABET) for _ in range(LENGTH))

    def keep(session: Session) -> None:
        school = session.get(School, uai)
        if school is None or not school.is_open:
            raise Refused(f"aucune école ouverte n'a le code UAI {uai} : importez d'abord l'annuaire")
        add_page_code(session, uai, secret, int(time.time()), days)

    store.write(keep)
    return "-".join(secret[i : i + 4] for i in range(0, LENGTH, 4))


def create(args: argparse.Namespace) -> int:
    """Make an address and print it."""
    settings = from_environment()
    with Store(settings.url) as store:
        code = make_page_code(store, parse_uai(args.uai), days=args.days)
    print(f"{settings.address}/test/{code}")
    return 0


def list_all(args: argparse.Namespace) -> int:  # noqa: ARG001 - every command has this shape
    """List the codes; secrets are not kept and cannot be shown."""
    with Store(from_environment().url) as store, store.reading() as session:
        for code in list_page_codes(session):
            until = f"jusqu'au {short_day(code.expires_at)}"
            print(f"{code.id}\t{code.uai}\t{f'retiré le {short_day(code.revoked_at)}' if code.revoked_at else until}")
    return 0


def revoke(args: argparse.Namespace) -> int:
    """Close an address."""

    def close(session: Session) -> None:
        code = session.get(PageCode, args.id)
        if code is None:
            raise Refused(f"aucune page d'essai ne porte le numéro {args.id} : voir preau-collector test-page list")
        code.revoked_at = code.revoked_at or int(time.time())

    with Store(from_environment().url) as store:
        store.write(close)
    return 0


def add_commands(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add `test-page` to the command line."""
    words = "les pages d'essai des écoles, où un navigateur se contrôle sans rien installer"
    commands = subparsers.add_parser("test-page", help=words).add_subparsers(required=True, metavar="COMMANDE")
    one = commands.add_parser("create", help="ouvrir la page d'une école ; son adresse n'est montrée qu'une fois")
    one.add_argument("uai", metavar="UAI", help="code UAI de l'école")
    one.add_argument("--days", type=int, default=90, choices=range(1, 367), metavar="JOURS", help="durée (90)")
    one.set_defaults(run=create)
    commands.add_parser("list", help="les pages ouvertes et leur fin").set_defaults(run=list_all)
    one = commands.add_parser("revoke", help="fermer une page")
    one.add_argument("id", type=int, metavar="NUMÉRO")
    one.set_defaults(run=revoke)
