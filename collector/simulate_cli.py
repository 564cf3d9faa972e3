"""What would a nation do to this collector? The command `preau-collector simulate`."""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from checks.french import count
from checks.profile import parse
from collector.publishing import publish_profile
from collector.settings import from_environment
from collector.signing import open_keys
from collector.simulator import rehearsal, schedule
from collector.simulator.door import profile_of_recordings
from collector.simulator.filling import fill, import_schools, require_empty
from collector.simulator.fleet import flavours, pcs_of
from collector.simulator.nation import lay_out
from collector.simulator.schedule import DAY_S, Flow, Outage
from collector.simulator.traffic import Outcome
from collector.store.engine import Store
from collector.store.generations import profiles_in_force

MOST_PCS: Final = 5_000_000
MOST_HTTP: Final = 20_000
MOST_TIMES_THE_MEAN: Final = 3
ABOUT: Final = """\
Trois choses, au choix ; tout est inventé, et la même graine donne toujours la même nation.

  preau-collector simulate
      un million de postes sur une horloge virtuelle, une panne de quatre heures le mardi ; puis 500 d'entre eux
      parlent vraiment à un collecteur sur cette machine, qui est tué en pleine journée
  preau-collector simulate --pcs 50000 --http 0
      l'horloge seule
  preau-collector simulate --fill --academie 16 --pcs 20000
      remplir la base (vide) de PREAU_DATABASE_URL, pour essayer les pages

Rien ne sort de cette machine. Code de sortie : 0 si tout est tenu, 1 sinon."""


