"""Where do the processes that judge come from? Where there can be one, from one that has read the code for all of them.

Reading it takes as long as reading the command's own: a command that will judge has it done beside, on another core.
"""

import os
from multiprocessing import forkserver, get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from typing import Final

_READ: Final = ["collector.profile_diff", "collector.rejudging"]
_HAS_ONE: Final = "forkserver" in get_all_start_methods()


def context() -> BaseContext:
    """Return how processes are started here."""
    if not _HAS_ONE:
        return get_context("spawn")
    found = get_context("forkserver")
    found.set_forkserver_preload(_READ)
    return found


def begin() -> None:
    """Have the code read from now on, if another core can; it ends with this process, needed or not."""
    if _HAS_ONE and (os.cpu_count() or 1) > 1:
        context()
        forkserver.ensure_running()
