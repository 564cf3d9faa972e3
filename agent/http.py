"""How does the agent speak HTTP? The one module that knows the library, and the way out of the school."""

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx

from checks import VERSION

HTTPError: Final = httpx.HTTPError
Response = httpx.Response
Client = httpx.Client

CONNECT_S: Final = 3.0
"""Longest wait for one address: a host whose first address is dead still answers by its second."""
# Filters and services refuse programs that do not look like a browser; Préau says its name all the same.
_USER_AGENT: Final = f"Mozilla/5.0 (compatible; preau-agent/{VERSION})"


class Unusable(OSError):
    """An address, or the system's proxy, that cannot be used."""


def client(url: str, trust: ssl.SSLContext, proxy: str | None, *, timeout_s: float) -> httpx.Client:
    """Open a client: its proxy (None goes straight), its trust, no redirect followed, no secret from the environment.

    Raises `Unusable` for an address or a kind of proxy we do not speak (SOCKS): going round it would measure another
    way out.
    """
    timeout = httpx.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s))
    headers = {"User-Agent": _USER_AGENT, "Accept-Language": "fr"}
    try:
        httpx.URL(url)
        return httpx.Client(verify=trust, proxy=proxy, trust_env=False, timeout=timeout, headers=headers)
    except (ValueError, ImportError, httpx.InvalidURL):
        # The proxy's address may hold a password: it is not repeated.
        raise Unusable("the address or the proxy cannot be used") from None


def fetched_directly(url: str, *, timeout_s: float, max_bytes: int) -> tuple[int, bytes]:
    """Ask for a small file without any proxy, redirects followed; the status and the body up to a cap.

    Raises HTTPError or OSError.
    """
    deadline, body = time.monotonic() + timeout_s, bytearray()
    with client(url, ssl.create_default_context(), None, timeout_s=timeout_s) as asking:
        asking.follow_redirects = True
        with asking.stream("GET", url) as answer:
            for part in answer.iter_bytes():
                body += part
                if len(body) > max_bytes or time.monotonic() > deadline:
                    raise TimeoutError
    return answer.status_code, bytes(body)


@contextmanager
def opened(url: str, trust: ssl.SSLContext, proxy: str | None, *, timeout_s: float) -> Iterator[httpx.Response]:
    """Ask for an address and yield the answer, its body still to be read; raises HTTPError or OSError."""
    try:
        with client(url, trust, proxy, timeout_s=timeout_s) as asking, asking.stream("GET", url) as answer:
            yield answer
    except httpx.InvalidURL:
        raise Unusable("the address cannot be used") from None
