"""How is a question that several probes lean on asked only once, whoever comes first?"""

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

Given = TypeVar("Given")


class Once:
    """Answers by key; those who ask for one being found wait for it. What fails fails for everybody."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[Hashable, tuple[threading.Event, list[Any]]] = {}

    def get(self, key: Hashable, find: Callable[[], Given]) -> Given:
        """Return the answer of this key, finding it the first time; raises what finding it raised."""
        with self._lock:
            first = key not in self._answers
            done, held = self._answers.setdefault(key, (threading.Event(), []))
        if first:
            try:
                held.extend((find(), None))
            except BaseException as error:
                held.extend((None, error))
                raise
            finally:
                done.set()
        done.wait()
        if held[1] is not None:
            raise held[1]
        return cast(Given, held[0])
