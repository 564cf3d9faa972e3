"""What is a school made of? A workstation, a box that routes and filters, and a line to the Internet, numbered.

`eleve-N` — lan — `filtre-N` — wan — the runner's own namespace, which is the Internet.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.lab.ground import RUN
from tests.lab.world import RESOLVER

PATIENCE_S: Final = 20
"""Longest wait for a program of the lab to listen, or for a short command to end."""


class LabFault(RuntimeError):
    """The lab itself failed: no diagnosis is judged by it."""


@dataclass(kw_only=True)
class Host:
    """A network namespace, what is mounted for its programs only, and the programs that run in it."""

    net: str
    folder: Path
    mounts: dict[str, Path] = field(default_factory=dict)  # place -> what is bound over it
    running: list["subprocess.Popen[Any]"] = field(default_factory=list)

    def command(self, *command: str) -> list[str]:
        """Return a command as it runs in here."""
        binds = "".join(f"mount --bind {source} {place} && " for place, source in self.mounts.items())
        return ["ip", "netns", "exec", self.net, "sh", "-c", binds + 'exec "$@"', "sh", *command]

    def run(self, *command: str, given: str = "", within_s: float = PATIENCE_S, **more: Any) -> str:
        """Run a command to its end and return what it says; raises `LabFault` when it fails."""
        try:
            ended = subprocess.run(
                self.command(*command), input=given, capture_output=True, text=True, timeout=within_s, **more
            )
        except subprocess.TimeoutExpired:
            raise LabFault(f"{self.net}: {' '.join(command)[:200]} did not end in {within_s} s") from None
        if ended.returncode:
            raise LabFault(f"{self.net}: {' '.join(command)[:200]}\n{ended.stdout[-400:]}{ended.stderr[-800:]}")
        return ended.stdout

    def spawn(self, *command: str, log: str) -> "subprocess.Popen[bytes]":
        """Start a program that runs until the school is taken down."""
        with (self.folder / log).open("wb") as said:
            child = subprocess.Popen(
                self.command(*command),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.running.append(child)
        return child

    def listens(self, port: int, *, address: str = "127.0.0.1") -> None:
        """Wait until something accepts connections in here; raises `LabFault`."""
        script = f"until (exec 3<>/dev/tcp/{address}/{port}) 2>/dev/null; do sleep 0.05; done"
        try:
            self.run("bash", "-c", script)
        except LabFault:
            logs = "\n".join(f"{p.name}: {p.read_text(errors='replace')[-600:]}" for p in self.folder.rglob("*.log"))
            raise LabFault(f"{self.net}: nothing listens on {port}\n{logs}") from None

    def rules(self, text: str) -> None:
        """Add nftables rules."""
        self.run("nft", "-f", "-", given=text)

    def close(self) -> None:
        """End every program in here."""
        for child in self.running:
            child.kill()
            child.wait()
        self.running.clear()
        # Daemons leave the process group they were started in; what still lives in the namespace goes too.
        pids = subprocess.run(["ip", "netns", "pids", self.net], capture_output=True, text=True, check=False).stdout
        for pid in pids.split():
            try:
                os.kill(int(pid), 9)
            except ProcessLookupError:
                continue


@dataclass(kw_only=True)
class School:
    """One school: what faults work on."""

    number: int
    folder: Path
    eleve: Host
    filtre: Host
    environment: dict[str, str] = field(default_factory=dict)  # of the agent: a proxy, another clock
    dns: list[str] = field(default_factory=list)  # further lines of the box's dnsmasq
    own_dns: bool = False  # the box runs no dnsmasq of the usual kind
    hidden: bool = True  # behind one address, as boxes do

    @property
    def programs(self) -> Path:
        """The folder of the workstation's programs: none, unless a step puts some there."""
        return self.folder / "programs"

    @property
    def home(self) -> Path:
        """The home of the workstation's session."""
        return self.folder / "home"

    @property
    def lan(self) -> str:
        """The box's address on the school's side."""
        return f"192.168.{self.number}.1"

    @property
    def pc(self) -> str:
        """The workstation's address."""
        return f"192.168.{self.number}.10"

    def resolve_with(self, *lines: str) -> None:
        """Write the workstation's resolv.conf."""
        self.eleve.mounts["/etc/resolv.conf"].write_text("\n".join([*lines, ""]))

    def traffic_bytes(self) -> int:
        """Return what the workstation's card has sent and received so far."""
        said = json.loads(self.filtre.run("ip", "-s", "-j", "link", "show", "lan"))
        count = said[0]["stats64"]
        return int(count["rx"]["bytes"]) + int(count["tx"]["bytes"])


