"""How are several things asked at once, without waiting for the slowest for ever?"""

import queue
import threading
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

Asked = TypeVar("Asked")
Given = TypeVar("Given")


def ask_each(
    ask: Callable[[Asked], Given], items: Iterable[Asked], *, within_s: float, otherwise: Callable[[Asked], Given]
) -> tuple[Given, ...]:
    """Ask about every item side by side; answers in the order of items, `otherwise(item)` for what is late.

    The threads are daemons and exit never waits for them: `getaddrinfo` cannot be cancelled. `ask` must not raise.
    """
    asked = list(items)
    answers: queue.SimpleQueue[tuple[int, Given]] = queue.SimpleQueue()
    for number, item in enumerate(asked):
        threading.Thread(target=lambda n=number, i=item: answers.put((n, ask(i))), daemon=True).start()
    given: dict[int, Given] = {}
    deadline = time.monotonic() + within_s
    while len(given) < len(asked):
        try:
            number, answer = answers.get(timeout=max(deadline - time.monotonic(), 0))
        except queue.Empty:
            break
        given[number] = answer
    return tuple(given[n] if n in given else otherwise(item) for n, item in enumerate(asked))
