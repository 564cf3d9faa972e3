"""What does Préau do, on this machine, in a minute? Collector, stand-in ENT, enrolment, audit, readiness.

Everything is on loopback and under one directory, made anew each time. The links it prints are already signed in.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

import httpx
import uvicorn

from checks.french import OUTCOMES, count
from checks.model import Outcome
from collector.app import create_app
from collector.code_cli import ACTOR, make_code
from collector.enrolling.codes import school_file
from collector.people.signing_in import make_link
from collector.people_cli import link_address
from collector.publishing import publish_profile
from collector.school_files import take
from collector.settings import Settings
from collector.signing import open_keys
from collector.stand_in import stand_in_ent
from collector.store.engine import Store
from collector.store.schema import upgrade
from collector.territory import SCHOOL_KIND
from collector.test_page_cli import make_page_code

HOST: Final = "127.0.0.1"
ENT_PORT: Final = 8443
UAI: Final = "0990030V"
"""The invented school this machine is enrolled in: the sample directory expects one workstation there."""
LINK_S: Final = 7 * 86_400
"""How long the links that the demonstration prints serve."""
MEASURED: Final = (0, 10, 20, 30)
"""Exit codes of `preau-agent run` that mean a report was received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a demonstration lives."""

    directory: Path

    @property
    def agent(self) -> Path:
        """The audited workstation's own directory."""
        return self.directory / "agent"

    @property
    def ca(self) -> Path:
        """Certificate of the CA made for the occasion."""
        return self.directory / "ca.pem"

    @property
    def school_file(self) -> Path:
        """The file a school would be sent."""
        return self.directory / "ecole.preau"


def run(args: argparse.Namespace) -> int:
    """Run the demonstration; returns the exit code of `preau-collector demo`."""
    place = Place(directory=Path(args.directory).resolve() / "demo")
    shutil.rmtree(place.directory, ignore_errors=True)
    place.directory.mkdir(parents=True, mode=0o700)
    with stand_in_ent(place.ca, ENT_PORT) as ent_port:
        settings = Settings(
            data_dir=place.directory, host=HOST, port=_free_port(args.port), control_ca=place.ca, public_url=""
        )
        url = f"http://{HOST}:{settings.port}"
        _say(1, "Un collecteur, une base SQLite et un annuaire inventé")
        page_code = _prepare(settings, place, ent_port)
        with _serving(settings, url):
            _say(2, "Cette machine est enrôlée dans une école inventée")
            if _agent(place, "enrol", str(place.school_file), "--ca", str(place.ca), "--place", "salle_informatique"):
                return 1
            _say(3, "Cette machine est auditée pour de vrai, et son relevé envoyé")
            if _agent(place, "run") not in MEASURED:
                return 1
            _say(4, "L'état de préparation de l'école")
            answered = _show(settings, page_code)
            if args.once:
                return 0 if answered else 1
            _wait()
    return 0


def _prepare(settings: Settings, place: Place, ent_port: int) -> str:
    """Fill an empty collector: sample directory, profile, a school's enrolment code; returns its test page's code."""
    toml = (files("checks") / "profiles" / "demonstration.toml").read_text(encoding="utf-8")
    keys, now = open_keys(settings), int(time.time())
    with Store(settings.url) as store:
        upgrade(store.engine)
        publish_profile(store, keys, toml.replace(f"localhost:{ENT_PORT}/", f"localhost:{ent_port}/"))
        for name in ("annuaire.csv", "attribution.csv"):
            with as_file(files("collector") / "sample" / name) as path:
                take(store, path, now)
        code = make_code(store, keys.fingerprint, UAI)
        page_code = make_page_code(store, UAI, days=1)
    place.school_file.write_text(school_file(settings.address, code, "École de démonstration"), encoding="utf-8")
    return page_code


def _free_port(wanted: int) -> int:
    """Return the port wanted, or another one when somebody holds it."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on loopback")


@contextmanager
def _serving(settings: Settings, url: str) -> Iterator[None]:
    """Serve the collector from a thread until the block ends."""
    app = create_app(settings)
    server = uvicorn.Server(uvicorn.Config(app, host=HOST, port=settings.port, log_level="warning"))
    thread = threading.Thread(target=server.run, name="collector", daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not _ready(url):
            if not thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("le collecteur n'a pas démarré")
            time.sleep(0.1)
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", trust_env=False, timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def _agent(place: Place, *command: str) -> int:
    """Run the agent as a school would: another process, its own directory."""
    environment = {**os.environ, "PREAU_AGENT_DIR": str(place.agent)}
    command = (sys.executable, "-m", "agent", *command)
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - our own agent


def _show(settings: Settings, page_code: str) -> bool:
    """Print the school's readiness, and links to its pages; tells whether a report of this machine is in it."""
    url, now = settings.address, int(time.time())
    with Store(settings.url) as store:
        reading = store.write(lambda session: make_link(session, ACTOR, "nation", now, LINK_S))
        of_school = store.write(lambda session: make_link(session, ACTOR, f"{SCHOOL_KIND}:{UAI}", now, LINK_S))
    with httpx.Client(base_url=url, trust_env=False, timeout=10) as client:
        client.get(f"/lien/{of_school}")  # signs this client in
        answer = client.get(f"/api/v1/schools/{UAI}/readiness")
    answer.raise_for_status()
    readiness: dict[str, Any] = answer.json()
    stations = readiness["workstations"]
    name, commune = readiness["school"]["name"], readiness["school"]["commune"]
    print(f"\n  {name}, {commune} ({UAI}) : {OUTCOMES[Outcome(readiness['outcome'])]}")
    print(f"  {readiness['reason']}")
    print(f"  {count(stations['measured'], 'poste mesuré', 'postes mesurés')} sur {stations['expected']} attendu(s)")
    print(f"  relevé du {readiness['as_of']}")
    print(f"\n  Page de l'école, par le lien de sa directrice :\n    {link_address(settings, of_school)}")
    print(f"  Page d'essai d'un navigateur de l'école :\n    {url}/test/{page_code}")
    print(f"  Tous les territoires, en lecture :\n    {link_address(settings, reading)}", flush=True)
    return bool(stations["measured"])


def _wait() -> None:
    print("\n  Ctrl-C pour arrêter.", flush=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        print("\nArrêté.")


def _say(step: int, words: str) -> None:
    print(f"\n[{step}/4] {words}", flush=True)
