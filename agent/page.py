"""What comes back for a page, and who really sent it?"""

import hashlib
import ssl
import time
from collections.abc import Mapping
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from agent import http
from checks.answers.network import Filter, Page, PageAsked
from checks.failures import failure_of

FETCH_S: Final = 8.0
"""How long one page may take, body included."""
MAX_BODY_BYTES: Final = 2 * 1024 * 1024


def fetch(asked: PageAsked, trust: ssl.SSLContext) -> Page:
    """Ask for a page through the workstation's proxy, if it has one; no redirect is followed."""
    started, reached = time.monotonic(), []
    try:
        with http.opened(asked.url, trust, timeout_s=FETCH_S, connected=lambda: reached.append(True)) as answer:
            body = _body(answer, started + FETCH_S)
    except (http.HTTPError, OSError, UnicodeError) as error:
        failure = failure_of(error)
        if not reached and http.proxy_for(asked.url) is not None:
            failure = "proxy_unreachable"
        return page(asked, time.monotonic() - started, failure=failure)
    if len(body) > MAX_BODY_BYTES:
        return page(asked, time.monotonic() - started, failure="too_large", status=answer.status_code)
    return page(
        asked,
        time.monotonic() - started,
        status=answer.status_code,
        body_sha256=hashlib.sha256(body).hexdigest(),
        body_bytes=len(body),
        has_known_text=_has(body, answer.encoding, asked.known_text),
        redirect=redirect_of(answer.status_code, answer.headers.get("location", ""), asked.url),
        filter=filter_of(answer.headers, body),
    )


def page(asked: PageAsked, took_s: float, **seen: Any) -> Page:
    """Write an answer down, with nothing where nothing was seen."""
    unseen: dict[str, Any] = {"status": None, "body_sha256": "", "body_bytes": 0, "has_known_text": None}
    unseen |= {"failure": None, "redirect": "none", "filter": "none"}
    via_proxy = http.proxy_for(asked.url) is not None
    return Page(service=asked.service, via_proxy=via_proxy, took_ms=round(took_s * 1000), **unseen | seen)


def filter_of(headers: Mapping[str, str], body: bytes) -> Filter:
    """Recognise a filter by the page it sends in place of another; "none" is also what is not recognised."""
    words = body[:65_536].lower()
    if "x-squid-error" in headers or (b"squid" in words and b"err_" in words):
        return "squid"
    return "e2guardian" if b"e2guardian" in words or b"dansguardian" in words else "none"


def redirect_of(status: int, location: str, url: str) -> Literal["none", "same_host", "elsewhere"]:
    """Tell where a redirect leads, seen from the address asked for."""
    if not (300 <= status < 400 and location):
        return "none"
    try:
        host = urlsplit(location).hostname
    except ValueError:
        return "elsewhere"
    return "same_host" if host in (None, urlsplit(url).hostname) else "elsewhere"


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
