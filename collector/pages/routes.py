"""How does a page's route refuse? With a page too: people never meet a problem document."""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute

from collector.access import Reader
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
                response = refusal(request, problem.status, TITLES[problem.status], problem.detail)
                response.headers.update(problem.headers)
                return response
            except RequestValidationError:
                return refusal(request, 422, TITLES[422], "L'adresse ou le formulaire porte une valeur illisible.")

        return answer_or_refuse


def page_router() -> APIRouter:
    """Return a router of pages."""
    return APIRouter(route_class=PageRoute)


def sentence(problem: object) -> str:
    """Return what went wrong as a sentence of a page."""
    words = str(problem)
    return f"{words[:1].upper()}{words[1:]}."


def readable(session: Session, reader: Reader, places: list[tuple[Territory, str]]) -> list[tuple[Territory, str]]:
    """Keep the territories that this reader may open."""
    kept = []
    for territory, name in places:
        with suppress(Problem):
            reader.check(session, territory)
            kept.append((territory, name))
    return kept
