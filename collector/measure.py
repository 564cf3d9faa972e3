"""How far, and how wide, is the line to a school? Small answers for anybody, large ones with a lease."""

import re

from fastapi import APIRouter
from starlette.responses import PlainTextResponse

from checks import line
from collector.problems import Problem

router = APIRouter(tags=["ligne"])
_KEEP_NOTHING = {"Cache-Control": "no-store"}


@router.get(line.PING_PATH)
async def ping(n: str) -> PlainTextResponse:
    """Repeat a number: it shows a clock, a portal, and how long the way is."""
    if not re.fullmatch(rf"[0-9a-zA-Z]{{1,{line.MAX_NUMBER_LENGTH}}}", n):
        raise Problem(400, "Un ping porte un nombre (n), de chiffres et de lettres.", field="n")
    return PlainTextResponse(line.pong(n), headers=_KEEP_NOTHING)
