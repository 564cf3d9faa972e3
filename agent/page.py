"""What comes back for a page, and who really sent it?"""

import hashlib
import ssl
import time
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from agent import http
from agent.filters import filter_of
from agent.lookup import sha256
from agent.tunnel import Way, why
from checks.answers.network import Page, PageAsked

FETCH_S: Final = 8.0
"""How long one page may take, body included."""
MAX_BODY_BYTES: Final = 2 * 1024 * 1024


def fetch(asked: PageAsked, trust: ssl.SSLContext, way: Way) -> Page:
    """Ask for a page the way browsers take; no redirect is followed."""
    started = time.monotonic()
    try:
        with http.opened(asked.url, trust, way.url, timeout_s=FETCH_S) as answer:
            body = _body(answer, started + FETCH_S)
    except (http.HTTPError, OSError, UnicodeError) as error:
        return page(asked, way, time.monotonic() - started, failure=why(error))
    if len(body) > MAX_BODY_BYTES:
        return page(asked, way, time.monotonic() - started, failure="too_large", status=answer.status_code)
    location = answer.headers.get("location", "")
    redirect = redirect_of(answer.status_code, location, asked.url)
    return page(
        asked,
        way,
        time.monotonic() - started,
        status=answer.status_code,
        body_sha256=hashlib.sha256(body).hexdigest(),
        body_bytes=len(body),
        has_known_text=_has(body, answer.encoding, asked.known_text),
        redirect=redirect,
        target_sha256=target_sha256(location) if redirect == "elsewhere" else "",
        filter=filter_of(answer.headers, body),
    )


def page(asked: PageAsked, way: Way, took_s: float, **seen: Any) -> Page:
    """Write an answer down, with nothing where nothing was seen."""
    unseen: dict[str, Any] = {"status": None, "body_sha256": "", "body_bytes": 0, "has_known_text": None}
    unseen |= {"failure": None, "redirect": "none", "filter": "none"}
    via_proxy = way.kind != "direct"
    return Page(service=asked.service, via_proxy=via_proxy, took_ms=round(took_s * 1000), **unseen | seen)


def redirect_of(status: int, location: str, url: str) -> Literal["none", "same_host", "elsewhere"]:
    """Tell where a redirect leads, seen from the address asked for."""
    if not (300 <= status < 400 and location):
        return "none"
    try:
        host = urlsplit(location).hostname
    except ValueError:
        return "elsewhere"
    return "same_host" if host in (None, urlsplit(url).hostname) else "elsewhere"


def target_sha256(location: str) -> str:
    """Return the fingerprint of the host that a Location leads to; "" when it is relative or unreadable."""
    try:
        return sha256(urlsplit(location).hostname or "")
    except ValueError:
        return ""


def _body(answer: http.Response, deadline: float) -> bytes:
    """Read a body up to just past the cap; raises TimeoutError when it comes drop by drop."""
    body = bytearray()
    for part in answer.iter_bytes():
        body += part
        if len(body) > MAX_BODY_BYTES:
            break
        if time.monotonic() > deadline:
            raise TimeoutError
    return bytes(body)


def _has(body: bytes, encoding: str | None, words: str) -> bool | None:
    return words in body.decode(encoding or "utf-8", errors="replace") if words else None
