"""`python -m bench.inventory`: is an audit lighter than one inventory of the usual agents, on this machine, now?

Beside `fusioninventory-agent` and `ocsinventory-agent` (Debian's packages), each run in turn so many times: the least
CPU time of the program with all its children (what else the machine does only adds to it), and the largest memory any
one of them held. The agent is run as it is installed: from requirements/agent.txt alone, in its own environment. It
audits twice: by the generic profile, as far as this machine's own network lets it, and against a service that answers
on loopback, so that no check stops short. Only ratios of one run mean anything.
"""

import argparse
import hashlib
import itertools
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

ROOT = Path(__file__).parents[1]
OURS = "preau-agent audit"
LONGEST_S = 120
ENDS = (0, 10, 20, 30)
"""Codes of an audit or an inventory that was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one run took."""

    cpu_ms: int
    memory_kib: int
    took_ms: int


def main() -> int:
    """Measure, print one table; 1 when an audit does not use less of both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3, help="runs of each, in turn (3)")
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as made, _service(Path(made)) as asked:
        commands = _commands(Path(made), asked)
        costs: dict[str, list[Cost]] = {name: [] for name in commands}
        for _ in range(times):
            for name, command in commands.items():
                costs[name].append(run(command, Path(made)))
    least = {name: least_of(each) for name, each in costs.items()}
    print("\n".join(table(least)))
    return 0 if lightest(least) else 1


def run(command: Sequence[str], folder: Path) -> Cost:
    """Run a program to its end; raises RuntimeError when it made nothing of it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PREAU_AGENT_DIR": str(folder / "agent"), "LC_ALL": "C.UTF-8"}
    started = time.monotonic()
    child = subprocess.Popen(
        ["timeout", str(LONGEST_S), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=folder,
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in ENDS:
        raise RuntimeError(f"{command[0]} ended with {child.returncode}")
    return Cost(
        cpu_ms=round((used.ru_utime + used.ru_stime) * 1000),
        memory_kib=used.ru_maxrss,
        took_ms=round((time.monotonic() - started) * 1000),
    )


def least_of(costs: Sequence[Cost]) -> Cost:
    """Return the least of each figure."""
    return Cost(
        cpu_ms=min(cost.cpu_ms for cost in costs),
        memory_kib=min(cost.memory_kib for cost in costs),
        took_ms=min(cost.took_ms for cost in costs),
    )


def lightest(least: Mapping[str, Cost]) -> bool:
    """Tell whether each of ours uses less CPU time and less memory than every other."""
    ours, others = ([cost for name, cost in least.items() if name.startswith(OURS) == mine] for mine in (True, False))
    return all(
        mine.cpu_ms < one.cpu_ms and mine.memory_kib < one.memory_kib for mine, one in itertools.product(ours, others)
    )


def table(least: Mapping[str, Cost]) -> list[str]:
    """Lay figures out, each beside the first."""
    ours = next(iter(least.values()))
    lines = [f"{'':30}{'CPU ms':>10}{'memory MiB':>14}{'took s':>10}{'CPU ×':>8}{'memory ×':>10}"]
    for name, cost in least.items():
        ratios = f"{cost.cpu_ms / ours.cpu_ms:>8.2f}{cost.memory_kib / ours.memory_kib:>10.2f}"
        lines.append(f"{name:30}{cost.cpu_ms:>10}{cost.memory_kib / 1024:>14.1f}{cost.took_ms / 1000:>10.1f}{ratios}")
    return lines


@contextmanager
def _service(folder: Path) -> Iterator[list[str]]:
    """Serve a page over HTTPS on loopback, and yield the options of an audit of the generic profile against it."""
    authority = trustme.CA()
    trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(trusted)
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    generic = (ROOT / "checks" / "profiles" / "generic.toml").read_text(encoding="utf-8")
    with ThreadingHTTPServer(("localhost", 0), _Page) as server:
        server.socket = trusted.wrap_socket(server.socket, server_side=True)
        at_home, changed = re.subn(
            '^url = ".*"$', f'url = "https://localhost:{server.server_port}/"', generic, flags=re.MULTILINE
        )
        if not changed:
            raise RuntimeError("the generic profile has no service to stand in for")
        (folder / "profile.toml").write_text(at_home, encoding="utf-8")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield ["--profile", str(folder / "profile.toml"), "--ca", str(folder / "ca.pem")]
        server.shutdown()


def _commands(folder: Path, asked: Sequence[str]) -> dict[str, list[str]]:
    for program in ("fusioninventory-agent", "ocsinventory-agent"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is not there: .ci/install installs it")
    return {
        OURS: [str(_agent()), "-m", "agent", "audit"],
        f"{OURS}, service up": [str(_agent()), "-m", "agent", "audit", *asked],
        "fusioninventory-agent": ["fusioninventory-agent", "--force", "--local", str(folder)],
        "ocsinventory-agent": ["ocsinventory-agent", "--force", f"--local={folder}"],
    }


def _agent() -> Path:
    """Return the interpreter of an environment that holds what the agent needs and nothing else, made once."""
    wanted = ROOT / "requirements" / "agent.txt"
    name = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()[:16]
    place = os.environ.get("PREAU_CACHE") or f"{os.environ.get('XDG_CACHE_HOME', Path.home() / '.cache')}/preau"
    folder = Path(place) / f"agent-{name}"
    if not (folder / "made").exists():
        venv.create(folder, with_pip=True, clear=True)
        install = [str(folder / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check", "-q"]
        subprocess.run([*install, "--require-hashes", "-r", str(wanted)], check=True)
        subprocess.run(
            [folder / "bin" / "python", "-m", "compileall", "-q", ROOT / "agent", ROOT / "checks"], check=True
        )
        (folder / "made").touch()
    return folder / "bin" / "python"


class _Page(BaseHTTPRequestHandler):
    """Answers every address with the same few bytes, and says nothing of it."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


if __name__ == "__main__":
    raise SystemExit(main())
