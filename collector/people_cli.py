"""What do `preau-collector user`, `link` and `audit` do? Who signs in, who reads by a link, what was done."""

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

from checks.french import count
from collector import dates
from collector.code_cli import ACTOR, positive
from collector.enrolling import links
from collector.enrolling.codes import Refused
from collector.people import signing_in
from collector.people.roles import Grant, Role
from collector.people.tables import Account, AccountRole
from collector.settings import Settings, from_environment
from collector.signing import open_keys
from collector.store import Session, audit, people
from collector.store.engine import Store
from collector.territory import parse_place
from collector.uai import parse_uai


def invitation_address(settings: Settings, secret: str) -> str:
    """Return the address of an invitation."""
    return f"{settings.address}/invitation/{secret}"


def link_address(settings: Settings, secret: str) -> str:
    """Return the address of a reading link."""
    return f"{settings.address}/lien/{secret}"


def user_invite(args: argparse.Namespace) -> int:
    """Make a link with which a person opens an account; it is shown once."""
    settings, now = from_environment(), int(time.time())
    role, place = Role(args.role), str(parse_place(args.place))
    with Store(settings.url) as store:
        secret = store.write(
            lambda session: signing_in.invite(session, ACTOR, role, place, now, lasts_s=args.days * 86_400)
        )
    print(invitation_address(settings, secret))
    sys.stderr.write(f"À donner à la personne : elle sera {role} sur « {place} ». Sert une fois, {args.days} jours.\n")
    return 0


def user_first(args: argparse.Namespace) -> int:  # noqa: ARG001 - every command has this shape
    """Print the link to the first account again."""
    settings = from_environment()
    with Store(settings.url) as store:
        secret = signing_in.first_invitation(store)
    if secret is None:
        raise Refused("un compte existe déjà : preau-collector user invite, ou user reset")
    print(invitation_address(settings, secret))
    return 0


def user_list(args: argparse.Namespace) -> int:  # noqa: ARG001 - every command has this shape
    """List accounts, what they may do, and the day they last came."""
    with Store(from_environment().url) as store, store.reading() as session:
        found = people.accounts(session)
        for account, grants in found:
            came = f"venu le {account.last_login_on}" if account.last_login_on else "jamais venu"
            state = "fermé" if account.disabled_at else "ouvert"
            how = "OIDC" if account.oidc_subject else "mot de passe"
            said = " ".join(map(str, grants)) or "aucun droit"
            print(f"{account.login}\t{account.id}\t{how}\t{state}\t{came}\t{said}")
        sys.stderr.write(count(len(found), "compte") + "\n")
    return 0


def user_grant(args: argparse.Namespace) -> int:
    """Give an account one more right, or take one back; it holds from the next page."""
    role, place, now = Role(args.role), str(parse_place(args.place)), int(time.time())

    def change(session: Session) -> None:
        account = _account(session, args.login)
        if args.takes:
            row = session.get(AccountRole, (account.id, role.value, place))
            if row is None:
                raise Refused(f"{args.login} n'a pas le droit {Grant(role, parse_place(place))}")
            session.delete(row)
        else:
            people.grant(session, account.id, role, place)
        audit.record(session, now, ACTOR, "right_taken" if args.takes else "right_given", account.id,
                     role=role.value, place=place)  # fmt: skip

    with Store(from_environment().url) as store:
        store.write(change)
    return 0


def user_reset(args: argparse.Namespace) -> int:
    """Make a link with which a person chooses a new password; every session ends when it is used."""
    settings, now = from_environment(), int(time.time())

    def make(session: Session) -> str:
        account = _account(session, args.login)
        grants = people.grants_of(session, account.id) or [Grant(Role.LECTEUR, parse_place("nation"))]
        return signing_in.invite(
            session, ACTOR, grants[0].role, str(grants[0].place), now, account_id=account.id, lasts_s=86_400
        )

    with Store(settings.url) as store:
        secret = store.write(make)
    print(invitation_address(settings, secret))
    return 0


def user_close(args: argparse.Namespace) -> int:
    """Close an account at once, or open it again."""
    now = int(time.time())

    def change(session: Session) -> None:
        account = _account(session, args.login)
        account.disabled_at = now if args.closes else None
        people.end_sessions_of(session, account.id)
        audit.record(session, now, ACTOR, "account_closed" if args.closes else "account_opened", account.id)

    with Store(from_environment().url) as store:
        store.write(change)
    return 0


def link_create(args: argparse.Namespace) -> int:
    """Make a link that reads a school without a password; it is shown once."""
    settings = from_environment()
    with Store(settings.url) as store:
        print(link_address(settings, links.make(store, parse_uai(args.uai), ACTOR, args.days)))
    return 0


