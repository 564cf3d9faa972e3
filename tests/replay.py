"""A workstation replayed from its recorded answers: the door, without a machine behind it."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from checks import machine
from checks.answers import browser, hardware, software, system
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

    def _all(self, question: str, cls: type) -> Any:
        if question not in self.answers:
            raise Unrecorded(question)
        if isinstance(self.answers[question], str):
            raise CannotAnswer(self.answers[question])
        return tuple(build(cls, answer) for answer in self.answers[question])

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
        return self._one("release", system.Release)

    def memory(self) -> Any:
        return self._one("memory", hardware.Memory)

    def disk(self) -> Any:
        return self._one("disk", hardware.Disk)

    def updates(self) -> Any:
        return self._one("updates", system.Updates)

    def trust_store(self, roots_sha256: tuple[str, ...]) -> Any:
        found = self._one("trust_store", system.TrustStore)
        if tuple(root.root_sha256 for root in found.roots) != roots_sha256:
            raise Unrecorded(f"trust_store{roots_sha256}")
        return found

    def language(self) -> Any:
        return self._one("language", system.Language)

    def protection(self) -> Any:
        return self._one("protection", system.Protection)

    def processor(self) -> Any:
        return self._one("processor", hardware.Processor)

    def screens(self) -> Any:
        return self._all("screens", hardware.Screen)

    def sound(self) -> Any:
        return self._one("sound", hardware.Sound)

    def cameras(self) -> Any:
        return self._one("cameras", hardware.Cameras)

    def firmware(self) -> Any:
        return self._one("firmware", hardware.Firmware)

    def browsers(self) -> Any:
        return self._all("browsers", browser.Browser)

    def policies(self, hosts: tuple[str, ...]) -> Any:
        found = self._one("policies", browser.Policies)
        if not {effect.host for effect in found.effects} <= set(hosts):
            raise Unrecorded(f"policies{hosts}")
        return found

    def programs(self, asked: tuple[software.ProgramAsked, ...]) -> Any:
        held = self._all("programs", software.Program)
        if [program.program for program in held] != [one.program for one in asked]:
            raise Unrecorded(f"programs{asked}")
        return held


def recordings() -> list[Path]:
    return sorted(p for p in MACHINES.glob("*.json"))


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))
