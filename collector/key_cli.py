"""What does `preau-collector key` do? The collector's own key: shown, its successor announced, then put in place."""

import argparse
import sys
import time
from dataclasses import dataclass
from typing import Any

from checks.french import count
from collector.code_cli import ACTOR
from collector.enrolling.codes import Refused
from collector.settings import Settings, from_environment
from collector.signing import NEXT_KEY, OWN_KEY, PREVIOUS_KEY, make_key, open_keys
from collector.store import Session
from collector.store.audit import record
from collector.store.engine import Store
from collector.store.key_change import revoke_codes, sign_profiles_again, unaware

_EXAMPLES = """\
Changer la clé sans retoucher un poste :
  1. preau-collector key next      la suivante est faite, et annoncée aux postes, signée par l'actuelle
  2. redémarrer les collecteurs ; attendre que les postes soient venus (preau-collector key show)
  3. preau-collector key roll      la suivante prend la place ; redémarrer les collecteurs ; refaire les codes
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """What a change of key did."""

    fingerprint: str
    codes: int  # withdrawn


def roll(settings: Settings, store: Store, *, sure: bool) -> Rolled:
    """Put the next key in place of the present one; raises `Refused` while some workstations never heard of it."""
    following = settings.data_dir / NEXT_KEY
    if not following.exists():
        raise Refused("aucune clé suivante n'est annoncée : preau-collector key next")
    with store.reading() as session:
        deaf = unaware(session, int(following.stat().st_mtime))
    if deaf and not sure:
        who = count(deaf, "poste n'est pas venu", "postes ne sont pas venus")
        raise Refused(f"{who} depuis l'annonce et n'écouteraient plus : attendre, ou --sure et les enrôler à nouveau")
    own, now = settings.data_dir / OWN_KEY, int(time.time())
    own.replace(settings.data_dir / PREVIOUS_KEY)
    following.replace(own)
    keys = open_keys(settings)

    def work(session: Session) -> int:
        if settings.profile_key_file is None:
            sign_profiles_again(session, keys.sign_profile)
        codes = revoke_codes(session, now)
        record(session, now, ACTOR, "key_rolled", keys.fingerprint, codes=codes)
        return codes

    return Rolled(fingerprint=keys.fingerprint, codes=store.write(work))


def run_show(args: argparse.Namespace) -> int:  # noqa: ARG001 - every command has this shape
    """Show the fingerprints, and how many workstations heard of the next key."""
    settings = from_environment()
    print(f"clé du collecteur : {open_keys(settings).fingerprint}")
    following = settings.data_dir / NEXT_KEY
    if following.exists():
        with Store(settings.url) as store, store.reading() as session:
            deaf = unaware(session, int(following.stat().st_mtime))
        print(f"clé suivante annoncée ; {count(deaf, 'poste ne la connaît', 'postes ne la connaissent')} pas encore")
    return 0


def run_next(args: argparse.Namespace) -> int:  # noqa: ARG001 - every command has this shape
    """Make the next key; it is announced from the collector's next start."""
    settings, now = from_environment(), int(time.time())
    path = settings.data_dir / NEXT_KEY
    if path.exists():
        raise Refused("une clé suivante est déjà annoncée : preau-collector key show")
    open_keys(settings)
    make_key(path)
    with Store(settings.url) as store:
        store.write(lambda session: record(session, now, ACTOR, "key_announced"))
    print("La clé suivante est faite. Redémarrer les collecteurs : ils l'annonceront aux postes.")
    return 0


def run_roll(args: argparse.Namespace) -> int:
    """Put the next key in place."""
    settings = from_environment()
    with Store(settings.url) as store:
        rolled = roll(settings, store, sure=args.sure)
    print(f"clé du collecteur : {rolled.fingerprint} ; redémarrer les collecteurs")
    sys.stderr.write(f"{count(rolled.codes, 'code retiré', 'codes retirés')} : ils portaient l'ancienne empreinte.\n")
    return 0


def add_commands(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add `key` to the command line."""
    key = subparsers.add_parser(
        "key",
        help="la clé du collecteur, et comment en changer",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).add_subparsers(required=True, metavar="COMMANDE")
    key.add_parser("show", help="son empreinte, et qui connaît la suivante").set_defaults(run=run_show)
    key.add_parser("next", help="faire la clé suivante, que les postes apprendront").set_defaults(run=run_next)
    one = key.add_parser("roll", help="mettre la suivante en place")
    one.add_argument("--sure", action="store_true", help="même si des postes ne la connaissent pas")
    one.set_defaults(run=run_roll)