def link_list(args: argparse.Namespace) -> int:  # noqa: ARG001 - every command has this shape
    """List links and the day they last served; their secrets are not kept and cannot be shown."""
    with Store(from_environment().url) as store, store.reading() as session:
        for link in people.links_of(session, None):
            state = f"retiré le {_day(link.revoked_at)}" if link.revoked_at else f"jusqu'au {_day(link.expires_at)}"
            used = f"dernier usage {link.last_used_on}" if link.last_used_on else "jamais utilisé"
            print(f"{link.id}\t{link.place}\t{used}\t{state}")
    return 0


def link_revoke(args: argparse.Namespace) -> int:
    """Withdraw a link; whoever reads by it stops at once."""
    with Store(from_environment().url) as store:
        links.revoke(store, args.id, ACTOR)
    return 0


def audit_verify(args: argparse.Namespace) -> int:  # noqa: ARG001 - every command has this shape
    """Follow the chain and say whether the log was touched; 1 when it was."""
    settings = from_environment()
    keys = open_keys(settings)
    with Store(settings.url) as store, store.reading() as session:
        proof = audit.verify(session, keys.signed_by_collector)
    start = f"depuis le point de contrôle signé {proof.since}" if proof.since else "depuis la première"
    print(f"{count(proof.entries, 'entrée suivie', 'entrées suivies')} {start}")
    for problem in proof.problems:
        sys.stderr.write(f"  {problem}\n")
    print("Le journal est entier." if not proof.problems else "Le journal a été touché.")
    return 1 if proof.problems else 0


def audit_list(args: argparse.Namespace) -> int:
    """Show the last entries."""
    with Store(from_environment().url) as store, store.reading() as session:
        for e in audit.entries(session, last=args.last):
            when = dates.moment(datetime.fromtimestamp(e.at, UTC))
            said = " ".join(f"{name}={value}" for name, value in json.loads(e.detail).items())
            print(f"{e.number}\t{when}\t{e.actor}\t{e.action}\t{e.subject}\t{said}".rstrip())
    return 0


def _account(session: Session, login: str) -> Account:
    account = people.account_called(session, login.lower())
    if account is None:
        raise Refused(f"aucun compte ne s'appelle {login} : voir preau-collector user list")
    return account


def _day(instant: int) -> str:
    return f"{datetime.fromtimestamp(instant, UTC):%d/%m/%Y}"


def add_commands(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add `user`, `link` and `audit` to the command line."""
    user = _group(subparsers, "user", "les comptes des personnes")
    one = user.add_parser("invite", help="faire un lien qui ouvre un compte ; il n'est montré qu'une fois")
    _role(one)
    one.add_argument("--days", type=positive, default=7, help="durée du lien, en jours (7)")
    one.set_defaults(run=user_invite)
    user.add_parser("first", help="remontrer le lien du premier compte").set_defaults(run=user_first)
    user.add_parser("list", help="les comptes et leurs droits").set_defaults(run=user_list)
    for name, takes, words in (("grant", False, "donner un droit de plus"), ("take", True, "retirer un droit")):
        one = user.add_parser(name, help=words)
        one.add_argument("login", metavar="IDENTIFIANT")
        _role(one)
        one.set_defaults(run=user_grant, takes=takes)
    one = user.add_parser("reset", help="faire un lien pour choisir un nouveau mot de passe")
    one.add_argument("login", metavar="IDENTIFIANT")
    one.set_defaults(run=user_reset)
    for name, closes, words in (("close", True, "fermer un compte, tout de suite"), ("open", False, "le rouvrir")):
        one = user.add_parser(name, help=words)
        one.add_argument("login", metavar="IDENTIFIANT")
        one.set_defaults(run=user_close, closes=closes)

    link = _group(subparsers, "link", "les liens de lecture des écoles, sans mot de passe")
    one = link.add_parser("create", help="faire un lien pour une école ; il n'est montré qu'une fois")
    one.add_argument("uai", metavar="UAI")
    one.add_argument("--days", type=positive, default=90, help="durée, en jours (90)")
    one.set_defaults(run=link_create)
    link.add_parser("list", help="les liens, leur dernier usage, leur fin").set_defaults(run=link_list)
    one = link.add_parser("revoke", help="retirer un lien")
    one.add_argument("id", type=int, metavar="NUMÉRO")
    one.set_defaults(run=link_revoke)

    log = _group(subparsers, "audit", "le journal de ce qui a été fait, et par qui")
    log.add_parser("verify", help="vérifier que le journal n'a pas été touché").set_defaults(run=audit_verify)
    one = log.add_parser("list", help="les dernières entrées")
    one.add_argument("--last", type=positive, default=50, metavar="NOMBRE", help="combien (50)")
    one.set_defaults(run=audit_list)


def _group(subparsers: Any, name: str, words: str) -> Any:
    return subparsers.add_parser(name, help=words).add_subparsers(required=True, metavar="COMMANDE")


def _role(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", choices=[role.value for role in Role], default=Role.LECTEUR.value)
    parser.add_argument("--place", required=True, metavar="LIEU", help="nation, academie:16, wave:2, school:0310000A…")
