"""The way out of the school: cards, addresses, routes, firewalls, large packets."""

from typing import Final

from tests.lab.faults import on_box, on_pc, passing
from tests.lab.scenario import Expected, Scenario
from tests.lab.world import CDN, ENT, RESOURCES

_NO_ADDRESS: Final[Expected] = dict.fromkeys(("clock", "dns", "reach", "tls", "page"), "<address")
_UNREACHED: Final[Expected] = {"tls": "<reach", "page": "<reach"}

SCENARIOS: Final = (
    Scenario(
        name="way_unplugged",
        fault="the only card is down",
        steps=(on_pc("link set eth0 down"),),
        expect={**_NO_ADDRESS, "address": "no_card_up:owner"},
    ),
    Scenario(
        name="way_no_address",
        fault="the network gives no address",
        steps=(on_pc("addr flush dev eth0"),),
        expect={**_NO_ADDRESS, "address": "no_address_given:owner"},
    ),
    Scenario(
        name="way_self_given_address",
        fault="no DHCP: the workstation gave itself a 169.254 address",
        steps=(on_pc("addr flush dev eth0", "addr add 169.254.7.7/16 dev eth0"),),
        expect={**_NO_ADDRESS, "address": "no_address_given:owner"},
    ),
    Scenario(
        name="way_no_route",
        fault="no default route",
        steps=(on_pc("route del default"),),
        expect={**_NO_ADDRESS, "address": "no_default_route:owner"},
    ),
    Scenario(
        name="way_firewall_drops_ent",
        fault="the firewall drops the ENT",
        steps=(passing(f"ip daddr {ENT.v4} drop", f"ip6 daddr {ENT.v6} drop"),),
        expect={**_UNREACHED, "reach": "connection_timed_out:filter"},
    ),
    Scenario(
        name="way_firewall_resets_ent",
        fault="the firewall refuses connections to the ENT",
        steps=(passing(f"ip daddr {ENT.v4} tcp dport 443 reject with tcp reset"),),
        expect={**_UNREACHED, "reach": "connection_refused:filter"},
    ),
    Scenario(
        name="way_firewall_rejects_ent",
        fault="the firewall answers that the ENT is administratively prohibited",
        steps=(passing(f"ip daddr {ENT.v4} reject with icmp type admin-prohibited"),),
        expect={**_UNREACHED, "reach": "no_way_to_host:owner"},
    ),
    Scenario(
        name="way_firewall_drops_cdn",
        fault="the firewall drops one further host of the ENT, its CDN",
        steps=(passing(f"ip daddr {CDN.v4} drop"),),
        expect={"reach": "connection_timed_out:filter", "tls": "<reach", "page": "<reach"},
    ),
    Scenario(
        name="way_firewall_drops_resources",
        fault="the firewall drops the second service only",
        steps=(passing(f"ip daddr {RESOURCES.v4} drop"),),
        expect={**_UNREACHED, "reach": "connection_timed_out:filter"},
    ),
    Scenario(
        name="way_no_https",
        fault="the firewall drops all HTTPS",
        steps=(passing("tcp dport 443 drop"),),
        expect={**_UNREACHED, "reach": "connection_timed_out:filter"},
    ),
    Scenario(
        name="way_line_down",
        fault="the school's line is down: the box has no way out",
        steps=(on_box("link set wan down"),),
        expect={"dns": "resolver_silent:resolver"},
    ),
)
