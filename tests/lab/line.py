"""How does a poor line behave? Two TAP cards in two namespaces, and a heap of due times between them.

Kernels without netem cannot delay, so frames are relayed here: delay, jitter, loss, rate and a bounded queue, each way.
Run as `python -m tests.lab.line NETNS_A CARD_A NETNS_B CARD_B {"delay_ms": 20, …}`; "-" is the present namespace.
"""

import fcntl
import heapq
import json
import os
import random
import selectors
import struct
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Final

_TUNSETIFF: Final = 0x400454CA
_TAP_WITHOUT_HEADER: Final = 0x0002 | 0x1000
_FRAME: Final = 65_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One way of a line."""

    delay_ms: float = 0
    jitter_ms: float = 0
    loss_percent: float = 0
    kbps: int = 0  # 0 is unlimited
    queue_ms: int = 200  # longest wait in the modem's queue: beyond, frames are dropped


@dataclass(slots=True)
class Way:
    """Frames under way in one direction, by when they are due."""

    line: Line
    sink: int
    busy_until: float = 0.0
    due: list[tuple[float, int, bytes]] = field(default_factory=list)
    count: int = 0

    def take(self, frame: bytes, now: float) -> None:
        """Accept a frame, or lose it."""
        if random.random() * 100 < self.line.loss_percent:
            return
        if self.line.kbps:
            if self.busy_until - now > self.line.queue_ms / 1000:
                return
            self.busy_until = max(self.busy_until, now) + len(frame) * 8 / (self.line.kbps * 1000)
        start = self.busy_until if self.line.kbps else now
        late = self.line.delay_ms + random.uniform(-self.line.jitter_ms, self.line.jitter_ms)
        self.count += 1
        heapq.heappush(self.due, (start + max(late, 0) / 1000, self.count, frame))

    def give(self, now: float) -> None:
        """Hand over every frame that is due."""
        while self.due and self.due[0][0] <= now:
            try:
                os.write(self.sink, heapq.heappop(self.due)[2])
            except OSError:
                return  # the card is down or gone


def tap(name: str) -> int:
    """Open a TAP card of this name in the present namespace; it lives as long as its file."""
    card = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(card, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _TAP_WITHOUT_HEADER))
    return card


def relay(one: int, other: int, down: Line, up: Line) -> None:
    """Carry frames until killed; `down` is from the first card to the second."""
    ways = {one: Way(down, other), other: Way(up, one)}
    with selectors.DefaultSelector() as waiting:
        for card in ways:
            waiting.register(card, selectors.EVENT_READ)
        while True:
            now = time.monotonic()
            next_due = min((way.due[0][0] for way in ways.values() if way.due), default=now + 1)
            for key, _ in waiting.select(max(next_due - now, 0)):
                try:
                    ways[key.fd].take(os.read(key.fd, _FRAME), time.monotonic())
                except OSError:
                    continue
            for way in ways.values():
                way.give(time.monotonic())


def main(net_a: str, card_a: str, net_b: str, card_b: str, spoken: str) -> None:
    """Open both cards, move each to its namespace, say so, and relay."""
    random.seed(1)
    cards = []
    for net, card in ((net_a, card_a), (net_b, card_b)):
        made = f"tap-{os.getpid()}-{len(cards)}"  # two lines come up at once: their cards have one name only at home
        cards.append(tap(made))
        home = () if net == "-" else ("netns", net)
        subprocess.run(["ip", "link", "set", made, *home, "name", card], check=True)
    said = json.loads(spoken)
    print("up", flush=True)
    relay(*cards, Line(**said["down"]), Line(**said["up"]))


if __name__ == "__main__":
    main(*sys.argv[1:])
