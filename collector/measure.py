"""How far, and how wide, is the line to a school? A small answer for anybody, large ones with a lease."""

import hashlib
import os
import re
import secrets
import time
from collections.abc import AsyncIterator, Callable
from typing import Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from checks import line
from collector.agent_api import envelope_of
from collector.envelope import Envelope, authenticate
from collector.problems import Problem
from collector.store import Session
from collector.store.engine import Store
from collector.store.line import lease, spend
from collector.tables import Workstation

router = APIRouter(tags=["ligne"])
_KEEP_NOTHING: Final = {"Cache-Control": "no-store, no-transform"}
_NOISE: Final = os.urandom(64 * 1024)
"""What is sent down: nothing on the way can make it smaller."""


@router.get(line.PING_PATH)
async def ping(n: str) -> PlainTextResponse:
    """Repeat a number: it shows a clock, a portal, and how long the way is."""
    if not re.fullmatch(rf"[0-9a-zA-Z]{{1,{line.MAX_NUMBER_LENGTH}}}", n):
        raise Problem(400, "Un ping porte un nombre (n), de chiffres et de lettres.", field="n")
    return PlainTextResponse(line.pong(n), headers=_KEEP_NOTHING)


@router.post(line.LEASE_PATH, status_code=201)
async def give_lease(request: Request) -> JSONResponse:
    """Give a workstation leave to measure the line of its school, if nobody else does or has lately."""
    store: Store = request.app.state.store
    envelope = await envelope_of(request, line.LEASE_PATH)
    await run_in_threadpool(_known, store, envelope)

    def holder(session: Session) -> tuple[str, str]:
        workstation = session.get_one(Workstation, authenticate(session, envelope).workstation_id)
        return workstation.uai, workstation.id

    return await leased(store, holder)


async def leased(store: Store, holder: Callable[[Session], tuple[str, str]]) -> JSONResponse:
    """Answer a lease of a school's line to who asks, as `holder` tells (UAI, id); raises `Problem` 409."""
    secret = secrets.token_urlsafe(24)
    digest = hashlib.sha256(secret.encode()).hexdigest()
    wait_s = await store.write_async(lambda session: lease(session, *holder(session), digest, int(time.time())))
    if wait_s is not None:
        detail = "La ligne de cette école vient d'être mesurée, ou l'est en ce moment."
        raise Problem(409, detail, headers={"Retry-After": str(wait_s)})
    limits = {"seconds": line.LEASE_S, "down_bytes": line.MAX_DOWN_BYTES, "up_bytes": line.MAX_UP_BYTES}
    return JSONResponse({"lease": secret, **limits}, 201, headers=_KEEP_NOTHING)


@router.get(line.DOWN_PATH)
async def down(request: Request) -> Response:
    """Send so many bytes that mean nothing."""
    asked = request.query_params.get("bytes", "")
    if not (asked.isascii() and asked.isdigit() and 0 < int(asked[:12]) <= line.MAX_DOWN_BYTES):
        raise Problem(400, f"De 1 à {line.MAX_DOWN_BYTES} octets sont demandés.", field="bytes")
    await _may_measure(request, int(asked))
    headers = {**_KEEP_NOTHING, "Content-Length": asked}
    return StreamingResponse(_noise(int(asked)), media_type="application/octet-stream", headers=headers)


@router.post(line.UP_PATH)
async def up(request: Request) -> PlainTextResponse:
    """Take bytes that mean nothing, and tell how many came."""
    declared = request.headers.get("content-length", "")
    if not (declared.isascii() and declared.isdigit() and 0 < int(declared[:12]) <= line.MAX_UP_BYTES):
        raise Problem(411, f"De 1 à {line.MAX_UP_BYTES} octets sont envoyés, et annoncés.", field="Content-Length")
    await _may_measure(request, int(declared))
    came = 0
    async for part in request.stream():
        came += len(part)
    return PlainTextResponse(f"{came}\n", headers=_KEEP_NOTHING)


async def _may_measure(request: Request, asked_bytes: int) -> None:
    """Take the bytes asked for off the lease that the request carries; raises `Problem` 403."""
    secret = hashlib.sha256(request.headers.get(line.LEASE_FIELD, "").encode()).hexdigest()
    store: Store = request.app.state.store
    if not await store.write_async(lambda session: spend(session, secret, asked_bytes, int(time.time()))):
        raise Problem(403, "Mesurer le débit demande un bail en cours, et qui n'est pas épuisé.")


async def _noise(size: int) -> AsyncIterator[bytes]:
    while size > 0:
        part = _NOISE[:size]
        size -= len(part)
        yield part


def _known(store: Store, envelope: Envelope) -> None:
    """Refuse who is not a workstation in use; raises `Problem` 401."""
    with store.reading() as session:
        authenticate(session, envelope)
