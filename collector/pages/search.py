"""Which school is meant? By name, commune or UAI; names are never unique, so each is shown with both."""

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import RedirectResponse, Response

from collector.access import Reading
from collector.names import searched
from collector.pages.routes import page_router
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
    asked = " ".join(asked.split())[:MOST_SIGNS]
    with request.app.state.store.reading() as session:
        try:
            uai = parse_uai(asked)
        except BadUai:
            pass
        else:
            if school_exists(session, uai) and reader.reads(session, uai):
                return RedirectResponse(f"{request.scope.get('root_path', '')}/ecoles/{uai}", 303)
        scope = Scope(territory=NATION, places=reader.places, text=asked)
        has_words = bool(searched(asked))
        schools, following = schools_page(session, scope, after=after) if has_words else ([], None)
        communes = communes_named(session, scope) if has_words and not after else []
    return page(
        request,
        "search.html",
        asked=asked,
        has_words=has_words,
        schools=schools,
        communes=communes,
        following=following,
        after=after,
    )
