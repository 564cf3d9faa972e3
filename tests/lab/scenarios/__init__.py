"""Every scenario, in one table."""

from typing import Final

from tests.lab.scenario import Scenario
from tests.lab.scenarios import (
    clocks,
    invented,
    links,
    names,
    pages,
    proxies,
    services,
    signatures,
    sound,
    together,
    ways,
)

ALL: Final[tuple[Scenario, ...]] = tuple(
    scenario
    for room in (sound, links, ways, names, clocks, proxies, signatures, pages, services, together, invented)
    for scenario in room.SCENARIOS
)
