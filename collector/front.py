"""The one route that must be quick: reports, answered before the framework is asked.

It says what the route of `collector.agent_api` says, with fewer steps; everything else goes on to the app.
"""

import logging
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from checks import wire as protocol
from collector.egress import address_of
from collector.envelope import Answer, open_envelope
from collector.headers import ALWAYS
from collector.intake import intake_of
from collector.problems import MEDIA_TYPE, Problem, problem_of
from collector.store.writer import Busy

_SIGNATURE: Final = protocol.SIGNATURE_HEADER.lower().encode()
_FIXED: Final = [(name.lower().encode(), value.encode()) for name, value in ALWAYS.items()]
_JSON: Final = (b"content-type", b"application/json")
_PROBLEM: Final = (b"content-type", MEDIA_TYPE.encode())

log = logging.getLogger(__name__)


class Front:
    """Answers reports, and passes everything else on."""

    def __init__(self, app: ASGIApp, state: Any) -> None:
        self.app, self.state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request."""
        if scope["type"] != "http" or scope["path"] != protocol.REPORTS_PATH or scope["method"] != "POST":
            return await self.app(scope, receive, send)
        try:
            intake = intake_of(self.state)
            if intake.is_full:
                raise Busy
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            body = await read_body(receive, headers.get("content-length", ""))
            address = address_of(scope.get("client"), headers, self.state.settings)
            answer = await intake.take(open_envelope("POST", protocol.REPORTS_PATH, headers, body, address))
        except Exception as error:  # noqa: BLE001 - every error is a problem document
            problem = problem_of(error)
            more = [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
            return await _send(send, problem.status, problem.body, [_PROBLEM, *more])
        return await _answer(send, answer)


async def read_body(receive: Receive, declared: str) -> bytes:
    """Read a body within the cap; raises `Problem` 413."""
    if not (declared.isascii() and declared.isdigit() and int(declared[:12]) > protocol.MAX_COMPRESSED_BYTES):
        body = bytearray()
        while len(body) <= protocol.MAX_COMPRESSED_BYTES:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Problem(400, "La demande a été interrompue.")
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        if len(body) <= protocol.MAX_COMPRESSED_BYTES:
            return bytes(body)
    raise Problem(413, f"Une demande ne dépasse pas {protocol.MAX_COMPRESSED_BYTES} octets.")


async def _answer(send: Send, answer: Answer) -> None:
    headers = [_JSON if answer.status < 400 else _PROBLEM, (b"cache-control", b"no-store")]
    if answer.signature:
        headers.append((_SIGNATURE, answer.signature.encode()))
    await _send(send, answer.status, answer.body, headers)


async def _send(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length, *_FIXED]})
    await send({"type": "http.response.body", "body": body})
