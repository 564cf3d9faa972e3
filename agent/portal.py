"""Does something answer in place of the network until somebody logs in to it (a captive portal)?"""

import ssl
import time
from typing import Any, Final

from agent import http
from agent.filters import filter_of
from agent.page import redirect_of, target_sha256
from agent.tunnel import Way
from checks.answers.ways import PlainAnswer
from checks.failures import failure_of

PLAIN_S: Final = 4.0
_MAX_BYTES: Final = 64 * 1024


def ask_plainly(host: str, way: Way, trust: ssl.SSLContext) -> PlainAnswer:
    """Ask for `http://host/`, nothing encrypted, no redirect followed; what comes back never travels."""
    url = f"http://[{host}]/" if ":" in host else f"http://{host}/"
    try:
        with http.opened(url, trust, way.url, timeout_s=PLAIN_S) as answer:
            body, deadline = bytearray(), time.monotonic() + PLAIN_S
            for part in answer.iter_bytes():
                body += part
                if len(body) > _MAX_BYTES or time.monotonic() > deadline:
                    break
    except (http.HTTPError, OSError, UnicodeError) as error:
        return plain(host, failure=failure_of(error))
    location = answer.headers.get("location", "")
    redirect = redirect_of(answer.status_code, location, url)
    words = bytes(body).lower()
    return plain(
        host,
        status=answer.status_code,
        redirect=redirect,
        target_sha256=target_sha256(location) if redirect == "elsewhere" else "",
        filter=filter_of(answer.headers, words),
        has_form=b"<form" in words or b'http-equiv="refresh"' in words,
    )


def plain(host: str, **seen: Any) -> PlainAnswer:
    """Write an answer down, with nothing where nothing was seen."""
    unseen: dict[str, Any] = {"failure": None, "status": None, "redirect": "none", "target_sha256": ""}
    unseen |= {"filter": "none", "has_form": False}
    return PlainAnswer(host=host, **unseen | seen)
