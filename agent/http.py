"""How does the agent speak HTTP? The one module that knows the library, and the way out of the school."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

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


def proxy_for(url: str) -> str | None:
    """Return the system's proxy for an address, scheme always said; None goes direct, as loopback always does."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if _is_loopback(host) or proxy_bypass(host):
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy


def client(url: str, trust: ssl.SSLContext, *, timeout_s: float) -> httpx.Client:
    """Open a client for one address: its proxy, its trust, no redirect followed, no secret from the environment.

    Raises `Unusable` for a proxy of a kind we do not speak (SOCKS): going round it would measure another way out.
    """
    timeout = httpx.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s))
    headers = {"User-Agent": _USER_AGENT, "Accept-Language": "fr"}
    try:
        return httpx.Client(verify=trust, proxy=proxy_for(url), trust_env=False, timeout=timeout, headers=headers)
    except (ValueError, ImportError, httpx.InvalidURL):
        # The proxy's address may hold a password: it is not repeated.
        raise Unusable("the system's proxy cannot be used") from None


@contextmanager
def opened(
    url: str, trust: ssl.SSLContext, *, timeout_s: float, connected: Callable[[], None]
) -> Iterator[httpx.Response]:
    """Ask for an address and yield the answer, its body still to be read; `connected` is called once TCP is.

    Through a proxy, that is a connection to the proxy. Raises HTTPError or OSError.
    """

    def trace(event: str, _: Any) -> None:
        if event == "connection.connect_tcp.complete":
            connected()

    try:
        with (
            client(url, trust, timeout_s=timeout_s) as asking,
            asking.stream("GET", url, extensions={"trace": trace}) as answer,
        ):
            yield answer
    except httpx.InvalidURL:
        raise Unusable("the address cannot be used") from None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