def ip(lines: str) -> None:
    """Run a batch of `ip` commands from the Internet's namespace."""
    ended = subprocess.run(["ip", "-batch", "-"], input=lines, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise LabFault(f"ip: {ended.stderr}")


@contextmanager
def school(number: int, trust: Path, *, ipv6: bool = False) -> Iterator[School]:
    """Build one school, healthy but for its DNS (see `filters.dns`), and take it down."""
    folder = RUN / f"school-{number}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    folder.chmod(0o755)
    one = School(
        number=number,
        folder=folder,
        eleve=Host(net=f"eleve-{number}", folder=folder, mounts=_own(folder, "eleve", trust)),
        filtre=Host(net=f"filtre-{number}", folder=folder, mounts=_own(folder, "filtre", trust)),
    )
    one.programs.mkdir()
    one.home.mkdir()
    one.resolve_with(f"nameserver {one.lan}")
    one.filtre.mounts["/etc/resolv.conf"].write_text(f"nameserver {RESOLVER}\n")
    try:
        _wire(one, ipv6=ipv6)
        yield one
    finally:
        for host in (one.eleve, one.filtre):
            host.close()
            subprocess.run(["ip", "netns", "del", host.net], capture_output=True, check=False)
        _until_gone(f"slot-{number}")


def _own(folder: Path, name: str, trust: Path) -> dict[str, Path]:
    resolver, hosts = folder / f"{name}.resolv.conf", folder / f"{name}.hosts"
    resolver.touch()
    hosts.write_text("127.0.0.1 localhost\n::1 localhost\n")
    return {"/etc/resolv.conf": resolver, "/etc/hosts": hosts, "/etc/ssl/certs": trust}


def _wire(one: School, *, ipv6: bool) -> None:
    """Lay cables and addresses."""
    n = one.number
    ip(
        f"netns add eleve-{n}\nnetns add filtre-{n}\n"
        f"link add lan netns filtre-{n} type veth peer name eth0 netns eleve-{n}\n"
        f"link add wan netns filtre-{n} type veth peer name slot-{n}\n"
    )
    line_addresses(one)
    one.filtre.run(
        "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding"
    )
    school_addresses(one, ipv6=ipv6)


def school_addresses(one: School, *, ipv6: bool) -> None:
    """Give the box's card and the workstation's their addresses and routes."""
    n = one.number
    box = f"addr add {one.lan}/24 dev lan\nlink set lo up\nlink set lan up\n"
    pc = f"link set lo up\nlink set eth0 up\naddr add {one.pc}/24 dev eth0\nroute add default via {one.lan}\n"
    if ipv6:
        box += f"addr add 2002:c058:6300:{n}::1/64 dev lan nodad\n"
        pc += f"addr add 2002:c058:6300:{n}::10/64 dev eth0 nodad\n"
        pc += f"route add ::/0 via 2002:c058:6300:{n}::1\n"
    one.filtre.run("ip", "-batch", "-", given=box)
    one.eleve.run("ip", "-batch", "-", given=pc)


def line_addresses(one: School) -> None:
    """Give both ends of the line their addresses and routes."""
    n = one.number
    ip(
        f"addr add 100.64.{n}.1/30 dev slot-{n}\nlink set slot-{n} up\nroute add 192.168.{n}.0/24 via 100.64.{n}.2\n"
        f"addr add 2002:c058:6301:{n}::1/64 dev slot-{n} nodad\n"
        f"route add 2002:c058:6300:{n}::/64 via 2002:c058:6301:{n}::2\n"
    )
    box = (
        f"addr add 100.64.{n}.2/30 dev wan\nlink set wan up\nroute add default via 100.64.{n}.1\n"
        f"addr add 2002:c058:6301:{n}::2/64 dev wan nodad\nroute add ::/0 via 2002:c058:6301:{n}::1\n"
    )
    one.filtre.run("ip", "-batch", "-", given=box)


def _until_gone(card: str) -> None:
    """Wait for a card to go with its namespace: the next school of this number takes the same name."""
    end = time.monotonic() + PATIENCE_S
    subprocess.run(["ip", "link", "del", card], capture_output=True, check=False)
    while Path(f"/sys/class/net/{card}").exists() and time.monotonic() < end:
        time.sleep(0.02)


def as_pupil(one: School, *command: str, environment: Mapping[str, str]) -> list[str]:
    """Return a command as it runs on the workstation: root of nothing, with its own environment only."""
    said = [f"{name}={value}" for name, value in environment.items()]
    powerless = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]
    return one.eleve.command(*powerless, "env", "-i", *said, *command)
