"""Where do the schools of a territory stand, and what is below it?"""

import time
from typing import Annotated, Any, Final

from fastapi import Query, Request
from fastapi.responses import RedirectResponse, Response

from checks.model import Outcome
from collector.access import Reading
from collector.pages.routes import page_router, readable, sentence
from collector.people.reader import Reader
from collector.rendering import KINDS, page, refusal
from collector.store.overview import Line, below, waves
from collector.store.school_list import above
from collector.store.school_list import page as schools_page
from collector.store.schools import territory_name
from collector.store.summaries import Scope, readiness
from collector.territory import NATION, SCHOOL_KIND, BadTerritory, Territory, parse_territory

router = page_router()

STATES: Final = {
    "pret": Outcome.READY,
    "reserves": Outcome.AT_RISK,
    "non-pret": Outcome.BLOCKED,
    "inconnu": Outcome.UNMEASURED,
}
"""How an outcome is written in an address."""


@router.get("/")
def home(request: Request, reader: Reading) -> Response:
    """Show the whole place of the reader: its counts and its territories; or list the places, when there are some."""
    if len(reader.places) > 1 and reader.place != NATION:
        return _places_page(request, reader)
    if reader.place.kind == SCHOOL_KIND:
        return RedirectResponse(f"{request.scope.get('root_path', '')}/ecoles/{reader.place.code}", 303)
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
        return refusal(request, 404, "Territoire inconnu", sentence(error))
    if asked == NATION:
        return RedirectResponse(f"{request.scope.get('root_path', '')}/", 308)
    return _territory_page(request, reader, asked, chosen=chosen if chosen in STATES else "", after=after)


def _places_page(request: Request, reader: Reader) -> Response:
    """List the places of somebody who has several."""
    with request.app.state.store.reading() as session:
        places = [(place, territory_name(session, place) or str(place)) for place in reader.places]
    return page(request, "places.html", places=places, school_kind=SCHOOL_KIND)


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
            "trail": readable(session, reader, above(session, asked)) if listed else [],
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


def _nothing_there(request: Request, asked: Territory) -> Response:
    if asked == NATION:
        return refusal(
            request,
            200,
            "Aucune école pour l'instant",
            "Importer l'annuaire des écoles : preau-collector schools import FICHIER.",
        )
    return refusal(request, 404, "Territoire inconnu", f"Aucune école ouverte dans « {asked} ».")
