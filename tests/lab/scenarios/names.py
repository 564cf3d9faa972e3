"""Names: resolvers that are silent, refuse, lie, or are slow."""

from typing import Final

from tests.lab.faults import dns, no_dns, passing, received, resolver_told
from tests.lab.scenario import Expected, Scenario
from tests.lab.world import BLOCK_PAGE, CDN, ENT, RESOURCES

_UNNAMED: Final[Expected] = dict.fromkeys(("reach", "tls", "page"), "<dns")

SCENARIOS: Final = (
    Scenario(
        name="dns_no_such_ent",
        fault="the school's resolver says that the ENT does not exist",
        steps=(dns(f"address=/{ENT.host}/"),),
        expect={**_UNNAMED, "dns": "name_refused:resolver"},
    ),
    Scenario(
        name="dns_no_such_cdn",
        fault="the school's resolver says that the ENT's CDN does not exist",
        steps=(dns(f"address=/{CDN.host}/"),),
        expect={**_UNNAMED, "dns": "name_refused:resolver"},
    ),
    Scenario(
        name="dns_no_such_resources",
        fault="the school's resolver says that the second service does not exist",
        steps=(dns(f"address=/{RESOURCES.host}/"),),
        expect={**_UNNAMED, "dns": "name_refused:resolver"},
    ),
    Scenario(
        name="dns_sinkhole_zero",
        fault="the school's resolver sends the ENT to 0.0.0.0",
        steps=(dns(f"address=/{ENT.host}/0.0.0.0", f"address=/{ENT.host}/::"),),
        expect={**_UNNAMED, "dns": "name_sinkholed:resolver"},
    ),
    Scenario(
        name="dns_sinkhole_loopback",
        fault="the school's resolver sends the ENT to 127.0.0.1",
        steps=(dns(f"address=/{ENT.host}/127.0.0.1"),),
        expect={**_UNNAMED, "dns": "name_sinkholed:resolver"},
    ),
    Scenario(
        name="dns_sinkhole_block_page",
        fault="the school's resolver sends the ENT to the address of its block page",
        steps=(dns(f"address=/{ENT.host}/{BLOCK_PAGE}"),),
        expect={**_UNNAMED, "dns": "name_sinkholed:resolver"},
    ),
    Scenario(
        name="dns_silent",
        fault="the school's resolver does not answer",
        steps=(no_dns, received("udp dport 53 drop", "tcp dport 53 drop")),
        expect={**_UNNAMED, "clock": "<dns", "dns": "resolver_silent:resolver"},
    ),
    Scenario(
        name="dns_refuses_port",
        fault="no resolver runs where the workstation is told to ask",
        steps=(no_dns,),
        expect={**_UNNAMED, "clock": "<dns", "dns": "resolver_silent:resolver"},
    ),
    Scenario(
        name="dns_far_blocked",
        fault="the workstation is told a resolver outside, and the firewall drops port 53",
        steps=(resolver_told("nameserver 192.88.99.53"), passing("udp dport 53 drop", "tcp dport 53 drop")),
        expect={**_UNNAMED, "clock": "<dns", "dns": "resolver_silent:resolver"},
    ),
)
