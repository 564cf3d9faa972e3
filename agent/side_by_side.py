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

    The threads are daemons and exit never waits for them: `getaddrinfo` cannot be cancelled. What `ask` raises is
    raised here: a fault of ours must not read as a silence of the network.
    """
    asked = list(items)
    answers: queue.SimpleQueue[tuple[int, Given | BaseException]] = queue.SimpleQueue()

    def answer(number: int, item: Asked) -> None:
        try:
            answers.put((number, ask(item)))
        except BaseException as error:  # noqa: BLE001 - raised again below, in the thread that asked
            answers.put((number, error))

    for number, item in enumerate(asked):
        threading.Thread(target=answer, args=(number, item), daemon=True).start()
    given: dict[int, Given] = {}
    deadline = time.monotonic() + within_s
    while len(given) < len(asked):
        try:
            number, came = answers.get(timeout=max(deadline - time.monotonic(), 0))
        except queue.Empty:
            break
        if isinstance(came, BaseException):
            raise came
        given[number] = came
    return tuple(given[n] if n in given else otherwise(item) for n, item in enumerate(asked))
