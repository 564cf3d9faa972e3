"""What do workstations ask? Three routes, protocol 1 (`checks.wire`)."""

import hashlib

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from checks import wire as protocol
from collector.egress import address_of
from collector.enrolment import enrol
from collector.envelope import Answer, Envelope, open_envelope
from collector.front import read_body
from collector.intake import intake_of
from collector.problems import MEDIA_TYPE
from collector.profiles import profile_answer

router = APIRouter(tags=["postes"])


@router.post(protocol.ENROLMENTS_PATH, status_code=201)
async def enrolments(request: Request) -> Response:
    """Enrol a workstation with its school's code."""
    state, envelope = request.app.state, await envelope_of(request, protocol.ENROLMENTS_PATH)
    return _response(await enrol(state.store, state.keys, envelope))


@router.get(protocol.PROFILE_PATH)
async def profile(request: Request) -> Response:
    """Give a workstation its profile, its school's context, and what the collector saw of the services."""
    state, envelope = request.app.state, await envelope_of(request, protocol.PROFILE_PATH)
    response = _response(await run_in_threadpool(profile_answer, state.store, state.keys, state.settings, envelope))
    etag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()}"'
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={"ETag": etag})
    response.headers["ETag"] = etag
    return response


@router.post(protocol.REPORTS_PATH, status_code=201)
async def reports(request: Request) -> Response:
    """Take a report in; the receipt is given once it is durable."""
    state, envelope = request.app.state, await envelope_of(request, protocol.REPORTS_PATH)
    return _response(await intake_of(state).take(envelope))


def _response(answer: Answer) -> Response:
    media_type = "application/json" if answer.status < 400 else MEDIA_TYPE
    headers = {protocol.SIGNATURE_HEADER: answer.signature, "Cache-Control": "no-store"}
    return Response(answer.body, answer.status, headers, media_type)


async def envelope_of(request: Request, path: str) -> Envelope:
    """Read a signed request, within the cap; raises `Problem` 413, 400."""
    body = await read_body(request.receive, request.headers.get("content-length", ""))
    address = address_of(request.scope.get("client"), request.headers, request.app.state.settings)
    return open_envelope(request.method, path, request.headers, body, address)
