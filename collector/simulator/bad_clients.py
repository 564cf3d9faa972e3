"""What do clients that are broken, or mean harm, send? Each with the answer that is right."""

import gzip
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from checks import wire
from collector.simulator.fleet import Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """One request that must not be taken in, and the status it must be answered with."""

    body: bytes
    headers: Mapping[str, str]
    status: int


def _wrong_signature(sender: Sender) -> Bad:
    body = sender.body()
    signed = sender.report(body)
    return Bad(body=body, headers=signed | {wire.SIGNATURE_HEADER: wire.to_base64(bytes(64))}, status=401)


def _other_body(sender: Sender) -> Bad:
    signed = sender.report(sender.body())
    return Bad(body=sender.body(now=1), headers=signed, status=401)


def _unknown_key(sender: Sender) -> Bad:
    body = sender.body()
    signed = sender.report(body)
    return Bad(body=body, headers=signed | {wire.KEY_ID_HEADER: uuid.uuid4().hex}, status=401)


def _bomb(sender: Sender) -> Bad:
    body = gzip.compress(bytes(20 * wire.MAX_REPORT_BYTES))
    return Bad(body=body, headers=sender.report(body), status=413)


def _cut(sender: Sender) -> Bad:
    body = sender.body()[:-20]
    return Bad(body=body, headers=sender.report(body), status=400)


def _no_report(sender: Sender) -> Bad:
    body = gzip.compress(b'{"protocol":1,"bonjour":true}')
    return Bad(body=body, headers=sender.report(body), status=422)


def _too_long(sender: Sender) -> Bad:
    body = bytes(wire.MAX_COMPRESSED_BYTES + 1)
    return Bad(body=body, headers=sender.report(body), status=413)


def _no_headers(sender: Sender) -> Bad:
    return Bad(body=sender.body(), headers={"Content-Type": "application/json"}, status=400)


BAD: Final[Mapping[str, Callable[[Sender], Bad]]] = {
    "signature fausse": _wrong_signature,
    "corps changé en route": _other_body,
    "clé inconnue": _unknown_key,
    "bombe gzip": _bomb,
    "gzip coupé": _cut,
    "pas un relevé": _no_report,
    "trop long": _too_long,
    "sans en-têtes": _no_headers,
}
"""By what they do."""
