"""A workstation replayed from its recorded answers: the door, without a machine behind it."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from checks.answers import browser, hardware, software, system, ways
from checks.answers import network as net
from checks.machine import CannotAnswer
from checks.plain import build

MACHINES = Path(__file__).parent / "machines"


class Unrecorded(AssertionError):
    """A probe asked something the recording does not hold."""


class Replay:
    """Implements `checks.machine.Machine` over recorded answers; an unrecorded question fails."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    def _held(self, question: str) -> Any:
        if question not in self.answers:
            raise Unrecorded(question)
        answer = self.answers[question]
        if isinstance(answer, str):
            raise CannotAnswer(answer)  # type: ignore[arg-type]
        return answer

    def _one(self, question: str, cls: type) -> Any:
        answer = self._held(question)
        return None if answer is None else build(cls, answer)

    def _all(self, question: str, cls: type) -> Any:
        return tuple(build(cls, answer) for answer in self._held(question))

    def _each(self, question: str, cls: type, asked: Iterable[Any], *keys: str) -> Any:
        held = {tuple(a[k] for k in keys): a for a in self._held(question)}
        found = []
        for item in asked:
            key = tuple(getattr(item, k) for k in keys) if keys and not isinstance(item, str) else (item,)
            if key not in held:
                raise Unrecorded(f"{question}{key}")
            found.append(build(cls, held[key]))
        return tuple(found)

    def network(self) -> Any:
        return self._one("network", net.Network)

    def resolve(self, hosts: tuple[str, ...]) -> Any:
        return self._each("resolve", net.Resolution, hosts, "host")

    def connect(self, endpoints: tuple[net.Endpoint, ...]) -> Any:
        return self._each("connect", net.Connection, endpoints, "host", "port")

    def handshake(self, endpoints: tuple[net.Endpoint, ...]) -> Any:
        return self._each("handshake", net.Handshake, endpoints, "host", "port")

    def fetch(self, pages: tuple[net.PageAsked, ...]) -> Any:
        return self._each("fetch", net.Page, pages, "service")

    def links(self) -> Any:
        return self._all("links", ways.Link)

    def portal(self, hosts: tuple[str, ...]) -> Any:
        found = self._one("portal", ways.Portal)
        if tuple(answer.host for answer in found.plain) != hosts:
            raise Unrecorded(f"portal{hosts}")
        return found

    def proxies(self, endpoints: tuple[net.Endpoint, ...]) -> Any:
        return self._each("proxies", ways.ProxyWay, endpoints, "host", "port")

    def dns_answers(self, hosts: tuple[str, ...]) -> Any:
        return self._each("dns_answers", ways.DnsAnswer, hosts, "host")

    def packet_sizes(self, endpoints: tuple[net.Endpoint, ...]) -> Any:
        return self._each("packet_sizes", ways.PacketSize, endpoints, "host", "port")

    def families(self, endpoints: tuple[net.Endpoint, ...]) -> Any:
        return self._each("families", ways.Family, endpoints, "host", "port")

    def sockets(self, asked: tuple[ways.SocketAsked, ...]) -> Any:
        return self._each("sockets", ways.SocketAnswer, asked, "service")

    def latency(self, endpoints: tuple[net.Endpoint, ...]) -> Any:
        return self._one("latency", ways.Latency)

    def throughput(self) -> Any:
        return self._one("throughput", ways.Throughput)

    def collector_clock(self) -> Any:
        return self._one("collector_clock", net.ServerClock)

    def server_clocks(self, urls: tuple[str, ...]) -> Any:
        held = self._held("server_clocks")
        return tuple(build(net.ServerClock, held[url]) for url in urls)

    def controls(self) -> Any:
        return tuple(build(net.Control, c) for c in self.answers["controls"])

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

    def page_features(self) -> Any:
        return self._one("page_features", browser.PageFeatures)

    def page_images(self, asked: tuple[browser.ImageAsked, ...]) -> Any:
        held = self._all("page_images", browser.Image)  # a page may have been left before the end: fewer than asked
        return tuple(image for image in held if image.service in {one.service for one in asked})

    def programs(self, asked: tuple[software.ProgramAsked, ...]) -> Any:
        held = self._all("programs", software.Program)
        if [program.program for program in held] != [one.program for one in asked]:
            raise Unrecorded(f"programs{asked}")
        return held


def recordings() -> list[Path]:
    return sorted(p for p in MACHINES.glob("*.json"))


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))
