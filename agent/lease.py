"""May this workstation measure the line of its school now? Only its collector says so."""

from pathlib import Path

from agent.identity import Identity
from agent.post import NoAnswer, request
from checks import line


def ask_lease(identity: Identity, extra_ca: Path | None) -> str:
    """Return the collector's lease; "" when another workstation measures, one has lately, or nothing answers."""
    try:
        answer = request(identity.collector, identity.key, "POST", line.LEASE_PATH, extra_ca=extra_ca)
    except NoAnswer:
        return ""
    return str(answer.json().get("lease", "")) if answer.status == 201 else ""
