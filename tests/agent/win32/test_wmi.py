"""What PowerShell may print, and all it may do instead of answering: none of it reads as "no"."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from agent.win32.wmi import ESU_IDS, Said, ask, parse_said

LINE = (
    b'{"antivirus":[397568,393472],"firewall":[],"preau":1,"installed":"2026-11-12T03:14:07",'
    b'"looked_for":"2026-11-25T06:00:00","esu":[0,1],"duplex":[7,1,12,0]}\r\n'
)


def test_its_line_is_read() -> None:
    assert parse_said(LINE) == Said(
        antivirus=(397568, 393472),
        firewall=(),
        esu=True,
        installed="2026-11-12T03:14:07",
        looked_for="2026-11-25T06:00:00",
        duplex={7: True, 12: False},
    )


@pytest.mark.parametrize(
    "output",
    [
        b"",
        b"\r\n",
        b"{}",
        b"[]",
        b"null",
        b'{"antivirus":[397568]}',
        b'{"preau":2,"antivirus":[]}',
        "Get-CimInstance : Accès refusé".encode("cp850"),
        "'powershell' n'est pas reconnu".encode("cp1252"),
    ],
)
def test_what_is_no_answer_says_nothing(output: bytes) -> None:
    assert parse_said(output) == Said()


@pytest.mark.parametrize("value", ['"397568"', "397568", "[true]", '["x"]', "null", "{}"])
def test_a_part_of_the_wrong_type_says_nothing(value: str) -> None:
    assert parse_said(b'{"preau":1,"antivirus":' + value.encode() + b"}").antivirus is None


@pytest.mark.parametrize("value", ["[7]", "[7,2]", '["7",1]', "{}", "null", "[7,true]"])
def test_an_odd_duplex_says_nothing(value: str) -> None:
    assert parse_said(b'{"preau":1,"duplex":' + value.encode() + b"}").duplex == {}


@pytest.mark.parametrize(
    "error",
    [FileNotFoundError(), PermissionError(), subprocess.TimeoutExpired("powershell", 8), OSError(740, "elevation")],
)
def test_a_powershell_that_is_absent_forbidden_or_slow_says_nothing(error: Exception) -> None:
    def run(*_: Any, **__: Any) -> Any:
        raise error

    assert ask(Path("powershell.exe"), esu=True, run=run) == Said()


@pytest.mark.parametrize("esu", [True, False])
def test_it_is_asked_once_for_numbers_and_dates_only(esu: bool) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], **_: Any) -> Any:
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, LINE, b"")

    ask(Path("powershell.exe"), esu=esu, run=run)
    (command,) = asked
    assert command[1:5] == ["-NoProfile", "-NonInteractive", "-NoLogo", "-EncodedCommand"]
    script = base64.b64decode(command[5]).decode("utf-16-le")
    assert (ESU_IDS[0] in script) == esu
    assert "displayName" not in script
    assert json.loads(LINE)["preau"] == 1
    assert len(" ".join(command)) < 8191, "the longest command line of old Windows programs"
