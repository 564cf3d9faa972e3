"""How is a wrong command told, in French, with what there is? The parser of both commands of Préau."""

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any, Final, NoReturn

WRONG_USAGE: Final = 64
"""Exit code (EX_USAGE of sysexits.h): an audit's own outcomes are others."""
_SAID: Final[tuple[tuple[str, str], ...]] = (
    (r"the following arguments are required: (.+)", r"il manque \1"),
    (r"one of the arguments (.+) is required", r"il faut l'un de \1"),
    (r"unrecognized arguments: (.+)", r"\1 : cette commande n'attend rien de tel"),
    (r"argument (.+?): not allowed with argument (.+)", r"\1 ne va pas avec \2"),
    (r"argument (.+?): expected one argument", r"\1 attend une valeur"),
    (r"argument (.+?): expected at (?:least|most) one argument", r"\1 attend une valeur"),
    (r"argument (.+?): expected (\d+) arguments?", r"\1 attend \2 valeurs"),
    (r"argument (.+?): ignored explicit argument '(.*)'", r"\1 n'attend pas de valeur, et « \2 » est donné"),
    (r"argument (.+?): invalid int value: '(.*)'", r"\1 attend un nombre entier, pas « \2 »"),
    (r"argument (.+?): invalid float value: '(.*)'", r"\1 attend un nombre, pas « \2 »"),
    (r"argument (.+?): invalid \S+ value: '(.*)'", r"\1 : « \2 » ne convient pas"),
    (r"ambiguous option: (.+?) could match (.+)", r"\1 peut être \2 : écrivez l'option en entier"),
    (r"argument (.+?): (.+)", r"\1 : \2"),  # a sentence of ours, about one argument
)
"""What `argparse` says, and how it is said here; its words are those of Python 3.11 to 3.14."""
_CHOICE: Final = re.compile(
    r"(?:argument (?P<name>.+?): )?invalid choice: (?P<given>.+?) \(.*choose from .*\)$", re.DOTALL
)


class FrenchParser(argparse.ArgumentParser):
    """Reads a command line; its help, and what is wrong, in French. Subcommands' parsers are of this kind too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "add_help": False})
        self._positionals.title, self._optionals.title = "arguments", "options"
        self.add_argument("-h", "--help", action="help", help="montrer cette aide")

    def format_usage(self) -> str:
        """Return how the command is written."""
        return _usage(super().format_usage())

    def format_help(self) -> str:
        """Return the help of the command."""
        return _usage(super().format_help())

    def error(self, message: str) -> NoReturn:
        """Tell what is wrong and end with the code of wrong usage."""
        self.print_usage(sys.stderr)
        self.exit(WRONG_USAGE, f"{self.prog} : {in_french(message, self._choices)}\n")

    def _choices(self, name: str) -> tuple[str, ...]:
        """Return what one argument may be; a subcommand is known by its metavar."""
        for action in self._actions:
            called = ("/".join(action.option_strings), action.metavar, action.dest)
            if action.choices is not None and (name in called or not name):
                return tuple(map(str, action.choices))
        return ()


def in_french(message: str, choices: Callable[[str], tuple[str, ...]] = lambda _: ()) -> str:
    """Return in French what `argparse` says; `choices` tells what an argument may be, by its name."""
    if found := _CHOICE.match(message):
        return "".join(_wrong_choice(found["name"] or "", found["given"].strip("'\""), choices(found["name"] or "")))
    for said, ours in _SAID:
        if whole := re.fullmatch(said, message, re.DOTALL):
            return whole.expand(ours)
    return message


def _wrong_choice(name: str, given: str, known: tuple[str, ...]) -> Iterator[str]:
    yield f"{name} : « {given} » n'existe pas" if name else f"« {given} » n'existe pas"
    if near := get_close_matches(given, known, n=1):
        yield f". Vouliez-vous dire « {near[0]} » ?"
    if known:
        yield f"{'' if near else '.'} Il y a : {', '.join(known)}"


def _usage(written: str) -> str:
    return written.replace("usage: ", "usage : ", 1)
