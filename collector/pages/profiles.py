"""By which profiles are schools judged, and how far is the judging by the next one?"""

import time
from typing import Annotated, Final, Literal

from fastapi import Query, Request
from fastapi.responses import Response

from collector.access import Reading
from collector.pages.routes import page_router
from collector.rendering import page
from collector.store.publications import in_force, under_way
from collector.sums import rolled_up

router = page_router()
AGAIN_S: Final = 10
"""How often a page that follows a publication asks for itself again, if whoever reads it wants it to."""


@router.get("/profils")
def profiles(
    request: Request,
    reader: Reading,  # noqa: ARG001 - whoever is recognised may know
    follow: Annotated[Literal["oui", ""], Query(alias="suivre")] = "",
) -> Response:
    """Show the profiles in force and the publication under way; it loads again by itself only when asked to."""
    with request.app.state.store.reading() as session:
        sums = rolled_up(request.app).at(session)
        found, begun = in_force(session, sums.serving, sums.known.ledger), under_way(session, int(time.time()))
    follows = bool(follow) and begun is not None
    answer = page(request, "profiles.html", found=found, begun=begun, follows=follows, again_s=AGAIN_S)
    if follows:
        answer.headers["Refresh"] = str(AGAIN_S)
    return answer
