"""The one route that must be quick: reports, answered before the framework is asked.

It says what the route of `collector.agent_api` says, with fewer steps; everything else goes on to the app.
"""

import time
from typing import Final

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from checks import wire as protocol
from collector.egress import address_of
from collector.envelope import Answer, open_envelope
from collector.intake import intake_of
from collector.problems import MEDIA_TYPE, Problem, problem_of
from collector.store.writer import Busy

_Headers = list[tuple[bytes, bytes]]
_SIGNATURE: Final = protocol.SIGNATURE_HEADER.lower().encode()
_JSON: Final = (b"content-type", b"application/json")
_PROBLEM: Final = (b"content-type", MEDIA_TYPE.encode())
_FIXED: Final = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
"""What `collector.headers` adds, as far as it means something for what no browser shows."""


class Fronted(FastAPI):
    """An application that answers reports itself, and leaves everything else to the framework."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request."""
        if scope["type"] != "http" or scope["path"] != protocol.REPORTS_PATH or scope["method"] != "POST":
            return await super().__call__(scope, receive, send)
        began = time.perf_counter()
        try:
            answer = await self._take(scope, receive)
        except Exception as error:  # noqa: BLE001 - every error is a problem document
            problem = problem_of(error)
            more = [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
            status = problem.status
            await _send(send, status, problem.body, [_PROBLEM, *more])
        else:
            status = answer.status
            more = [(_SIGNATURE, answer.signature.encode())] if answer.signature else []
            await _send(send, status, answer.body, [_JSON if status < 400 else _PROBLEM, *more])
        self.state.metrics.observe_report(status, time.perf_counter() - began)
        return None

    async def _take(self, scope: Scope, receive: Receive) -> Answer:
        intake = intake_of(self.state)
        if intake.is_full:
            raise Busy
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        body = await read_body(receive, headers.get("content-length", ""))
        address = address_of(scope.get("client"), headers, self.state.settings)
        return await intake.take(open_envelope("POST", protocol.REPORTS_PATH, headers, body, address))


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


async def _send(send: Send, status: int, body: bytes, headers: _Headers) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length, *_FIXED]})
    await send({"type": "http.response.body", "body": body})
