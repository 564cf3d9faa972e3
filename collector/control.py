"""What does the collector itself see of each service? The second view: is the fault the school's, or its own?"""

import hashlib
import ssl
import time
from collections.abc import Callable
from typing import Any, Final

import httpx

from checks.certificates import name_sha256
from checks.failures import failure_of
from checks.model import Service
from collector.settings import Settings
from collector.store.engine import Store
from collector.store.generations import profiles_in_force
from collector.store.profiles import keep_control
from collector.tables import ServiceControl

TIMEOUT_S: Final = 10
"""Longest wait for any one step, and for the whole body."""
MAX_BODY_BYTES: Final = 2 * 1024 * 1024
"""Most bytes of a known page, as on the workstation."""


def look_at_all(store: Store, settings: Settings) -> int:
    """Look at every service of the profiles in force and keep what was seen; returns how many."""
    with store.reading() as session:
        asked = [(profile.id, service) for profile in profiles_in_force(session) for service in profile.services]
    trust = ssl.create_default_context()
    if settings.control_ca is not None:
        trust.load_verify_locations(settings.control_ca)
    for profile_id, service in asked:
        seen = look(profile_id, service, trust)
        store.write(_keeping(seen))
    return len(asked)


def look(profile_id: str, service: Service, trust: ssl.SSLContext) -> ServiceControl:
    """Fetch the known page of one service over verified TLS; a failure is an answer."""
    seen = ServiceControl(profile_id=profile_id, service=service.name, checked_at=int(time.time()))
    try:
        with (
            httpx.Client(verify=trust, timeout=TIMEOUT_S) as client,
            client.stream("GET", service.known_url) as answer,
        ):
            _certificate(answer, seen)
            body = _body(answer)
    except (httpx.HTTPError, OSError) as error:
        seen.failure = failure_of(error)
        return seen
    if body is None:
        seen.failure = "too_large"
        return seen
    seen.body_sha256 = hashlib.sha256(body).hexdigest()
    seen.has_known_text = service.known_text.encode() in body if service.known_text else None
    return seen


def _certificate(answer: httpx.Response, seen: ServiceControl) -> None:
    tls: Any = answer.extensions["network_stream"].get_extra_info("ssl_object")
    if tls is not None:
        seen.leaf_sha256 = hashlib.sha256(tls.getpeercert(True)).hexdigest()
        seen.issuer_sha256 = name_sha256(tls.getpeercert(False)["issuer"])


def _body(answer: httpx.Response) -> bytes | None:
    """Read a body; None past the cap."""
    body, end = b"", time.monotonic() + TIMEOUT_S
    for part in answer.iter_bytes():
        body += part
        if len(body) > MAX_BODY_BYTES:
            return None
        if time.monotonic() > end:
            raise httpx.ReadTimeout("the body takes too long")
    return body


def _keeping(seen: ServiceControl) -> Callable[[Any], None]:
    return lambda session: keep_control(session, seen)
