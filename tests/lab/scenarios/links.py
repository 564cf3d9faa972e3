"""The link to the first switch: a card whose kernel says what it agreed on with the other end."""

from typing import Final

from checks.model import Outcome
from tests.lab.faults import card
from tests.lab.scenario import Scenario

SCENARIOS: Final = (
    Scenario(
        name="link_gigabit",
        fault="none: the card and the other end agreed on 1 Gbit/s, both ways at once",
        steps=(card(1000, able=1000, offered=1000),),
    ),
    Scenario(
        name="link_half_duplex",
        fault="the other end was set by hand: 100 Mbit/s, one way at a time",
        steps=(card(100, "half"),),
        expect={"link": "half_duplex:owner"},
        outcome=Outcome.AT_RISK,
    ),
    Scenario(
        name="link_cable_slows",
        fault="the cable lacks a pair: 100 Mbit/s, when both ends offer 1 Gbit/s",
        steps=(card(100, able=1000, offered=1000),),
        expect={"link": "cable_slows:owner"},
        outcome=Outcome.AT_RISK,
    ),
    Scenario(
        name="link_slow_switch",
        fault="an old hub: 10 Mbit/s is all that the other end offers",
        steps=(card(10, able=1000, offered=10),),
        expect={"link": "link_slow:owner"},
        outcome=Outcome.AT_RISK,
    ),
    Scenario(
        name="link_hub_of_old",
        fault="an old hub: 10 Mbit/s, one way at a time",
        steps=(card(10, "half", able=1000, offered=10),),
        expect={"link": ("link_slow:owner", "half_duplex:owner")},
        outcome=Outcome.AT_RISK,
    ),
)
