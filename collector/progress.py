"""How far is a long command? One line on the terminal, rewritten."""

import sys
import time
from collections.abc import Callable
from typing import Final

WIDTH: Final = 24
_EVERY_S: Final = 0.1


def progress_bar(what: str) -> Callable[[int, int], None]:
    """Return what a command tells (done, in all) to; it shows a bar, the share and an estimate of the time left.

    What was done before it was first told, by an earlier run of the command, tells nothing of the speed of this one.
    """
    began, shown, before = 0.0, 0.0, -1

    def show(done: int, total: int) -> None:
        nonlocal began, shown, before
        now = time.monotonic()
        if before < 0:
            began, before = now, done
        if total == 0 or (done < total and now - shown < _EVERY_S):
            return
        shown = now
        filled = WIDTH * done // total
        left = f", encore {(now - began) * (total - done) / (done - before):.0f} s" if before < done < total else ""
        bar = "█" * filled + "·" * (WIDTH - filled)
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r{bar} {100 * done // total:3} % {done}/{total} {what}{left}\x1b[K{end}")
        sys.stderr.flush()

    return show
