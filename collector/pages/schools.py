"""Where does one school stand, why, and what must each actor do?"""

import time

from fastapi import Request
from fastapi.responses import Response

from collector.access import Reading
from collector.pages.routes import page_router, readable, sentence
from collector.rendering import page, refusal
from collector.store.school_list import MAIN_TREE, places_of
from collector.store.school_summary import school_readiness
from collector.test_page.judged import devices_of
from collector.uai import BadUai, parse_uai

router = page_router()


@router.get("/ecoles/{uai}")
def school(request: Request, reader: Reading, uai: str) -> Response:
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
        devices = devices_of(session, uai)
    w = found.workstations
    return page(
        request,
        "school.html",
        found=found,
        devices=devices,
        trail=[(t, name) for t, name in places if t.kind in MAIN_TREE],
        places={t.kind: t for t, _ in places},
        latest=max((s.observed_at for s in found.stations if s.observed_at), default=None),
        missing=max(0, (w.expected or 0) - w.measured),
    )
