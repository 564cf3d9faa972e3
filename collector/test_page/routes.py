"""Where does a person open the test page, and where do its answers go?"""

import time
from typing import Final

from fastapi import APIRouter, Request, WebSocket
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocketDisconnect

from checks.browser.services import asked
from checks.model import Context
from checks.plain import Unreadable
from checks.profile import Profile
from collector.facts import pack
from collector.measure import leased
from collector.problems import Problem
from collector.rendering import SECURITY_HEADERS, page, refusal
from collector.store.engine import Store
from collector.store.generations import serving
from collector.store.tries import find_page_code, keep_try
from collector.tables import School
from collector.test_page.answer import KINDS, MAX_BYTES, read_answer
from collector.test_page.judged import facts_of, judge

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ECHO: Final = "preau"
"""What the page sends through a WebSocket, and expects back."""


class _NotOpen(Exception):
    """A page that cannot be shown: the status, a title and what to do, in French."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(title)
        self.status, self.title, self.detail = status, title, detail


@router.get("/test/{page_code}")
def show(request: Request, page_code: str) -> Response:
    """Show the page: what will be tried, and a form that works without JavaScript."""
    try:
        school, profile = _opened(request.app.state.store, page_code)
    except _NotOpen as no:
        return refusal(request, no.status, no.title, no.detail)
    images = asked(profile.services)
    answer = page(
        request,
        "test_page.html",
        school=school,
        code=page_code,
        kinds=KINDS,
        images=images,
        measures_line="network.throughput" in profile.requirements,
        titles={service.name: service.title for service in profile.services},
        other_address=request.app.state.settings.other_address.rstrip("/"),
    )
    answer.headers["Content-Security-Policy"] = _policy(request, [image.url for image in images])
    return answer


@router.post("/test/{page_code}")
async def take(request: Request, page_code: str) -> Response:
    """Take the answers in, keep what they mean, and say the result at once."""
    store: Store = request.app.state.store
    try:
        school, profile = await run_in_threadpool(_opened, store, page_code)
        answer = read_answer(await _body(request), request.headers.get("user-agent", ""))
    except _NotOpen as no:
        return refusal(request, no.status, no.title, no.detail)
    except Unreadable:  # what was sent is not shown back
        again = "Revenez à la page d'essai et recommencez ; si cela se répète, essayez avec un autre navigateur."
        return refusal(request, 400, "La réponse de ce navigateur est illisible", again)
    now = int(time.time())
    facts = facts_of(answer, profile, now)
    await store.write_async(lambda session: keep_try(session, school.uai, answer.kind, answer.number, now, pack(facts)))
    outcome, verdicts = judge(facts, profile, Context(opens_on=school.opens_on))
    return page(
        request,
        "test_page_result.html",
        school=school,
        profile=profile,
        code=page_code,
        outcome=outcome.value,
        verdicts=verdicts,
        device=KINDS[answer.kind] if answer.number is None else f"{KINDS[answer.kind]} {answer.number}",
    )


@router.post("/test/{page_code}/bail")
async def give_lease(request: Request, page_code: str) -> Response:
    """Give the page leave to measure the school's line, if no workstation does or has lately."""
    try:
        school, _ = await run_in_threadpool(_opened, request.app.state.store, page_code)
    except _NotOpen as no:
        raise Problem(no.status, no.detail) from None
    return await leased(request.app.state.store, lambda _: (school.uai, "page d'essai"))


@router.get("/test/{page_code}/cadre")
def frame(request: Request, page_code: str) -> Response:
    """Give the frame that tries cookies of another site; it is shown by the page from `other_address`."""
    answer = page(request, "test_page_frame.html", code=page_code)
    around = request.app.state.settings.address
    answer.headers["Content-Security-Policy"] = f"default-src 'none'; script-src 'self'; frame-ancestors {around}"
    return answer


@router.websocket("/test/{page_code}/ws")
async def echo(socket: WebSocket) -> None:
    """Send back the one word expected, and close."""
    await socket.accept()
    try:
        if await socket.receive_text() == ECHO:
            await socket.send_text(ECHO)
        await socket.close()
    except WebSocketDisconnect:
        return


def _opened(store: Store, code: str) -> tuple[School, Profile]:
    """Return the school a code opens and its profile; raises `_NotOpen`."""
    ask = "Demandez une nouvelle adresse à la personne qui vous l'a donnée."
    with store.reading() as session:
        found = find_page_code(session, code)
        if found is None:
            raise _NotOpen(404, "Cette page d'essai n'existe pas", f"L'adresse est incomplète ou fausse. {ask}")
        if found.revoked_at is not None or found.expires_at <= time.time():
            raise _NotOpen(
                410, "Cette page d'essai n'est plus ouverte", f"Son adresse a expiré ou a été retirée. {ask}"
            )
        school = session.get_one(School, found.uai)
        profile = serving(session).of(school.profile_id).profile
        session.expunge_all()
    if profile is None:
        raise _NotOpen(503, "Aucun profil n'est publié", "Les exigences de l'ENT de cette école ne sont pas encore là.")
    return school, profile


async def _body(request: Request) -> bytes:
    """Read the form; raises `Unreadable` past `MAX_BYTES`."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BYTES:
            raise Unreadable((), "trop long")
    return bytes(body)


def _policy(request: Request, images: list[str]) -> str:
    """Allow what the page tries and nothing else: its own scripts, the services' images, this collector's socket."""
    other = request.app.state.settings.other_address.rstrip("/")
    socket = str(request.url.replace(scheme="wss" if request.url.scheme == "https" else "ws", path="", query=""))
    return "; ".join(
        (
            SECURITY_HEADERS["Content-Security-Policy"].replace("script-src 'none'", "script-src 'self'"),
            f"img-src 'self' {' '.join(images)}".rstrip(),
            f"connect-src 'self' {socket.rstrip('/')}",
            f"frame-src {other or chr(39) + 'none' + chr(39)}",
        )
    )
