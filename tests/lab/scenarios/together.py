"""Two faults at the same time: both are named, and neither hides the other."""

from typing import Final

from tests.lab.faults import clock, dns, passing
from tests.lab.scenario import Scenario
from tests.lab.world import ENT, RESOURCES

SCENARIOS: Final = (
    Scenario(
        name="both_dns_and_firewall",
        fault="the ENT's name is refused, and the firewall drops the second service",
        steps=(dns(f"address=/{ENT.host}/"), passing(f"ip daddr {RESOURCES.v4} drop")),
        expect={
            "dns": "name_refused:resolver",
            "reach": ("<dns", "connection_timed_out:filter"),
            "tls": ("<dns", "<reach"),
            "page": ("<dns", "<reach"),
        },
    ),
    Scenario(
        name="both_clock_and_firewall",
        fault="the clock is one hour late, and the firewall drops the ENT",
        steps=(clock("-1h"), passing(f"ip daddr {ENT.v4} drop")),
        expect={
            "clock": "clock_behind:owner",
            "reach": "connection_timed_out:filter",
            "tls": "<reach",
            "page": "<reach",
        },
    ),
)
