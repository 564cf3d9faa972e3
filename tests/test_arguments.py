"""A wrong command is told in French, with what there is; nothing of `argparse`'s English is left."""

from collections.abc import Callable
from typing import Any

import pytest

import agent.cli
import collector.cli
from checks.arguments import WRONG_USAGE, FrenchParser


@pytest.mark.parametrize(
    ("main", "arguments", "told"),
    [
        (agent.cli.main, ["auditt"], "« auditt » n'existe pas. Vouliez-vous dire « audit » ? Il y a : audit, record,"),
        (agent.cli.main, ["enrol", "X", "--place", "grenier"], "--place : « grenier » n'existe pas. Il y a : classe,"),
        (agent.cli.main, ["enrol"], "preau-agent enrol : il manque CODE"),
        (agent.cli.main, [], "preau-agent : il manque COMMANDE"),
        (agent.cli.main, ["run", "--patience", "x"], "--patience attend un nombre, pas « x »"),
        (agent.cli.main, ["run", "--patience"], "--patience attend une valeur"),
        (agent.cli.main, ["audit", "--json=oui"], "--json n'attend pas de valeur, et « oui » est donné"),
        (agent.cli.main, ["audit", "--json", "--html", "x"], "--html ne va pas avec --json"),
        (agent.cli.main, ["audit", "--silence"], "--silence : cette commande n'attend rien de tel"),
        (collector.cli.main, ["user", "invite", "--role", "pilot"], "Vouliez-vous dire « pilote » ? Il y a : lecteur,"),
        (collector.cli.main, ["serve", "--port", "http"], "--port attend un nombre entier, pas « http »"),
    ],
)
def test_what_is_wrong_is_told_in_french(
    main: Callable[[Any], int], arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    said = capsys.readouterr().err
    assert ended.value.code == WRONG_USAGE
    assert told in said
    assert said.startswith("usage : ")
    assert "invalid" not in said


@pytest.mark.parametrize("main", [agent.cli.main, collector.cli.main])
def test_help_is_in_french(main: Callable[[Any], int], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert "montrer cette aide" in said
    assert not any(word in said for word in ("show this", "usage: ", "positional", "optional arguments"))


def test_what_an_option_may_be_several_times_or_of_several_values(capsys: pytest.CaptureFixture[str]) -> None:
    parser = FrenchParser(prog="p")
    parser.add_argument("--pair", nargs=2)
    parser.add_argument("--patience")
    with pytest.raises(SystemExit):
        parser.parse_args(["--pair", "a"])
    with pytest.raises(SystemExit):
        parser.parse_args(["--pa", "a"])
    said = capsys.readouterr().err
    assert "--pair attend 2 valeurs" in said
    assert "--pa peut être --pair, --patience : écrivez l'option en entier" in said
