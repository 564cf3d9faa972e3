"""Is the rule of this route met? Held before every route is run, from the table in `collector.rules`."""

import hmac
import time
from collections.abc import Iterator
from typing import Annotated, Final

from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from collector.people.forms import form_secret, form_token, session_secret
from collector.people.reader import Reader
from collector.people.roles import Grant, Role
from collector.problems import Problem
from collector.rules import RULES, WEBSOCKET, Route, Rule
from collector.store import Session
from collector.store.people import reader_of_session
from collector.store.tokens import find_token
from collector.territory import parse_place

MAX_FORM_BYTES: Final = 64 * 1024
FORM_TOKEN_HEADER: Final = "Preau-Form-Token"  # noqa: S105 - a header's name
SAFE: Final = ("GET", "HEAD", "OPTIONS")


class RulesError(RuntimeError):
    """Routes and rules that do not go together: nothing may be served."""


def require_rules(app: FastAPI) -> None:
    """Raise `RulesError` unless every route has its rule, and every rule its route."""
    routes = dict(routes_of(app))
    problems = [f"{method} {path} has no rule" for method, path in routes.keys() - RULES.keys()]
    problems += [f"the rule of {method} {path} has no route" for method, path in RULES.keys() - routes.keys()]
    problems += [
        f"{method} {path} needs somebody, and is not guarded"
        for (method, path), is_guarded in routes.items()
        if not is_guarded and (rule := RULES.get((method, path))) is not None and rule.role is not None
    ]
    if problems:
        raise RulesError("; ".join(sorted(problems)) + " (collector/rules.py)")


def routes_of(app: FastAPI) -> Iterator[tuple[Route, bool]]:
    """Yield every route of the app, and whether `guard` runs before it."""
    for context in iter_route_contexts(app.routes):
        path = getattr(context, "path", None)
        if path is None:
            raise RulesError(f"{context!r} is no route that a rule can be written for")
        for method in sorted(set(getattr(context, "methods", None) or (WEBSOCKET,)) - {"HEAD", "OPTIONS"}):
            yield (method, path), isinstance(context.original_route, APIRoute)


async def guard(connection: HTTPConnection) -> None:
    """Raise `Problem` 401 or 403 unless the rule of the route is met; keep who asks in the request's state."""
    rule = RULES.get((connection.scope.get("method", WEBSOCKET), connection.scope["route"].path))
    if rule is None:  # the app does not start so; a test app may
        raise Problem(403, "Cette adresse n'a pas de règle d'accès.")
    if rule.role is None and not rule.form:
        return
    if not isinstance(connection, Request):
        raise Problem(403, "Aucun échange WebSocket n'est réservé à quelqu'un.")
    request = connection
    said = "" if request.method in SAFE else await _form_token(request)
    await run_in_threadpool(_admit, request, rule, said)


def _admit(request: Request, rule: Rule, said: str) -> None:
    if rule.role is None:
        return _check_form(form_token(form_secret(request)), said)
    with request.app.state.store.glancing() as session:
        found = _recognised(request, session)
        if found is None:
            raise Problem(401, "Il faut s'identifier.", headers={"WWW-Authenticate": 'Bearer realm="preau"'})
        if found.form_token and request.method not in SAFE:
            _check_form(found.form_token, said)
        assert rule.place is not None
        asked = rule.place(request, session, found)
        if not (found.has(rule.role) if asked is None else found.may(session, rule.role, asked)):
            raise found.refusal(rule.role)
    request.state.reader = found
    return None


def _recognised(request: Request, session: Session) -> Reader | None:
    now = int(time.time())
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token = find_token(session, secret.strip(), now)
        if token is None:
            return None
        return Reader(actor=f"token:{token.id}", grants=(Grant(Role(token.role), parse_place(token.place)),))
    return reader_of_session(session, session_secret(request), now)


async def _form_token(request: Request) -> str:
    """Read what proves that a page of ours was filled in; "" when there is none. Raises `Problem` 413."""
    length = request.headers.get("content-length", "0")
    if "transfer-encoding" in request.headers or not length.isdigit() or int(length[:12]) > MAX_FORM_BYTES:
        raise Problem(413, f"Un formulaire ne dépasse pas {MAX_FORM_BYTES} octets, et dit sa longueur.")
    said = request.headers.get(FORM_TOKEN_HEADER)
    if said is None and request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        said = (await request.form()).get("csrf")  # type: ignore[assignment]
    return said if isinstance(said, str) else ""


def _check_form(expected: str, said: str) -> None:
    if not expected or not hmac.compare_digest(expected.encode(), said.encode()):
        raise Problem(403, "Ce formulaire a expiré ou vient d'une autre page : rouvrez la page et recommencez.")


async def reader(request: Request) -> Reader:
    """Return who asks, as `guard` found. A coroutine: a plain function would be run in another thread."""
    found: Reader = request.state.reader
    return found


Reading = Annotated[Reader, Depends(reader)]
