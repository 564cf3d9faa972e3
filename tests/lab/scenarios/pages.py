"""Pages that are not the one asked for."""

from typing import Final

from tests.lab.scenario import Scenario

SCENARIOS: Final[tuple[Scenario, ...]] = ()
