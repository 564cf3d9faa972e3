"""`python -m collector` and `preau-collector`."""

import sys
from typing import Final

_JUDGES: Final = (["profile", "publish"], ["profile", "diff"])


def main() -> int:
    """Run one command."""
    # Not above: processes that judge (`collector.judging_pool`) begin by reading this module again, and need no more.
    if sys.argv[1:3] in _JUDGES:
        from collector import forerunner

        forerunner.begin()
    from collector.cli import main as run

    return run()


if __name__ == "__main__":
    raise SystemExit(main())
