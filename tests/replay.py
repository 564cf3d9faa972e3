"""A workstation replayed from its recorded answers: the door, without a machine behind it."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from checks import machine
from checks.machine import CannotAnswer
from checks.plain import build

MACHINES = Path(__file__).parent / "machines"


class Unrecorded(AssertionError):
    """A probe asked something the recording does not hold."""


class Replay:
    """Implements `checks.machine.Machine` over recorded answers; an unrecorded question fails."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    def _one(self, question: str, cls: type) -> Any:
        if question not in self.answers:
            raise Unrecorded(question)
        answer = self.answers[question]
        if isinstance(answer, str):
            raise CannotAnswer(answer)  # type: ignore[arg-type]
        return None if answer is None else build(cls, answer)

    def _each(self, question: str, cls: type, asked: Iterable[Any], *keys: str) -> Any:
        if question not in self.answers:
            raise Unrecorded(question)
        held = {tuple(a[k] for k in keys): a for a in self.answers[question]}
        found = []
        for item in asked:
            key = tuple(getattr(item, k) for k in keys) if keys and not isinstance(item, str) else (item,)
            if key not in held:
                raise Unrecorded(f"{question}{key}")
            found.append(build(cls, held[key]))
        return tuple(found)

    def network(self) -> Any:
        return self._one("network", machine.Network)

    def resolve(self, hosts: tuple[str, ...]) -> Any:
        return self._each("resolve", machine.Resolution, hosts, "host")

    def connect(self, endpoints: tuple[machine.Endpoint, ...]) -> Any:
        return self._each("connect", machine.Connection, endpoints, "host", "port")

    def handshake(self, endpoints: tuple[machine.Endpoint, ...]) -> Any:
        return self._each("handshake", machine.Handshake, endpoints, "host", "port")

    def fetch(self, pages: tuple[machine.PageAsked, ...]) -> Any:
        return self._each("fetch", machine.Page, pages, "service")

    def collector_clock(self) -> Any:
        return self._one("collector_clock", machine.ServerClock)

    def server_clocks(self, urls: tuple[str, ...]) -> Any:
        if "server_clocks" not in self.answers:
            raise Unrecorded("server_clocks")
        return tuple(build(machine.ServerClock, self.answers["server_clocks"][url]) for url in urls)

    def controls(self) -> Any:
        return tuple(build(machine.Control, c) for c in self.answers["controls"])

    def release(self) -> Any:
        return self._one("release", machine.Release)

    def memory(self) -> Any:
        return self._one("memory", machine.Memory)

    def disk(self) -> Any:
        return self._one("disk", machine.Disk)

    def browsers(self) -> Any:
        if isinstance(self.answers.get("browsers"), str):
            raise CannotAnswer(self.answers["browsers"])
        return tuple(build(machine.Browser, b) for b in self.answers["browsers"])


def recordings() -> list[Path]:
    return sorted(p for p in MACHINES.glob("*.json"))


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))
