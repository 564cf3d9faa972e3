"""What a door says that it reads, in docs/checks.md, is what it reads: this Linux is watched while it answers."""

import inspect
import json
import re
import subprocess
import sys
from typing import Any

import pytest

import checks.machine
from agent.linux import LinuxMachine
from agent.macos import MacMachine
from agent.windows import WindowsMachine
from tests.agent.systems import needs_linux

DOORS = {"linux": LinuxMachine, "windows": WindowsMachine, "macos": MacMachine}
FROM_THE_PAGE = ("page_features", "page_images")
QUESTIONS = [question for question in checks.machine.QUESTIONS if question not in FROM_THE_PAGE]
WATCHED = {
    "release": "()",
    "updates": "()",
    "trust_store": "(('0' * 64,),)",
    "language": "()",
    "protection": "()",
    "memory": "()",
    "disk": "()",
    "processor": "()",
    "screens": "()",
    "sound": "()",
    "cameras": "()",
    "firmware": "()",
    "browsers": "()",
    "policies": "(('ent.example.fr',),)",
    "programs": "((ProgramAsked(program='Python', linux=('python3',)),),)",
}
WATCH = """
import json, sys
from agent.linux import LinuxMachine
from checks.answers.software import ProgramAsked
machine, seen, watching = LinuxMachine(), [], [""]
def hook(event, arguments):
    if watching[0] and event == "open" and isinstance(arguments[0], (str, bytes)):
        seen.append((watching[0], "open", str(arguments[0])))
    if watching[0] and event == "subprocess.Popen":
        seen.append((watching[0], "run", " ".join(arguments[1])))
for question, arguments in json.loads(sys.argv[1]).items():  # once unwatched: Python opens its own modules
    getattr(machine, question)(*eval(arguments))
sys.addaudithook(hook)
for question, arguments in json.loads(sys.argv[1]).items():
    watching[0] = question
    getattr(machine, question)(*eval(arguments))
watching[0] = ""
print(json.dumps(seen))
"""


def declared(door: type, question: str) -> str:
    found = re.search(r"^Lit : (.+)", inspect.getdoc(getattr(door, question)) or "", re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


@pytest.mark.parametrize("system", DOORS)
def test_every_answer_says_what_it_reads(system: str) -> None:
    silent = [question for question in QUESTIONS if not declared(DOORS[system], question).strip().endswith(".")]
    assert silent == []


@needs_linux
def test_nothing_is_opened_or_run_that_is_not_declared() -> None:
    command = [sys.executable, "-c", WATCH, json.dumps(WATCHED)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    seen: list[Any] = [one for one in json.loads(done.stdout) if one[2] != "/dev/null"]
    assert {question for question, _, _ in seen} >= {"release", "trust_store", "processor", "programs"}
    undeclared = []
    for question, how, what in seen:
        said = declared(LinuxMachine, question)
        paths = re.findall(r"`(/[^`]+)`", said)
        if how == "open":
            known = any(what.startswith(path.split("*")[0]) for path in paths)
        else:
            known = "--version" in said if what.endswith("--version") else what.split("/")[-1].split()[0] in said
        if not known:
            undeclared.append((question, how, what))
    assert undeclared == []
