"""The collector, as `preau-collector serve` runs it.

With BENCH_WITHOUT_COMMIT=1 every write is rolled back: what the disk costs is the ratio of the two. With
BENCH_NOTHING_RECALLED=1 it holds no facts nor verdicts in memory: simulated workstations come in few kinds, whose facts
repeat, and real ones repeat less.
"""

import os
import sys

from sqlmodel import Session

from collector import judging, reading
from collector.cli import main


def without_commit() -> None:
    """Make every commit of a session a rollback."""
    Session.commit = Session.rollback  # type: ignore[method-assign]


def nothing_recalled() -> None:
    """Read and judge every fact as if none like it had come before."""
    reading._written_alike = reading._written_alike.__wrapped__  # type: ignore[assignment]
    judging._remember = lambda *_: None


if __name__ == "__main__":
    if os.environ.get("BENCH_WITHOUT_COMMIT") == "1":
        without_commit()
    if os.environ.get("BENCH_NOTHING_RECALLED") == "1":
        nothing_recalled()
    raise SystemExit(main(["serve", *sys.argv[1:]]))
