"""The vocabulary: what can be asked of a workstation, what may be required, what follows."""

from collections.abc import Mapping
from typing import Any, Final

from checks.browser import features, policies, services, version
from checks.hardware import camera, disk, memory, processor, screen, sound, upgrade
from checks.model import Check
from checks.network import (
    address,
    clock,
    dns,
    ipv6,
    latency,
    link,
    mtu,
    page,
    portal,
    proxy,
    reach,
    throughput,
    tls,
    websocket,
)
from checks.software import required
from checks.system import language, protection, release, trust, updates

VERSION: Final = "0.1.0"
"""Of the one distribution: agent, checks and collector."""

ALL: Final[tuple[Check[Any, Any], ...]] = (
    link.CHECK,
    address.CHECK,
    portal.CHECK,
    proxy.CHECK,
    dns.CHECK,
    reach.CHECK,
    clock.CHECK,
    mtu.CHECK,
    tls.CHECK,
    page.CHECK,
    websocket.CHECK,
    ipv6.CHECK,
    latency.CHECK,
    throughput.CHECK,
    release.CHECK,
    updates.CHECK,
    trust.CHECK,
    language.CHECK,
    protection.CHECK,
    memory.CHECK,
    processor.CHECK,
    disk.CHECK,
    screen.CHECK,
    sound.CHECK,
    camera.CHECK,
    upgrade.CHECK,
    version.CHECK,
    policies.CHECK,
    features.CHECK,
    services.CHECK,
    required.CHECK,
)
"""Every check, in the order that separates causes: a check comes after all those that can explain its failing."""

BY_ID: Final[Mapping[str, Check[Any, Any]]] = {check.id: check for check in ALL}
