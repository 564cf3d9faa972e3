"""What a command says, and nothing of what its libraries say to programmers."""

import argparse
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from collector import cli
from tests.collector.conftest import PROFILE


def test_a_command_shows_only_its_own_words() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "collector", "profile", "check", "nulle-part.toml"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "preau-collector : le fichier nulle-part.toml n'existe pas\n"


def test_every_command_is_in_the_room_that_is_read_for_it() -> None:
    for room, names in cli.ROOMS.items():
        commands = argparse.ArgumentParser().add_subparsers()
        import_module(room).add_commands(commands)
        assert tuple(commands.choices) == names


def test_a_command_reads_only_its_own_room(tmp_path: Path) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text(PROFILE, encoding="utf-8")
    reads = "import sys; from collector.cli import main; main(sys.argv[1:]); print(*sys.modules)"
    command = [sys.executable, "-c", reads, "profile", "check", str(profile)]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert {"collector.app", "collector.people_cli", "fastapi", "uvicorn"}.isdisjoint(said.stdout.split())
