"""Clocks that are wrong, and what they break."""

from typing import Final

from tests.lab.faults import clock
from tests.lab.scenario import Scenario

SCENARIOS: Final = (
    Scenario(
        name="clock_1_hour_late",
        fault="the clock is one hour late",
        steps=(clock("-1h"),),
        expect={"clock": "clock_behind:owner"},
    ),
    Scenario(
        name="clock_1_hour_ahead",
        fault="the clock is one hour ahead",
        steps=(clock("+1h"),),
        expect={"clock": "clock_ahead:owner"},
    ),
    Scenario(
        name="clock_in_2015",
        fault="a dead battery: the workstation is in 2015, and every certificate is not yet valid",
        steps=(clock("-4000d"),),
        expect={"clock": "clock_behind:owner", "tls": "<clock", "page": "<clock"},
    ),
    Scenario(
        name="clock_in_2046",
        fault="the workstation is twenty years ahead, and every certificate has expired",
        steps=(clock("+7300d"),),
        expect={"clock": "clock_ahead:owner", "tls": "<clock", "page": "<clock"},
    ),
)
