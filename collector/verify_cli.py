"""Is what the collector keeps what a full recount says? The command `preau-collector verify`."""

import argparse
import sys
import time
from functools import partial
from typing import Any

from checks.french import count
from collector.progress import progress_bar
from collector.settings import from_environment
from collector.store.engine import Store
from collector.store.recount import BATCH, Wrong, all_schools, put_right, wrong_in


def verify(store: Store, *, judging: bool = False, progress: Any = lambda *_: None) -> list[Wrong]:
    """Recount every school; returns what is not as kept. The collector may go on serving meanwhile."""
    with store.reading() as session:
        uais = all_schools(session)
    wrong: list[Wrong] = []
    for start in range(0, len(uais), BATCH):
        with store.reading() as session:
            wrong += wrong_in(session, uais[start : start + BATCH], judging=judging)
        progress(min(start + BATCH, len(uais)), len(uais))
    return wrong


def run_verify(args: argparse.Namespace) -> int:
    """Recount, tell what differs, and put it right when asked."""
    with Store(from_environment().url) as store:
        wrong = verify(store, judging=args.facts, progress=progress_bar("écoles recomptées"))
        for one in wrong:
            print(f"{one.subject}\t{one.problem}")
        if not wrong:
            print("tout est juste")
            return 0
        sys.stderr.write(count(len(wrong), "différence", "différences") + "\n")
        if args.repair:
            with store.reading() as session:
                uais = all_schools(session)
            lots = [uais[start : start + BATCH] for start in range(0, len(uais), BATCH)]
            righted = sum(store.write(partial(put_right, uais=lot, now=int(time.time()))) for lot in lots)
            sys.stderr.write(f"{count(righted, 'école recomptée', 'écoles recomptées')} et remises d'aplomb\n")
    return 1


def add_commands(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add `verify` to the command line."""
    one = subparsers.add_parser(
        "verify",
        help="tout recompter et dire ce qui diffère de ce qui est gardé (0 : rien)",
        description="Recompte chaque école à partir de ses postes et compare avec ce qui est tenu à jour "
        "par différence. Le collecteur peut servir pendant ce temps. Sort avec 0 quand tout est juste, 1 sinon.",
    )
    one.add_argument("--facts", action="store_true", help="juger aussi à nouveau chaque fait gardé")
    one.add_argument("--repair", action="store_true", help="écrire ce que dit le recomptage")
    one.set_defaults(run=run_verify)
