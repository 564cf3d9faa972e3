"""What did a workstation answer? The door, behind which there is a recording of its answers.

The agent judges a recording by it, tests their golden machines, and the simulator its workstations. A question that was
not recorded is an error here; the simulator, which asks about the hosts of any profile, says otherwise what then.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final, get_args, get_origin, get_type_hints

from checks.machine import QUESTIONS, CannotAnswer, Machine
from checks.plain import Unreadable, build

CLOSED: Final = ("not_supported", "not_permitted")
"""What is recorded of a question that was not answered."""
NAMES: Final = ("service", "program", "host", "port", "root_sha256")
"""What an answer about one thing says of the thing it is about."""


class Unrecorded(ValueError):
    """A question whose answer was not recorded; the message says which, in French."""


class Replayed:
    """Implements `checks.machine.Machine` over recorded answers; raises `Unrecorded`, and `Unreadable` for damage."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers = answers

    def __getattr__(self, question: str) -> Any:
        if question not in QUESTIONS:
            raise AttributeError(question)
        return lambda *asked: self._answer(question, *asked)

    def unrecorded(self, question: str, kind: Any = None, held: Any = None, item: Any = None) -> Any:
        """Say what is answered in place of what was not recorded: nothing, here.

        `item` is what was asked about, None for a question about nothing; `held` what was recorded of the question;
        `kind` the class of one answer. None leaves the item out.
        """
        del kind, held
        if question == "page_images" and item is not None:  # a page may have been left before the end
            return None
        raise Unrecorded(_unrecorded(question, item))

    def unspoken(self, question: str, item: Any) -> None:
        """Tell that the one answer to a question does not speak of something asked: an error, here."""
        raise Unrecorded(_unrecorded(question, item))

    def _answer(self, question: str, *asked: Any) -> Any:
        if question not in self._answers:
            return self.unrecorded(question)
        held = self._answers[question]
        if held in CLOSED:
            raise CannotAnswer(held)
        kind = _kinds()[question]
        if asked and get_origin(kind) is tuple:
            found = (self._about(question, get_args(kind)[0], item, held) for item in asked[0])
            return tuple(one for one in found if one is not None)
        given = build(kind, held, (question,))
        for item in asked[0] if asked else ():
            if not _speaks_of(given, item):
                self.unspoken(question, item)
        return given

    def _about(self, question: str, kind: Any, item: Any, held: Any) -> Any:
        """Return what was answered about one of the things asked about; None for nothing at all."""
        if isinstance(held, Mapping):
            if item in held:
                return build(kind, held[item], (question, item))
        elif isinstance(held, list):
            wanted = named(item, NAMES)
            for number, answer in enumerate(held):
                if isinstance(answer, Mapping) and wanted.items() <= answer.items():
                    return build(kind, answer, (question, number))
        else:
            raise Unreadable((question,), f"une liste est attendue, pas {held!r}")
        return self.unrecorded(question, kind, held, item)


def named(item: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Return by what an answer about something asked is known: its host and port, its service, its program."""
    if isinstance(item, str):
        return {"host": item}
    held = {key: getattr(item, key) for key in names if hasattr(item, key)}
    return {key: held[key] for key in ("service", "program") if key in held} or held


def _speaks_of(given: Any, item: Any) -> bool:
    """Tell whether one answer about several things speaks of one of them, where it names them."""
    for field, key in (("plain", "host"), ("roots", "root_sha256")):
        if hasattr(given, field):
            return any(getattr(one, key) == item for one in getattr(given, field))
    return True


def _unrecorded(question: str, item: Any) -> str:
    if item is None:
        return f"l'enregistrement n'a pas de réponse à la question « {question} »"
    about = item if isinstance(item, str) else ":".join(str(value) for value in named(item, NAMES).values())
    return f"l'enregistrement n'a pas de réponse à la question « {question} » pour « {about} »"


@cache
def _kinds() -> Mapping[str, Any]:
    """Return what each question is answered with."""
    return {question: get_type_hints(getattr(Machine, question))["return"] for question in QUESTIONS}
