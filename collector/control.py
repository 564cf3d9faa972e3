"""What does the collector itself see of each service? The second view: is the fault the school's, or its own?"""

import base64
import hashlib
import json
import os
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

import dns.exception
import dns.resolver
import httpx

from checks.answers.network import Failure
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
_PLAIN_S: Final = 5
_DNS_S: Final = 3
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
    """Fetch the known page of one service over verified TLS, and see what surrounds it; a failure is an answer."""
    seen = ServiceControl(profile_id=profile_id, service=service.name, checked_at=int(time.time()))
    seen.hosts = json.dumps([resolved(end.host) for end in dict.fromkeys(service.endpoints)])
    _page(service, trust, seen)
    if seen.failure is None:
        seen.plain_target = _plain_target(service)
        seen.websocket = _websocket(service, trust)
    return seen


def _page(service: Service, trust: ssl.SSLContext, seen: ServiceControl) -> None:
    try:
        with (
            httpx.Client(verify=trust, timeout=TIMEOUT_S) as client,
            client.stream("GET", service.known_url) as answer,
        ):
            _certificate(answer, seen)
            body = _body(answer)
    except (httpx.HTTPError, OSError) as error:
        seen.failure = failure_of(error)
        return
    if body is None:
        seen.failure = "too_large"
        return
    seen.body_sha256 = hashlib.sha256(body).hexdigest()
    seen.has_known_text = service.known_text.encode() in body if service.known_text else None


def resolved(host: str) -> dict[str, Any]:
    """Resolve a host as this collector does: addresses, and the name that its aliases end at ("" when it is none)."""
    try:
        found = {str(row[4][0]) for row in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        return {"host": host, "failure": failure_of(error), "addresses": [], "canonical": ""}
    return {"host": host, "failure": None, "addresses": sorted(found), "canonical": _canonical(host)}


def _canonical(host: str) -> str:
    try:
        named = dns.resolver.resolve(host, "A", lifetime=_DNS_S, raise_on_no_answer=False).canonical_name
    except (dns.exception.DNSException, OSError):
        return ""  # known by a hosts file, or to another kind of resolver
    name = str(named).rstrip(".").lower()
    return "" if name == host.lower() else name


def _plain_target(service: Service) -> str:
    """Return the other host that plain HTTP leads to, as anybody is led there; "" when it leads nowhere else."""
    host = service.endpoints[0].host
    try:
        with httpx.Client(timeout=_PLAIN_S) as client:
            answer = client.get(f"http://{host}/")
            there = urlsplit(answer.headers.get("location", "")).hostname or ""
    except (httpx.HTTPError, OSError, ValueError):
        return ""
    return there if answer.is_redirect and there != host else ""


def _websocket(service: Service, trust: ssl.SSLContext) -> Failure | None:
    """Open the service's web socket; why it does not, or None when it does or there is none."""
    if not service.websocket_path:
        return None
    host, port = service.endpoints[0].host, service.endpoints[0].port
    key = base64.b64encode(os.urandom(16)).decode()
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key}
    try:
        with (
            httpx.Client(verify=trust, timeout=_PLAIN_S) as client,
            client.stream("GET", f"https://{host}:{port}{service.websocket_path}", headers=headers) as answer,
        ):
            return None if answer.status_code == 101 else "not_http"
    except (httpx.HTTPError, OSError) as error:
        return failure_of(error)


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
