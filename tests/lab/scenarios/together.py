"""Two faults at the same time: both are named, and neither hides the other."""

from typing import Final

from tests.lab.faults import clock, dns, middle, mtu, only_proxy, passing, squid, told_proxy
from tests.lab.scenario import Scenario
from tests.lab.world import CDN, ENT, RESOURCES

SCENARIOS: Final = (
    Scenario(
        name="both_dns_and_firewall",
        fault="the ENT's name is refused, and the firewall drops the second service",
        steps=(dns(f"address=/{ENT.host}/"), passing(f"ip daddr {RESOURCES.v4} drop")),
        expect={
            "dns": "name_refused:resolver",
            "reach": ("<dns", "connection_timed_out:filter"),
            "mtu": ("<dns", "<reach"),
            "tls": ("<dns", "<reach"),
            "page": ("<dns", "<reach"),
            "websocket": "<dns",
        },
    ),
    Scenario(
        name="both_clock_and_firewall",
        fault="the clock is one hour late, and the firewall drops the ENT",
        steps=(clock("-1h"), passing(f"ip daddr {ENT.v4} drop")),
        expect={
            "clock": "clock_behind:owner",
            "reach": "connection_timed_out:filter",
            "mtu": "<reach",
            "tls": "<reach",
            "page": "<reach",
            "websocket": "<reach",
        },
    ),
    Scenario(
        name="both_clock_and_dns",
        fault="the clock is one hour ahead, and the second service's name is refused",
        steps=(clock("+1h"), dns(f"address=/{RESOURCES.host}/")),
        expect={
            "clock": "clock_ahead:owner",
            "dns": "name_refused:resolver",
            "reach": "<dns",
            "mtu": "<dns",
            "tls": "<dns",
            "page": "<dns",
        },
    ),
    Scenario(
        name="both_decrypted_and_blocked",
        fault="a filter decrypts the second service, unknown to the workstation, and resets the ENT",
        steps=(middle({RESOURCES.host: {"do": "decrypt"}, ENT.host: {"do": "reset"}}, ca="fortinet"),),
        expect={"tls": ("interception_untrusted:owner", "tls_cut:filter"), "page": "<tls", "websocket": "<tls"},
    ),
    Scenario(
        name="both_refused_and_decrypted",
        fault="the proxy refuses the ENT, and decrypts the rest with an authority unknown to the workstation",
        steps=(
            squid(
                f"acl ent dstdomain {ENT.host}",
                "acl all_of_ent ssl::server_name " + ENT.host,
                "http_access deny ent",
                ca="unknown",
            ),
            told_proxy(),
            only_proxy,
        ),
        # With ssl-bump squid refuses inside TLS, where a workstation that does not trust it cannot look.
        expect={"tls": "interception_untrusted:owner", "page": "<tls", "websocket": "<tls"},
    ),
    Scenario(
        name="both_cdn_and_resources",
        fault="the CDN's name is refused, and a filter resets the second service",
        steps=(dns(f"address=/{CDN.host}/"), middle({RESOURCES.host: {"do": "reset"}})),
        expect={
            "dns": "name_refused:resolver",
            "reach": "<dns",
            "mtu": "<dns",
            "tls": ("<dns", "tls_cut:filter"),
            "page": "<tls",
        },
    ),
    Scenario(
        name="both_mtu_and_dns",
        fault="large packets get lost, and the second service's name is refused",
        steps=(mtu(1400), dns(f"address=/{RESOURCES.host}/")),
        expect={
            "dns": "name_refused:resolver",
            "reach": "<dns",
            "mtu": ("large_packets_lost:isp", "<dns"),
            "tls": "<dns",
            "page": ("<mtu", "<dns"),
        },
    ),
    Scenario(
        name="both_page_and_clock",
        fault="a trusted filter answers in the ENT's place, and the clock is one hour late",
        trust="with_filter",
        steps=(
            middle(
                {ENT.host: {"do": "page", "body": "Accès refusé : ce site est bloqué par le filtrage"}},
                {"do": "decrypt"},
                ca="trusted",
            ),
            clock("-1h"),
        ),
        expect={"clock": "clock_behind:owner", "page": "page_blocked:filter", "websocket": "<page"},
    ),
)
