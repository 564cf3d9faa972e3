"""What do `preau-collector code` and `token` do? Who may enrol, who may read."""

import argparse
import os
import secrets
import time
from pathlib import Path
from typing import Any

from checks import wire
from collector.dates import short_day
from collector.enrolling import codes
from collector.enrolling.codes import Refused, school_file
from collector.people.roles import Role
from collector.settings import from_environment
from collector.signing import open_keys
from collector.store import Session
from collector.store.audit import record
from collector.store.engine import Store
from collector.store.enrolments import list_codes
from collector.store.tokens import add_token, list_tokens
from collector.tables import School, Token
from collector.territory import parse_place
from collector.uai import parse_uai

ACTOR = "cli"
"""What the audit log calls whoever has the collector's own machine."""


def make_code(store: Store, fingerprint: str, uai: str, *, uses: int | None = None, days: int = 21) -> wire.Code:
    """Make a code for a school from the command line; raises `Refused`."""
    return codes.make(store, fingerprint, uai, ACTOR, uses=uses, days=days).code


def code_create(args: argparse.Namespace) -> int:
    """Make a code, print it, write the school's file when asked."""
    settings = from_environment()
    with Store(settings.url) as store:
        uai = parse_uai(args.uai)
        code = make_code(store, open_keys(settings).fingerprint, uai, uses=args.uses, days=args.days)
        with store.reading() as session:
            name = session.get_one(School, uai).name
    print(f"{code}\n\nSur chaque poste : preau-agent enrol --collector {settings.address} {code}")
    if args.file:
        _write_secret(args.file, school_file(settings.address, code, name))
        print(f"Ou bien            : preau-agent enrol {args.file}")
    return 0


def _write_secret(path: Path, text: str) -> None:
    """Write a file that holds a code: only this account can read it, until it is given."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)


def code_list(args: argparse.Namespace) -> int:  # noqa: ARG001 - every command has this shape
    """List codes and their last use; secrets are not kept and cannot be shown."""
    with Store(from_environment().url) as store, store.reading() as session:
        for code in list_codes(session):
            used = f"dernier usage {short_day(code.last_used_at)}" if code.last_used_at else "jamais utilisé"
            state = (
                f"retiré le {short_day(code.revoked_at)}"
                if code.revoked_at
                else f"jusqu'au {short_day(code.expires_at)}"
            )
            print(f"{code.id}\t{code.uai}\t{code.uses}/{code.max_uses}\t{used}\t{state}")
    return 0


def code_revoke(args: argparse.Namespace) -> int:
    """Withdraw a code; workstations already enrolled stay."""
    with Store(from_environment().url) as store:
        codes.revoke(store, args.id, ACTOR)
    return 0


def token_create(args: argparse.Namespace) -> int:
    """Make a token and print it: this is the only time it is seen."""
    secret, now = "preau_" + secrets.token_urlsafe(32), int(time.time())
    token = Token(
        name=args.name,
        role=args.role,
        place=str(parse_place(args.place)),
        secret_sha256="",
        created_at=now,
        expires_at=now + args.days * 86_400 if args.days else None,
    )

    def keep(session: Session) -> None:
        kept = add_token(session, secret, token)
        record(session, now, ACTOR, "token_made", f"token:{kept.id}", role=kept.role, place=kept.place)

    with Store(from_environment().url) as store:
        store.write(keep)
    print(secret)
    return 0


def token_list(args: argparse.Namespace) -> int:  # noqa: ARG001 - every command has this shape
    """List tokens."""
    with Store(from_environment().url) as store, store.reading() as session:
        for token in list_tokens(session):
            kept = f"jusqu'au {short_day(token.expires_at)}" if token.expires_at else "sans fin"
            end = f"retiré le {short_day(token.revoked_at)}" if token.revoked_at else kept
            print(f"{token.id}\t{token.name}\t{token.role}\t{token.place}\t{end}")
    return 0


def token_revoke(args: argparse.Namespace) -> int:
    """Withdraw a token."""

    def revoke(session: Session) -> None:
        token = session.get(Token, args.id)
        if token is None:
            raise Refused(f"aucun jeton ne porte le numéro {args.id} : voir preau-collector token list")
        token.revoked_at = token.revoked_at or int(time.time())
        record(session, token.revoked_at, ACTOR, "token_revoked", f"token:{token.id}")

    with Store(from_environment().url) as store:
        store.write(revoke)
    return 0


def positive(text: str) -> int:
    """Read a whole number of at least 1 from the command line."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 100_000):
        raise argparse.ArgumentTypeError(f"un nombre entier d'au moins 1 est attendu, pas {text!r}")
    return int(text)


def add_commands(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add `code` and `token` to the command line."""
    code = subparsers.add_parser("code", help="les codes d'enrôlement des écoles").add_subparsers(
        required=True, metavar="COMMANDE"
    )
    one = code.add_parser("create", help="faire un code pour une école ; il n'est montré qu'une fois")
    one.add_argument("uai", metavar="UAI", help="code UAI de l'école")
    one.add_argument("--uses", type=positive, help="postes au plus (attendus × 1,2 ; 15 si on ne sait pas)")
    one.add_argument("--days", type=positive, default=21, help="durée, en jours (21)")
    one.add_argument(
        "--file", metavar="FICHIER", type=Path, help="écrire aussi le fichier ecole.preau à donner à l'école"
    )
    one.set_defaults(run=code_create)
    code.add_parser("list", help="les codes, leurs usages, leur fin").set_defaults(run=code_list)
    one = code.add_parser("revoke", help="retirer un code ; les postes déjà enrôlés restent")
    one.add_argument("id", type=int, metavar="NUMÉRO")
    one.set_defaults(run=code_revoke)

    token = subparsers.add_parser("token", help="les jetons de lecture").add_subparsers(
        required=True, metavar="COMMANDE"
    )
    one = token.add_parser("create", help="faire un jeton ; il n'est montré qu'une fois")
    one.add_argument("--role", choices=[role.value for role in Role], default=Role.LECTEUR.value)
    one.add_argument("--place", required=True, metavar="LIEU", help="nation, academie:16, departement:031, wave:2…")
    one.add_argument("--name", default="", help="à qui il est donné")
    one.add_argument("--days", type=positive, help="durée, en jours (sans fin par défaut)")
    one.set_defaults(run=token_create)
    token.add_parser("list", help="les jetons").set_defaults(run=token_list)
    one = token.add_parser("revoke", help="retirer un jeton")
    one.add_argument("id", type=int, metavar="NUMÉRO")
    one.set_defaults(run=token_revoke)
