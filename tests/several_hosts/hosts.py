"""Several hosts on one machine: network namespaces on a bridge, with a collector, a database or nginx in each."""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.request import urlopen

from collector.settings import Settings
from tests.postgres import Postgres

T = TypeVar("T")
CLONE_NEWNET = 0x40000000
READY_WITHIN_S = 120
NGINX = Path(__file__).parent.parent.parent / "docs" / "guide" / "nginx.conf"


def missing() -> str:
    """Why this cannot be done here; "" when it can."""
    if os.geteuid() != 0:
        return "several hosts are network namespaces, which need root"
    needed = {"ip": "iproute2", "nginx": "nginx"}
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    absent = [package for program, package in needed.items() if shutil.which(program) is None]
    return f"no {', '.join(absent)} (Debian: apt install {' '.join(absent)})" if absent else ""


def inside(space: str, work: Callable[[], T]) -> T:
    """Do some work in a thread that is in a namespace, and wait for it."""

    def enter() -> T:
        with Path(f"/run/netns/{space}").open() as file:
            if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
        return work()

    with ThreadPoolExecutor(1) as one:
        return one.submit(enter).result()


@dataclass
class Collector:
    """A collector on a host of its own."""

    space: str
    address: str
    settings: Settings
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it and wait until it is ready."""
        environment = {
            **os.environ,
            "PREAU_DATA_DIR": str(self.settings.data_dir),
            "PREAU_DATABASE_URL": self.settings.database_url,
            "PREAU_CONTROL_MINUTES": "1440",
            "PREAU_TRUSTED_PROXIES": "10.77.0.2",
        }
        serve = [sys.executable, "-m", "collector", "serve", "--host", self.address, "--port", "8080"]
        with (self.settings.data_dir / "journal").open("ab") as log:
            # exec: the process we hold is the collector itself, which SIGKILL must reach
            command = ["ip", "netns", "exec", self.space, *serve]
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        inside(self.space, self._wait)

    def stop(self, how: int = 15) -> None:
        """End it with a signal."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None

    def _wait(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            with suppress(OSError):
                urlopen(f"http://{self.address}:8080/healthz", timeout=2).close()
                return
            journal = (self.settings.data_dir / "journal").read_text(errors="replace")[-2000:]
            assert self.process is not None
            assert self.process.poll() is None, journal
            assert time.monotonic() < deadline, journal
            time.sleep(0.1)


@dataclass
class Site:
    """A database host, two collectors, nginx in front, and a network for clients."""

    folder: Path
    name: str = field(default_factory=lambda: f"preau{uuid.uuid4().hex[:6]}")
    database: Postgres = field(init=False)
    collectors: list[Collector] = field(default_factory=list)
    nginx: "subprocess.Popen[bytes] | None" = None
    url: str = "http://10.77.0.2"

    def space(self, role: str) -> str:
        return f"{self.name}-{role}"

    def build(self) -> None:
        """Lay the network and start the database: nothing leaves these namespaces."""
        switch = self.space("switch")
        _ip("netns", "add", switch)
        _ip("-n", switch, "link", "add", "br0", "type", "bridge")
        _ip("-n", switch, "link", "set", "br0", "up")
        for role, number in (("db", 10), ("one", 11), ("two", 12), ("front", 2), ("client", 3)):
            space, here = self.space(role), f"p{number}"
            _ip("netns", "add", space)
            _ip("-n", switch, "link", "add", here, "type", "veth", "peer", "name", "eth0", "netns", space)
            _ip("-n", switch, "link", "set", here, "master", "br0", "up")
            _ip("-n", space, "addr", "add", f"10.77.0.{number}/24", "dev", "eth0")
            for link in ("lo", "eth0"):
                _ip("-n", space, "link", "set", link, "up")
        self.database = Postgres(settings=(), listen="10.77.0.10", launcher=("ip", "netns", "exec", self.space("db")))
        self.database.start()
        self.database.command("CREATE DATABASE preau")

    @property
    def own_url(self) -> str:
        """The database by its socket, for the test itself."""
        return self.database.url("preau")

    def add_collectors(self, addresses: Mapping[str, str], key: Path) -> None:
        """Start collectors that all have the same key, by their role; all at once, it is what takes time."""
        for role, address in addresses.items():
            folder = self.folder / role
            folder.mkdir()
            shutil.copy(key, folder)
            settings = Settings(data_dir=folder, database_url="postgresql://preau@10.77.0.10:5432/preau")
            self.collectors.append(Collector(self.space(role), address, settings))
        with ThreadPoolExecutor() as several:
            list(several.map(Collector.start, self.collectors))

    def start_nginx(self) -> None:
        """Start nginx with the very file the guide gives."""
        main = self.folder / "nginx.conf"
        main.write_text(
            f"daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/nginx.log;"
            f"events {{}} http {{ access_log off; client_body_temp_path {self.folder}/body;"
            f" proxy_temp_path {self.folder}/proxy; include {NGINX}; }}"
        )
        self.nginx = subprocess.Popen(["ip", "netns", "exec", self.space("front"), "nginx", "-c", str(main)])

    def remove(self) -> None:
        """End everything that was started, and take the namespaces away."""
        for collector in self.collectors:
            with suppress(Exception):
                collector.stop()
        if self.nginx is not None:
            self.nginx.terminate()
            self.nginx.wait(20)
        if hasattr(self, "database"):
            self.database.remove()
        for role in ("client", "front", "one", "two", "db", "switch"):
            subprocess.run(["ip", "netns", "del", self.space(role)], capture_output=True, check=False)


@contextmanager
def site() -> Iterator[Site]:
    """A site, without collectors yet; all of it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="preau-hosts-", dir="/tmp") as folder:
        one = Site(Path(folder))
        Path(folder).chmod(0o755)
        try:
            one.build()
            yield one
        finally:
            one.remove()


def _ip(*words: Any) -> None:
    done = subprocess.run(["ip", *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(map(str, words))}: {done.stderr}"
