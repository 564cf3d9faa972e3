"""What can be seen of a device from a page in its browser? A door like the agent's, which answers few questions."""

from typing import NoReturn

from checks.answers.browser import Browser, Image, ImageAsked, PageFeatures
from checks.answers.hardware import Screen
from checks.answers.ways import Latency, Throughput
from checks.machine import CannotAnswer
from collector.test_page.answer import PageAnswer


class PageDoor:
    """Implements what a page can answer of `checks.machine.Machine`; every other question raises `CannotAnswer`."""

    def __init__(self, answer: PageAnswer) -> None:
        self._answer = answer

    def __getattr__(self, question: str) -> NoReturn:
        raise CannotAnswer("not_supported")

    def browsers(self) -> tuple[Browser, ...]:
        """Only the one that shows the page."""
        return (self._answer.browser,)

    def page_features(self) -> PageFeatures:
        """What the page tried."""
        return self._answer.features

    def page_images(self, asked: tuple[ImageAsked, ...]) -> tuple[Image, ...]:
        """Those asked for; a page left before the end has fewer."""
        names = {one.service for one in asked}
        return tuple(image for image in self._answer.said.images if image.service in names)

    def screens(self) -> tuple[Screen, ...]:
        """The one that the page is on."""
        if not self._answer.said.screens:
            raise CannotAnswer("not_supported")
        return self._answer.said.screens

    def latency(self, _endpoints: object) -> Latency:
        """The collector's ping, as the page asked it."""
        if not self._answer.said.round_trips_us:
            raise CannotAnswer("not_supported")
        return Latency(asked="collector", failure=None, round_trips_us=self._answer.said.round_trips_us)

    def throughput(self) -> Throughput:
        """What the page received and sent; a page does not know its card, nor how busy the processor was."""
        said = self._answer.said
        if said.down_kbps is None:
            raise CannotAnswer("not_supported")
        return Throughput(
            failure=None,
            down_kbps=said.down_kbps,
            up_kbps=said.up_kbps,
            down_bytes=said.down_bytes,
            up_bytes=said.up_bytes,
            idle_us=sorted(said.round_trips_us)[len(said.round_trips_us) // 2] if said.round_trips_us else None,
            down_loaded_us=None,
            up_loaded_us=None,
            busy_percent=None,
            link=None,
            via_proxy=False,
            took_ms=said.transfers_ms,
        )
