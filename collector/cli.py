"""What can an operator ask of the collector? The command `preau-collector`."""

import argparse
import gc
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from typing import Final

import checks
from checks.arguments import FrenchParser
from checks.profile import ProfileError
from collector.refusals import Told
from collector.settings import Settings, from_environment
from collector.store import DBAPIError
from collector.store.engine import Store, name_of
from collector.store.schema import require_present, upgrade, versions
from collector.store.trouble import said_of

ROOMS: Final = {
    "collector.schools_cli": ("schools",),
    "collector.profile_cli": ("profile",),
    "collector.verify_cli": ("verify",),
    "collector.plan.cli": ("contacts",),
    "collector.code_cli": ("code", "token"),
    "collector.workstation_cli": ("workstation",),
    "collector.report_cli": ("report",),
    "collector.simulate_cli": ("simulate",),
    "collector.people_cli": ("user", "link", "audit"),
    "collector.test_page_cli": ("test-page",),
    "collector.keeping_cli": ("purge", "erase", "export", "backup", "restore"),
    "collector.key_cli": ("key",),
}
"""Where each command is. Only the room of the one that is asked is read: all together take a second."""
EXAMPLES: Final = """\
pour commencer :
  preau-collector db upgrade
  preau-collector schools import fr-en-annuaire-education.csv
  preau-collector profile publish mon-ent.toml
  preau-collector profile diff mon-ent-v2.toml (ce que changerait un profil, avant de le publier)
  preau-collector code create 0310000A --file ecole.preau
  preau-collector serve                        (montre le lien du premier compte)
  preau-collector user invite --role pilote --place academie:16
  preau-collector link create 0310000A         (un lien de lecture pour l'école)

réglages, par l'environnement :
  PREAU_DATABASE_URL      base de données (par défaut : SQLite dans le dossier de données)
  PREAU_DATA_DIR          clés, et base SQLite (par défaut : ~/.local/share/preau)
  PREAU_HOST, PREAU_PORT  où écouter (127.0.0.1, 8080)
  PREAU_PUBLIC_URL        adresse que portent les codes d'enrôlement
  PREAU_TRUSTED_PROXIES   adresses des mandataires (nginx) dont l'en-tête X-Forwarded-For est cru (aucune)
  PREAU_OTHER_ADDRESS     seconde adresse du collecteur : la page d'essai y essaie les cookies d'un autre site
  PREAU_CONTROL_CA        autorité de plus pour le contrôle des services par le collecteur
  PREAU_CONTROL_MINUTES   période de ce contrôle (10)
  PREAU_PROFILE_KEY_FILE  clé propre au profil (par défaut : celle du collecteur)
  PREAU_OIDC_ISSUER, PREAU_OIDC_CLIENT_ID, PREAU_OIDC_CLIENT_SECRET_FILE, PREAU_OIDC_NAME
                          où les personnes s'identifient ailleurs (OpenID Connect) ; retour : …/connexion/retour
  PREAU_SNAPSHOT_S        âge des totaux d'un territoire sur sa page, en secondes (5)
  PREAU_OPERATOR          organisme qui exploite ce collecteur, nommé en pied de page
  PREAU_OPERATOR_CONTACT  à qui écrire (déclaration d'accessibilité)
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code (0 done, 1 refused or failed, 64 wrong usage)."""
    words = sys.argv[1:] if arguments is None else arguments
    args = _parser(words).parse_args(words)
    try:
        if getattr(args, "fill", True) and not getattr(args, "is_without_database", False):
            _require_database()
        return int(args.run(args))
    except Told as error:
        sys.stderr.write(f"preau-collector : {error}\n")
    except ProfileError as error:
        sys.stderr.write(f"{args.file}, {error}\n")
    except DBAPIError as error:
        sys.stderr.write(f"preau-collector : {name_of(from_environment().url)} : {said_of(error)}\n")
    except FileNotFoundError as error:
        sys.stderr.write(f"preau-collector : le fichier {error.filename} n'existe pas\n")
    except OSError as error:
        sys.stderr.write(f"preau-collector : {error.filename or ''} {error.strerror or error}\n")
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrompu ; ce qui était écrit l'est toujours.\n")
        return 130
    return 1


def serve(args: argparse.Namespace) -> int:
    """Serve until stopped."""
    import uvicorn  # what serves is not read by the other commands

    from collector.app import create_app
    from collector.sole import only_one

    settings = from_environment()
    settings = replace(settings, host=args.host or settings.host, port=args.port or settings.port)
    app = create_app(settings, loaded=_settle)
    alone = only_one(settings)
    _show_first_link(settings)
    with alone:
        uvicorn.run(
            app,
            host=settings.host,
            port=settings.port,
            log_level="info",
            access_log=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies or None,
        )
    return 0


def _settle() -> None:
    """Leave alone what lives as long as the process, a nation's sums included.

    Going over it again and again, 0.3 s at a time for 48,000 schools, is what slows requests down.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _show_first_link(settings: Settings) -> None:
    """While nobody can sign in, print the link that makes the first account."""
    from collector.people.signing_in import first_invitation
    from collector.people_cli import invitation_address

    with Store(settings.url) as store:
        secret = first_invitation(store)
    if secret is not None:
        sys.stderr.write(
            "Personne n'a encore de compte. Ce lien ouvre le premier (exploitant) ; il sert une fois, pendant 24 h :\n"
            f"  {invitation_address(settings, secret)}\n"
        )


def demo(args: argparse.Namespace) -> int:
    """Run the demonstration."""
    from collector import demo as room  # its libraries are an extra of their own

    return room.run(args)


def db_upgrade(args: argparse.Namespace) -> int:  # noqa: ARG001 - every command has this shape
    """Bring the database to the present version."""
    settings = from_environment()
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with Store(settings.url) as store:
        before, _ = versions(store.engine)
        upgrade(store.engine)
        after, _ = versions(store.engine)
    print(f"base en version {after}" + ("" if before != after else ", déjà à jour"))
    return 0


def _require_database() -> None:
    """Raise `SchemaError` or `DBAPIError` before a command begins on a database that it cannot use."""
    settings = from_environment()
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with Store(settings.url) as store:
        require_present(store.engine)


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = FrenchParser(
        prog="preau-collector",
        description="Reçoit les relevés des postes, les juge, dit quelles écoles sont prêtes pour leur ENT.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"preau {checks.VERSION}")
    commands = parser.add_subparsers(required=True, metavar="COMMANDE")

    one = commands.add_parser("serve", help="recevoir et montrer, jusqu'à Ctrl-C")
    one.add_argument("--host", help="adresse où écouter (PREAU_HOST)")
    one.add_argument("--port", type=int, help="port où écouter (PREAU_PORT)")
    one.set_defaults(run=serve)

    one = commands.add_parser("demo", help="tout montrer sur cette machine, en une minute, sans rien demander")
    one.add_argument("--once", action="store_true", help="s'arrêter après avoir montré l'école")
    one.add_argument("--port", type=int, default=8080, help="port où écouter (8080, ou un autre s'il est pris)")
    one.add_argument("--directory", default=".run", metavar="DOSSIER", help="où travailler (.run)")
    one.set_defaults(run=demo, is_without_database=True)

    db = commands.add_parser("db", help="la base de données").add_subparsers(required=True, metavar="COMMANDE")
    db.add_parser("upgrade", help="la créer, ou la mettre à jour").set_defaults(
        run=db_upgrade, is_without_database=True
    )

    asked = [room for room, its_commands in ROOMS.items() if words and words[0] in its_commands]
    for room in asked or ROOMS:
        import_module(room).add_commands(commands)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
