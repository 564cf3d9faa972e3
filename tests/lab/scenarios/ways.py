"""The way out of the school: cards, addresses, routes, firewalls, large packets, IPv6, quality of the line."""

from typing import Final

from checks.model import Outcome
from tests.lab.faults import line, mtu, on_box, on_pc, passing
from tests.lab.place import School
from tests.lab.scenario import Expected, Scenario
from tests.lab.world import CDN, COLLECTOR, ENT, RESOURCES

_NO_ADDRESS: Final[Expected] = dict.fromkeys(
    ("clock", "dns", "reach", "mtu", "tls", "page", "websocket", "latency"), "<address"
)
_UNREACHED: Final[Expected] = dict.fromkeys(("mtu", "tls", "page"), "<reach")
_ENT_UNREACHED: Final[Expected] = {**_UNREACHED, "websocket": "<reach"}
_ANYTHING: Final[Expected] = {**_ENT_UNREACHED, "clock": "<reach", "latency": "<reach"}


def box_gone(one: School) -> None:
    """Have the box answer nobody on the school's side, its card still lit, as a switch keeps it."""
    one.filtre.run("ip", "link", "set", "lan", "arp", "off")


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
        fault="no default route; the box's resolver is a neighbour and still answers",
        steps=(on_pc("route del default"),),
        expect={**{k: v for k, v in _NO_ADDRESS.items() if k != "dns"}, "address": "no_default_route:owner"},
    ),
    Scenario(
        name="way_box_off",
        fault="the box is off: the workstation has an address, and its gateway is not there",
        steps=(box_gone,),
        expect={**_NO_ADDRESS, "address": "gateway_silent:owner"},
    ),
    Scenario(
        name="way_line_down",
        fault="the school's line is down: the box answers, and nothing beyond it does",
        steps=(on_box("link set wan down"),),
        expect={**_NO_ADDRESS, "address": "nothing_beyond:isp"},
    ),
    Scenario(
        name="way_line_black",
        fault="the line is up and loses everything",
        steps=(passing("drop"), on_box("route del default", "route add blackhole default")),
        expect={**_NO_ADDRESS, "address": "nothing_beyond:isp"},
    ),
    Scenario(
        name="way_firewall_drops_ent",
        fault="the firewall drops the ENT",
        steps=(passing(f"ip daddr {ENT.v4} drop", f"ip6 daddr {ENT.v6} drop"),),
        expect={**_ENT_UNREACHED, "reach": "connection_timed_out:filter"},
    ),
    Scenario(
        name="way_firewall_drops_ent_dual",
        fault="the firewall drops the ENT, by IPv4 and by IPv6",
        ipv6=True,
        steps=(passing(f"ip daddr {ENT.v4} drop", f"ip6 daddr {ENT.v6} drop"),),
        expect={**_ENT_UNREACHED, "reach": "connection_timed_out:filter"},
    ),
    Scenario(
        name="way_firewall_resets_ent",
        fault="the firewall refuses connections to the ENT",
        steps=(passing(f"ip daddr {ENT.v4} tcp dport 443 reject with tcp reset"),),
        expect={**_ENT_UNREACHED, "reach": "connection_refused:filter"},
    ),
    Scenario(
        name="way_firewall_rejects_ent",
        fault="the firewall answers that the ENT is administratively prohibited",
        steps=(passing(f"ip daddr {ENT.v4} reject with icmp type admin-prohibited"),),
        expect={**_ENT_UNREACHED, "reach": "connection_refused:filter"},
    ),
    Scenario(
        name="way_firewall_drops_cdn",
        fault="the firewall drops one further host of the ENT, its CDN",
        steps=(passing(f"ip daddr {CDN.v4} drop"),),
        expect={"reach": "connection_timed_out:filter", "mtu": "<reach", "tls": "<reach"},
    ),
    Scenario(
        name="way_firewall_drops_resources",
        fault="the firewall drops the second service only",
        steps=(passing(f"ip daddr {RESOURCES.v4} drop"),),
        expect={**_UNREACHED, "reach": "connection_timed_out:filter"},
    ),
    Scenario(
        name="way_firewall_drops_collector",
        fault="none for the ENT: the firewall drops the collector only",
        steps=(passing(f"ip daddr {COLLECTOR.v4} drop"),),
    ),
    Scenario(
        name="way_no_https",
        fault="the firewall drops all HTTPS",
        steps=(passing("tcp dport 443 drop"),),
        expect={**_ENT_UNREACHED, "latency": "<reach", "reach": "connection_timed_out:filter"},
    ),
    Scenario(
        name="way_mtu_black_hole",
        fault="a tunnel of 1400 bytes whose box never says that a packet is too large",
        steps=(mtu(1400),),
        expect={"mtu": "large_packets_lost:isp", "page": "<mtu"},
    ),
    Scenario(
        name="way_mtu_black_hole_dual",
        fault="the same, with IPv6",
        ipv6=True,
        steps=(mtu(1400),),
        expect={"mtu": "large_packets_lost:isp", "page": "<mtu"},
    ),
    Scenario(
        name="way_ipv6_black",
        fault="IPv6 is announced, and the line loses it all",
        ipv6=True,
        steps=(passing("ip6 version 6 drop"),),
        expect={"ipv6": "ipv6_broken:isp"},
        outcome=Outcome.AT_RISK,
    ),
    Scenario(
        name="way_ipv6_no_route",
        fault="IPv6 is announced, and the box answers that there is no way",
        ipv6=True,
        steps=(on_box("route del ::/0"),),
        expect={"ipv6": "ipv6_broken:isp"},
        outcome=Outcome.AT_RISK,
    ),
    Scenario(
        name="way_ipv6_ent_blocked",
        fault="IPv6 passes, but not to the ENT",
        ipv6=True,
        steps=(passing(f"ip6 daddr {ENT.v6} drop"),),
        expect={"ipv6": "ipv6_blocked:filter"},
        outcome=Outcome.AT_RISK,
    ),
    Scenario(
        name="way_ipv4_ent_blocked",
        fault="the firewall drops the ENT by IPv4; IPv6 takes its place",
        ipv6=True,
        steps=(passing(f"ip daddr {ENT.v4} drop"),),
    ),
    Scenario(
        name="way_far",
        fault="a line that takes 900 ms there and back",
        steps=(line({"delay_ms": 450, "kbps": 20_000}),),
        expect={"latency": "latency_high:isp"},
        outcome=Outcome.AT_RISK,
    ),
)
