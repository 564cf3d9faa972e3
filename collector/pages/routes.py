"""How does a page's route refuse? With a page too: people never meet a problem document."""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import APIRoute

from collector.filters import BadFilter, Filters, read
from collector.people.reader import Reader
from collector.problems import TITLES, Problem
from collector.rendering import refusal
from collector.store import Session
from collector.territory import Territory


class PageRoute(APIRoute):
    """A route whose refusals are pages, not problem documents."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler, so that what it raises becomes a page."""
        answer = super().get_route_handler()

        async def answer_or_refuse(request: Request) -> Response:
            try:
                return await answer(request)
            except Problem as problem:
                if problem.status == 401 and request.method == "GET":
                    return sign_in_first(request)
                response = refusal(request, problem.status, TITLES[problem.status], problem.detail)
                response.headers.update(problem.headers)
                return response
            except RequestValidationError:
                return refusal(request, 422, TITLES[422], "L'adresse ou le formulaire porte une valeur illisible.")

        return answer_or_refuse


def sign_in_first(request: Request) -> Response:
    """Lead to where one signs in, and back."""
    root = request.scope.get("root_path", "")
    asked = request.url.path.removeprefix(root) + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{root}/connexion?suite={quote(asked, safe='')}", 303)


def page_router() -> APIRouter:
    """Return a router of pages."""
    return APIRouter(route_class=PageRoute)


def sentence(problem: object) -> str:
    """Return what went wrong as a sentence of a page."""
    words = str(problem)
    return f"{words[:1].upper()}{words[1:]}."


def asked_filters(request: Request) -> Filters:
    """Read the filters of the address; raises `Problem` 422 that names the one that means nothing."""
    try:
        return read(request.query_params)
    except BadFilter as error:
        raise Problem(422, sentence(error)) from None


def readable(session: Session, reader: Reader, places: list[tuple[Territory, str]]) -> list[tuple[Territory, str]]:
    """Keep the territories that this reader may open."""
    kept = []
    for territory, name in places:
        with suppress(Problem):
            reader.check(session, territory)
            kept.append((territory, name))
    return kept
