"""How does the agent speak HTTP? The one module that knows the library, and the way out of the school."""

import ssl
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

HTTPError: Final = httpx.HTTPError
Response = httpx.Response
Client = httpx.Client

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


def proxy_for(url: str) -> str | None:
    """Return the system's proxy for an address; None goes direct, as loopback always does."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in LOOPBACK or proxy_bypass(host):
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy


def client(url: str, trust: ssl.SSLContext, *, timeout_s: float) -> httpx.Client:
    """Open a client for one address: its proxy, its trust, no redirect followed, no secret from the environment."""
    return httpx.Client(verify=trust, proxy=proxy_for(url), trust_env=False, timeout=timeout_s, follow_redirects=False)
