"""Which school is meant? By name, commune or UAI; names are never unique, so each is shown with both."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Request
from fastapi.responses import RedirectResponse, Response

from collector.access import Reading
from collector.names import searched
from collector.pages.routes import asked_filters, page_router
from collector.rendering import page
from collector.store.school_list import communes_named, school_exists
from collector.store.school_list import page as schools_page
from collector.store.summaries import Scope
from collector.territory import NATION
from collector.uai import BadUai, parse_uai

router = page_router()
MOST_SIGNS = 100


@router.get("/recherche")
def search(
    request: Request,
    reader: Reading,
    asked: Annotated[str, Query(alias="q")] = "",
    after: Annotated[str, Query(alias="apres")] = "",
) -> Response:
    """Show the schools of the reader's place that have every word; a whole UAI leads to its school."""
    asked, filters = " ".join(asked.split())[:MOST_SIGNS], asked_filters(request)
    with request.app.state.store.reading() as session:
        try:
            uai = parse_uai(asked)
        except BadUai:
            pass
        else:
            if school_exists(session, uai) and reader.reads(session, uai):
                return RedirectResponse(f"{request.scope.get('root_path', '')}/ecoles/{uai}", 303)
        scope = replace(Scope.of(NATION, filters), places=reader.places, text=asked)
        has_words = bool(searched(asked))
        chooses = has_words or bool(filters)
        schools, following = schools_page(session, scope, after=after) if chooses else ([], None)
        communes = communes_named(session, scope) if has_words and not after else []
    return page(
        request,
        "search.html",
        asked=asked,
        chooses=chooses,
        filters=filters,
        address=f"?{urlencode([(name, word) for name, word in {'q': asked, **filters.chosen}.items() if word])}",
        schools=schools,
        communes=communes,
        following=following,
        after=after,
    )
