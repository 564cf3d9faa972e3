"""The collector, as `preau-collector serve` runs it; with BENCH_WITHOUT_COMMIT=1 every write is rolled back.

That is the same path without the commit: what the disk costs is the ratio of the two.
"""

import os
import sys

from sqlmodel import Session

from collector.cli import main


def without_commit() -> None:
    """Make every commit of a session a rollback."""
    Session.commit = Session.rollback  # type: ignore[method-assign]


if __name__ == "__main__":
    if os.environ.get("BENCH_WITHOUT_COMMIT") == "1":
        without_commit()
    raise SystemExit(main(["serve", *sys.argv[1:]]))
