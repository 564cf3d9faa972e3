"""How does the agent speak to its collector? Signed requests, and only signed answers believed."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

from agent import curl, http
from agent.door import way_to
from agent.lookup import Lookups
from agent.trust import client_context
from agent.tunnel import Way
from checks import wire
from checks.answers.network import Failure
from checks.failures import failure_of

if TYPE_CHECKING:
    from nacl.signing import SigningKey

TIMEOUT_S: Final = 15.0
MAX_ANSWER_BYTES: Final = 4 * 1024 * 1024


class NoAnswer(RuntimeError):
    """The collector did not answer, or what answered is not the collector; the message says why, in French.

    `retry_after_s` is what it asked to wait, 0 when it asked nothing.
    """

    def __init__(self, why: str, retry_after_s: int = 0) -> None:
        super().__init__(why)
        self.retry_after_s = retry_after_s


class Refusal(RuntimeError):
    """The collector itself said no, in a signed answer or before any key is known; the message is its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, and when."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    sent_at: float  # when the request left, in seconds by this clock
    received_at: float

    @property
    def signature(self) -> str:
        """The collector's signature of the body; "" when it is not signed."""
        return self.headers.get(wire.SIGNATURE_HEADER.lower(), "")

    def json(self) -> dict[str, Any]:
        """Read the body; {} when it is not a JSON object."""
        try:
            read = json.loads(self.body)
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}


def request(
    collector: str,
    key: "SigningKey",
    method: str,
    path: str,
    *,
    extra_ca: Path | None,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    **signed: Any,
) -> Answer:
    """Send one signed request; `signed` holds the report's id, sequence and last receipt. Raises `NoAnswer`."""
    sent_at = time.time()
    every = {**signed_headers(key, method, path, int(sent_at), body, **signed), **(headers or {})}
    url = collector.rstrip("/") + path
    way = way_to(url)
    try:
        came = _plainly(method, url, way, body, every, extra_ca)
        if came.status == 407 and way.kind == "http":
            came = _by_curl(method, url, way, body, every, extra_ca)
    except curl.Failed as error:
        raise NoAnswer(f"le collecteur {collector} ne répond pas : {why_not(error.failure)}") from None
    except (http.HTTPError, OSError, UnicodeError) as error:
        raise NoAnswer(f"le collecteur {collector} ne répond pas : {why_not(failure_of(error))}") from None
    return Answer(status=came.status, headers=came.headers, body=came.body, sent_at=sent_at, received_at=time.time())


def signed_headers(
    key: "SigningKey", method: str, path: str, sent_at: int, body: bytes, **signed: Any
) -> dict[str, str]:
    """Return the headers that sign a request; `signed` holds the report's id, sequence and last receipt."""
    key_id = wire.key_id(key.verify_key.encode())
    message = wire.request_message(method=method, path=path, key_id=key_id, sent_at=sent_at, body=body, **signed)
    return {
        wire.KEY_ID_HEADER: key_id,
        wire.SENT_AT_HEADER: str(sent_at),
        wire.SIGNATURE_HEADER: wire.to_base64(key.sign(message).signature),
    }


def _plainly(
    method: str, url: str, way: Way, body: bytes, headers: Mapping[str, str], extra_ca: Path | None
) -> curl.Came:
    """Send one request; a proxy that asks who is there is an answer of status 407, tunnel or not."""
    content = bytearray()
    if way.kind == "direct":
        # The library waits for a name as long as the system does; this does not.
        Lookups().addresses(urlsplit(url).hostname or "")
    try:
        with (
            http.client(url, client_context(extra_ca), way.url, timeout_s=TIMEOUT_S) as client,
            client.stream(method, url, content=body, headers=dict(headers)) as answer,
        ):
            for part in answer.iter_bytes():
                content += part
                if len(content) > MAX_ANSWER_BYTES:
                    raise NoAnswer("ce qui a répondu n'est pas le collecteur (réponse trop longue)")
    except http.HTTPError as error:
        if failure_of(error) != "proxy_needs_login":
            raise
        return curl.Came(status=407, headers={}, body=b"")
    named = {name.lower(): value for name, value in answer.headers.items()}
    return curl.Came(status=answer.status_code, headers=named, body=bytes(content))


def _by_curl(
    method: str, url: str, way: Way, body: bytes, headers: Mapping[str, str], extra_ca: Path | None
) -> curl.Came:
    proxy = f"http://{way.host}:{way.port}"
    return curl.send(method, url, proxy=proxy, body=body, headers=headers, extra_ca=extra_ca, within_s=TIMEOUT_S)


def why_not(failure: Failure) -> str:
    """Say in French why nothing came back."""
    if failure in ("certificate_expired", "certificate_not_yet_valid"):
        return f"son certificat n'est pas valable à la date de ce poste ; vérifiez cette date ({failure})"
    if failure == "proxy_needs_login":
        return f"le proxy de l'école demande un identifiant ({failure})"
    return failure


def believed(
    answer: Answer, kind: Literal["enrolment", "profile", "receipt", "refusal"], keys: tuple[str, ...]
) -> bool:
    """Tell whether an answer is signed by one of these public keys (base64)."""
    message = wire.answer_message(kind, answer.body)
    return any(signed_by(key, message, answer.signature) for key in keys)


def signed_by(key: str, message: bytes, signature: str) -> bool:
    """Tell whether a base64 signature of a message is that of a base64 public key."""
    from nacl.exceptions import BadSignatureError  # an audit without enrolment does not carry it
    from nacl.signing import VerifyKey

    try:
        VerifyKey(wire.from_base64(key)).verify(message, wire.from_base64(signature))
    except (BadSignatureError, ValueError, TypeError):
        return False
    return True


def not_the_collector(answer: Answer) -> NoAnswer:
    """Say that an answer is not to be believed: a proxy, a filter, or a collector that asks to wait."""
    wait = answer.headers.get("retry-after", "")
    retry_after_s = min(int(wait), 86_400) if wait.isascii() and wait.isdigit() and len(wait) < 10 else 0
    if answer.status == 503:
        return NoAnswer("le collecteur est occupé", retry_after_s)
    if answer.status == 407:
        return NoAnswer("le proxy de l'école demande un identifiant")
    if answer.status == 401:
        return NoAnswer("le collecteur ne reconnaît pas ce poste : si cela dure, enrôlez-le à nouveau")
    return NoAnswer(f"ce qui a répondu n'est pas signé par le collecteur (code HTTP {answer.status})", retry_after_s)
