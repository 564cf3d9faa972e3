"""Where does one school stand, why, and what must each actor do?"""

import time
from collections.abc import Sequence
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import Response

from collector.access import Reading
from collector.answers import StationAnswer
from collector.charts import history
from collector.letters import letters
from collector.matrix import ACROSS, matrix
from collector.pages.routes import page_router, readable, sentence
from collector.people.roles import Role
from collector.rendering import page, refusal
from collector.store.contacts import nearest
from collector.store.history import outcome_changes
from collector.store.school_list import MAIN_TREE, places_of
from collector.store.school_summary import school_readiness
from collector.test_page.judged import devices_of
from collector.uai import BadUai, parse_uai

router = page_router()
MOST_CHANGES = 20
MOST_DEVICES = 40


@router.get("/ecoles/{uai}")
def school(request: Request, reader: Reading, uai: str, after: Annotated[str, Query(alias="poste")] = "") -> Response:
    """Show one school: its outcome, its coverage, its workstations, and what each actor must do."""
    try:
        uai = parse_uai(uai)
    except BadUai as error:
        return refusal(request, 404, "École inconnue", sentence(error))
    with request.app.state.store.reading() as session:
        reader.check(session, uai)
        found = school_readiness(session, uai, int(time.time()))
        if found is None:
            return refusal(request, 404, "École inconnue", f"L'annuaire importé n'a pas d'école {uai}.")
        places = readable(session, reader, places_of(session, uai))
        changes = outcome_changes(session, uai)
        devices = devices_of(session, uai)
        contacts = nearest(session, [place for place, _ in places_of(session, uai)])
        leads = reader.may(session, Role.PILOTE, uai)
    w = found.workstations
    stations, following = _page_of(found.stations, after)
    return page(
        request,
        "school.html",
        found=found,
        devices=devices[:MOST_DEVICES],
        trail=[(t, name) for t, name in places if t.kind in MAIN_TREE],
        places={t.kind: t for t, _ in places},
        latest=max((s.observed_at for s in found.stations if s.observed_at), default=None),
        missing=max(0, (w.expected or 0) - w.measured),
        stations=stations,
        after=after,
        following=following,
        matrix=matrix(found, stations),
        contacts=contacts,
        leads=leads,
        letters=letters(found, f"{request.app.state.settings.address}/ecoles/{uai}"),
        changes=changes[::-1][:MOST_CHANGES],
        band=history.draw(changes, int(time.time())),
    )


def _page_of(stations: Sequence[StationAnswer], after: str) -> tuple[Sequence[StationAnswer], str | None]:
    """Return the workstations that follow the one with a tag, and the tag to give for those that follow them."""
    start = next((number for number, s in enumerate(stations, start=1) if s.tag == after), 0)
    some = stations[start : start + ACROSS]
    return some, some[-1].tag if len(stations) > start + ACROSS else None