def add_commands(commands: Any) -> None:
    """Add `simulate` to the command."""
    one = commands.add_parser(
        "simulate",
        help="faire vivre une nation inventée : calendrier d'un million de postes, ou remplir une base d'essai",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one.add_argument("--pcs", type=_bounded(1, MOST_PCS), default=1_000_000, metavar="N", help="postes (1000000)")
    one.add_argument("--schools", type=_bounded(1, 200_000), metavar="N", help="écoles (une pour 21 postes)")
    one.add_argument("--seed", type=int, default=1, metavar="N", help="graine (1)")
    one.add_argument("--academie", default="", metavar="CODE", help="une seule académie, par exemple 16")
    one.add_argument("--outage", type=_outage, default="08:30-12:30", metavar="DE-À", help="panne (08:30-12:30)")
    one.add_argument("--http", type=_bounded(0, MOST_HTTP), default=500, metavar="N", help="postes en vrai HTTP (500)")
    one.add_argument("--connections", type=_bounded(1, 256), default=32, metavar="N", help="connexions (32)")
    one.add_argument("--fill", action="store_true", help="remplir la base réglée, qui doit être vide, et s'arrêter")
    one.set_defaults(run=simulate)


def simulate(args: argparse.Namespace) -> int:
    """Run what is asked; 1 when something that must hold does not."""
    if args.fill:
        return _fill(args)
    held = _on_the_clock(args)
    if args.http:
        found = rehearsal.rehearse(min(args.http, args.pcs), args.seed, "", args.connections, _progress)
        held = _tell_rehearsal(found) and held
    return 0 if held else 1


def _fill(args: argparse.Namespace) -> int:
    """Fill the database of the settings."""
    settings = from_environment()
    schools = lay_out(args.seed, args.schools or max(1, args.pcs // 21), args.pcs, args.academie)
    with Store(settings.url) as store, TemporaryDirectory() as folder:
        require_empty(store)
        with store.reading() as session:
            published = profiles_in_force(session)
        if not published:
            publish_profile(store, open_keys(settings), profile_of_recordings(), default=True)
        profile = published[0] if published else parse(profile_of_recordings())
        import_schools(store, schools, Path(folder))
        fleet = list(pcs_of(args.seed, schools))
        fill(store, fleet, flavours(profile), lambda done, total: _progress("postes", done, total))
    print(f"{count(len(schools), 'école')} et {count(len(fleet), 'poste')} simulés, jugés par {profile.id}.")
    return 0


def _on_the_clock(args: argparse.Namespace) -> bool:
    """Simulate the three days and tell them."""
    outage: Outage = args.outage
    flow = schedule.run(args.pcs, args.seed, outage, lambda done, total: _progress("horloge", done, total))
    print(f"{count(args.pcs, 'poste')}, trois jours de classe, panne le deuxième de {_said(outage)} (Paris, hiver)")
    print("\n  heure    jour 1    jour 2    jour 3   (demandes par demi-heure)")
    for half in range(14, 35):
        sums = [_half_hour(flow, day, half) for day in range(schedule.DAYS)]
        print(f"  {half // 2:02}:{half % 2 * 30:02} {sums[0]:9} {sums[1]:9} {sums[2]:9}")
    end = DAY_S + int(15.5 * 3600)
    peak, mean = flow.fullest(outage.ends, end), flow.mean(outage.ends, end)
    ratio = peak / mean if mean else 0.0
    lost = flow.made - sum(flow.taken) - flow.left
    print(
        f"\n  après la panne, minute la plus pleine : {peak} demandes ({peak / 60:.0f}/s) ; en moyenne {mean:.0f}"
        f" relevés par minute ({mean / 60:.0f}/s)\n  soit {ratio:.1f} fois la moyenne (au plus {MOST_TIMES_THE_MEAN}) :"
        f" {_holds(ratio <= MOST_TIMES_THE_MEAN)}"
    )
    hours = max(0, flow.drained - outage.ends) / 3600
    print(
        f"  {count(flow.waited, 'relevé')} retenus par la panne, le dernier reçu {hours:.1f} h après sa fin"
        " (un poste éteint à midi revient le lendemain)"
    )
    print(f"  {flow.made} relevés faits, {sum(flow.taken)} reçus, {flow.left} encore sur leurs postes le dernier soir")
    print(f"  relevés perdus : {lost} : {_holds(lost == 0)}")
    return ratio <= MOST_TIMES_THE_MEAN and lost == 0


def _tell_rehearsal(found: Outcome) -> bool:
    """Tell what came of the slice that really spoke."""
    print(f"\n  en vrai HTTP : {count(len(found.acknowledged), 'relevé')} avec accusé, collecteur tué puis relancé")
    times = (
        f"p50 {found.percentile_ms(50):.0f} ms, p99 {found.percentile_ms(99):.0f} ms jusqu'à l'accusé, panne comprise"
    )
    print(f"  {times} ; {found.tries_lost} envois à refaire")
    print(f"  mis en quarantaine (disques copiés) : {found.quarantined} relevés")
    refused = ", ".join(f"{kind} {number}" for kind, number in sorted(found.refusals.items()))
    print(f"  refusés comme il faut : {refused or 'aucun'}")
    print(f"  ce qui ne doit jamais arriver : {len(found.wrong)} : {_holds(not found.wrong)}")
    for line in found.wrong[:10]:
        print(f"    {line}")
    return not found.wrong


def _half_hour(flow: Flow, day: int, half: int) -> int:
    begins = (day * DAY_S + half * 1800 - 3600) // 60
    return sum(flow.asked[begins : begins + 30])


def _holds(is_true: bool) -> str:
    return "tenu" if is_true else "NON TENU"


def _progress(what: str, done: int, total: int) -> None:
    if sys.stderr.isatty() or done == total:
        sys.stderr.write(f"\r{what} : {done}/{total}" + ("\n" if done == total else ""))


def _bounded(least: int, most: int) -> Any:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"un nombre de {least} à {most} est attendu, pas « {text} »")
        return int(text)

    return read


def _outage(text: str) -> Outage:
    try:
        begins, ends = (int(part[:2]) * 3600 + int(part[3:5]) * 60 for part in text.split("-"))
    except ValueError:
        begins, ends = 0, 0
    if not 3600 <= begins < ends <= DAY_S:
        raise argparse.ArgumentTypeError(f"HH:MM-HH:MM est attendu, par exemple 08:30-12:30, pas « {text} »")
    return Outage(begins=DAY_S + begins - 3600, ends=DAY_S + ends - 3600)


def _said(outage: Outage) -> str:
    return " à ".join(
        f"{(at - DAY_S + 3600) // 3600:02} h {(at % 3600) // 60:02}" for at in (outage.begins, outage.ends)
    )
