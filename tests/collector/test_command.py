"""What a command says, and nothing of what its libraries say to programmers."""

import subprocess
import sys


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
