"""What do people see? Server-rendered pages in French, which need no JavaScript."""

import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute

from checks.model import Outcome
from collector.access import Reader, Reading
from collector.problems import TITLES, Problem
from collector.rendering import KINDS, SECURITY_HEADERS, STATIC_TYPES, page, refusal, static, theme_file
from collector.store import Session
from collector.store.overview import Line, below, waves
from collector.store.school_list import MAIN_TREE, above, places_of
from collector.store.school_list import page as schools_page
from collector.store.school_summary import school_readiness
from collector.store.summaries import Scope, readiness
from collector.territory import NATION, BadTerritory, Territory, parse_territory
from collector.uai import BadUai, parse_uai


class _PageRoute(APIRoute):
    """A route whose refusals are pages, not problem documents."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def answer_or_refuse(request: Request) -> Response:
            try:
                return await answer(request)
            except Problem as problem:
                response = refusal(request, problem.status, TITLES[problem.status], problem.detail)
                response.headers.update(problem.headers)
                return response

        return answer_or_refuse


router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=_PageRoute)

STATES: Final = {
    "pret": Outcome.READY,
    "reserves": Outcome.AT_RISK,
    "non-pret": Outcome.BLOCKED,
    "inconnu": Outcome.UNMEASURED,
}
"""How an outcome is written in an address."""


@router.get("/")
def home(request: Request, reader: Reading) -> Response:
    """Show the whole place of the reader: its counts and its territories."""
    return _territory_page(request, reader, reader.place, listed=False)


@router.get("/territoires/{id_}")
def territory(
    request: Request,
    reader: Reading,
    id_: str,
    chosen: Annotated[str, Query(alias="etat")] = "",
    after: Annotated[str, Query(alias="apres")] = "",
) -> Response:
    """Show a territory: its counts, what is below it, and its schools, a hundred a page."""
    try:
        asked = parse_territory(id_)
    except BadTerritory as error:
        return refusal(request, 404, "Territoire inconnu", f"{str(error)[:1].upper()}{str(error)[1:]}.")
    if asked == NATION:
        return RedirectResponse(f"{request.scope.get('root_path', '')}/", 308)
    return _territory_page(request, reader, asked, chosen=chosen if chosen in STATES else "", after=after)


@router.get("/ecoles/{uai}")
def school(request: Request, reader: Reading, uai: str) -> Response:
    """Show one school: its outcome, its coverage, its workstations, and what each actor must do."""
    try:
        uai = parse_uai(uai)
    except BadUai as error:
        return refusal(request, 404, "École inconnue", f"{str(error)[:1].upper()}{str(error)[1:]}.")
    with request.app.state.store.reading() as session:
        reader.check(session, uai)
        found = school_readiness(session, uai, int(time.time()))
        if found is None:
            return refusal(request, 404, "École inconnue", f"L'annuaire importé n'a pas d'école {uai}.")
        places = _readable(session, reader, places_of(session, uai))
    w = found.workstations
    return page(
        request,
        "school.html",
        found=found,
        trail=[(t, name) for t, name in places if t.kind in MAIN_TREE],
        places={t.kind: t for t, _ in places},
        latest=max((s.observed_at for s in found.stations if s.observed_at), default=None),
        missing=max(0, (w.expected or 0) - w.measured),
    )


@router.get("/static/{name}")
def static_file(request: Request, name: str) -> Response:
    """Serve the style sheet, the icon, and the operator's theme."""
    headers = {**SECURITY_HEADERS, "Cache-Control": "public, max-age=3600"}
    theme = theme_file(request) if name == "theme.css" else None
    if theme is not None:
        return Response(theme.read_bytes(), headers=headers, media_type="text/css; charset=utf-8")
    if name not in STATIC_TYPES:
        return refusal(request, 404, "Page inconnue", "Cette adresse ne mène à rien.")
    return Response(static(name), headers=headers, media_type=STATIC_TYPES[name])


def _territory_page(
    request: Request, reader: Reader, asked: Territory, *, listed: bool = True, chosen: str = "", after: str = ""
) -> Response:
    scope = Scope(territory=asked)
    with request.app.state.store.reading() as session:
        reader.check(session, asked)
        found = readiness(session, scope, int(time.time()))
        if found is None or not found.schools.total:
            return _nothing_there(request, asked)
        schools, following = (
            schools_page(session, scope.clauses(), outcome=STATES.get(chosen), after=after) if listed else (None, None)
        )
        context: dict[str, Any] = {
            "below": below(session, scope),
            "waves": waves(session, scope) if asked.kind != "wave" else [],
            "trail": _readable(session, reader, above(session, asked)) if listed else [],
        }
    return page(
        request,
        "territory.html",
        found=found,
        heading=found.territory.name if listed or asked != NATION else "Les écoles de France et leur ENT",
        kind=KINDS[asked.kind],
        below_title=_title(context["below"]),
        schools=schools,
        following=following,
        chosen=chosen,
        after=after,
        states=STATES,
        **context,
    )


def _title(lines: list[Line]) -> str:
    """Name the kinds of territory that a tree shows."""
    kinds = [KINDS[kind] for kind in dict.fromkeys(line.territory.kind for line in lines if line.territory)]
    return "Par " + " et ".join(filter(None, (", ".join(kinds[:-1]), *kinds[-1:])))


def _readable(
    session: Session, reader: Reader, territories: list[tuple[Territory, str]]
) -> list[tuple[Territory, str]]:
    """Keep the territories that this reader may open."""
    kept = []
    for territory, name in territories:
        with suppress(Problem):
            reader.check(session, territory)
            kept.append((territory, name))
    return kept


def _nothing_there(request: Request, asked: Territory) -> Response:
    if asked == NATION:
        return refusal(
            request,
            200,
            "Aucune école pour l'instant",
            "Importer l'annuaire des écoles : preau-collector schools import FICHIER.",
        )
    return refusal(request, 404, "Territoire inconnu", f"Aucune école ouverte dans « {asked} ».")
