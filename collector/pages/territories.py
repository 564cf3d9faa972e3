"""Where do the schools of a territory stand, what blocks them, and what is below it?"""

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import RedirectResponse, Response

from collector.access import Reading
from collector.filters import Filters
from collector.pages.routes import asked_filters, page_router, readable, sentence
from collector.pages.standing import standings
from collector.people.reader import Reader
from collector.rendering import KINDS, page, refusal
from collector.store.overview import Line
from collector.store.school_list import above
from collector.store.school_list import page as schools_page
from collector.store.schools import territory_name
from collector.store.summaries import Scope
from collector.territory import NATION, SCHOOL_KIND, BadTerritory, Territory, parse_territory

router = page_router()
MOST_LISTED = 2000
"""Schools past which a wave, with its map and its départements, leaves their list to the search."""


@router.get("/")
def home(request: Request, reader: Reading, after: Annotated[str, Query(alias="apres")] = "") -> Response:
    """Show the whole place of the reader; a nation's schools are listed by `/recherche`. Or list the places."""
    if len(reader.places) > 1 and reader.place != NATION:
        return _places_page(request, reader)
    if reader.place.kind == SCHOOL_KIND:
        return RedirectResponse(f"{request.scope.get('root_path', '')}/ecoles/{reader.place.code}", 303)
    return _territory_page(request, reader, reader.place, asked_filters(request), after)


@router.get("/territoires/{id_}")
def territory(
    request: Request, reader: Reading, id_: str, after: Annotated[str, Query(alias="apres")] = ""
) -> Response:
    """Show a territory: its counts, what is below it, and its schools, page by page."""
    try:
        asked = parse_territory(id_)
    except BadTerritory as error:
        return refusal(request, 404, "Territoire inconnu", sentence(error))
    if asked == NATION:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{request.scope.get('root_path', '')}/{query}", 308)
    return _territory_page(request, reader, asked, asked_filters(request), after)


def _places_page(request: Request, reader: Reader) -> Response:
    """List the places of somebody who has several."""
    with request.app.state.store.reading() as session:
        places = [(place, territory_name(session, place) or str(place)) for place in reader.places]
    return page(request, "places.html", places=places, school_kind=SCHOOL_KIND)


def _territory_page(request: Request, reader: Reader, asked: Territory, filters: Filters, after: str) -> Response:
    scope = Scope.of(asked, filters)
    with request.app.state.store.reading() as session:
        reader.check(session, asked)
        standing = standings(request.app).get(session, scope)
        if standing is None or not (standing.found.schools.total or filters):
            return _nothing_there(request, asked)
        elsewhere = _listed_elsewhere(asked, filters, standing.found.schools.total)
        schools, following = (None, None) if elsewhere is not None else schools_page(session, scope, after=after)
        trail = readable(session, reader, above(session, asked)) if asked != reader.place else []
    return page(
        request,
        "territory.html",
        standing=standing,
        found=standing.found,
        heading="Les écoles de France et leur ENT" if asked == NATION else standing.found.territory.name,
        asked=asked,
        kind=KINDS[asked.kind],
        below_title=_title(standing.below),
        schools=schools,
        following=following,
        filters=filters,
        wave_choices=_choices(standing.waves, filters),
        after=after,
        elsewhere=elsewhere,
        trail=trail,
    )


def _listed_elsewhere(asked: Territory, filters: Filters, schools: int) -> Filters | None:
    """Return the filters by which `/recherche` lists the schools of a place too large for its page, or None."""
    if asked == NATION:
        return filters
    return filters.having(wave=asked.code) if asked.kind == "wave" and schools > MOST_LISTED else None


def _choices(lines: list[Line], filters: Filters) -> list[tuple[str, str]] | None:
    """Return the waves that a filter may choose, as addresses and people write them; None where there is none."""
    codes = [line.territory.code for line in lines if line.territory]
    codes += [filters.wave] if filters.wave and filters.wave not in codes else []
    return [(code, code) for code in codes] or None


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
