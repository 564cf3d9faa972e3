"""Proxies: unreachable, refusing, asking for a name."""

from typing import Final

from tests.lab.faults import only_proxy, squid, told_proxy
from tests.lab.scenario import Scenario

SCENARIOS: Final = (
    Scenario(
        name="proxy_unreachable",
        fault="the proxy told to the workstation does not listen",
        steps=(told_proxy(), only_proxy),
        expect={"page": "proxy_unreachable:filter"},
    ),
    Scenario(
        name="proxy_refuses_ent",
        fault="squid refuses the ENT",
        steps=(squid("acl ent dstdomain ent.academie.test", "http_access deny ent"), told_proxy(), only_proxy),
        expect={"page": "proxy_refused:filter"},
    ),
)
