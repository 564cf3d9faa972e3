"""What went wrong? Problem documents (RFC 9457) for programs, in French for people."""

import json
import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from collector.store import DBAPIError, Unavailable
from collector.store.trouble import is_damaged, said_of
from collector.store.writer import Busy
from collector.wire import reason

MEDIA_TYPE: Final = "application/problem+json"
TITLES: Final[Mapping[int, str]] = {
    400: "Demande illisible",
    401: "Identification requise",
    403: "Accès refusé",
    404: "Introuvable",
    405: "Méthode refusée",
    409: "En conflit avec ce qui est déjà là",
    410: "Ce lien ne sert plus",
    413: "Trop grand",
    415: "Format refusé",
    422: "Contenu refusé",
    429: "Trop d'essais",
    500: "Erreur du collecteur",
    503: "Momentanément indisponible",
}

DAMAGED: Final = "La base de données est abîmée : l'exploitant du collecteur doit la rétablir."

log = logging.getLogger(__name__)


class Problem(Exception):
    """A refusal: its HTTP status, and what is wrong and what to do, in French."""

    def __init__(self, status: int, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members  # further members of the document, such as field or report_id

    @property
    def body(self) -> bytes:
        """The document, as the exact bytes sent."""
        return document(self.status, self.detail, **self.members)

    @property
    def response(self) -> Response:
        """The answer to send."""
        return Response(self.body, self.status, self.headers, MEDIA_TYPE)


def document(status: int, detail: str, **members: Any) -> bytes:
    """Lay out a problem document."""
    title = TITLES.get(status, "Erreur")
    return json.dumps(
        {"type": "about:blank", "title": title, "status": status, "detail": detail, **members}, ensure_ascii=False
    ).encode()


def install(app: FastAPI) -> None:
    """Make every error of the app a problem document."""

    @app.exception_handler(Problem)
    async def _problem(_request: Request, problem: Problem) -> Response:
        return problem.response

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> Response:
        detail = TITLES.get(error.status_code, "Erreur") if error.detail in ("Not Found", "Method Not Allowed") else ""
        body = document(error.status_code, detail or str(error.detail))
        return Response(body, error.status_code, error.headers, MEDIA_TYPE)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"][1:])
        return Problem(422, f"{field} : {reason(first['type'], first['msg'])}.", field=field).response

    @app.exception_handler(Busy)
    @app.exception_handler(DBAPIError)
    @app.exception_handler(Exception)
    async def _ours(_request: Request, error: Exception) -> Response:
        return problem_of(error).response


def problem_of(error: Exception) -> Problem:
    """Say what went wrong on our side, or what was refused."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Busy):
        return Problem(503, "Trop de relevés arrivent à la fois.", headers={"Retry-After": "30"})
    if isinstance(error, DBAPIError) and is_damaged(error):
        _log_once(said_of(error))
        return Problem(503, DAMAGED, headers={"Retry-After": "600"})
    if isinstance(error, Unavailable):
        log.error("the database does not answer: %s", error.orig)
        return Problem(503, "La base de données ne répond pas.", headers={"Retry-After": "60"})
    log.error("a fault of ours", exc_info=error)
    return Problem(500, "Une faute du collecteur ; elle est dans son journal.")


@lru_cache(maxsize=8)
def _log_once(said: str) -> None:
    """Log what every request would say again."""
    log.critical("%s", said)
