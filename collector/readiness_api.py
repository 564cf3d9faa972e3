"""Where do schools stand? The readiness summary and one school's readiness, for programs."""

import hashlib
import time
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from collector.access import Reading
from collector.answers import SchoolReadiness, Sector, TerritoryReadiness
from collector.problems import MEDIA_TYPE, Problem
from collector.store.school_summary import school_readiness
from collector.store.summaries import Scope
from collector.sums import rolled_up
from collector.territory import BadTerritory, parse_territory
from collector.uai import BadUai, parse_uai

router = APIRouter(prefix="/api/v1", tags=["readiness"])

_PROBLEM: Final = {"content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}
_REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    401: {"description": "No bearer token, or one that is not valid", **_PROBLEM},
    403: {"description": "Outside the place of the token", **_PROBLEM},
    404: {"description": "No such school or territory here", **_PROBLEM},
    422: {"description": "Not a territory, a wave, a sector or a UAI", **_PROBLEM},
}


_UNCHANGED: Final[dict[int | str, dict[str, Any]]] = {
    304: {"description": "Nothing but the date differs from the answer that `If-None-Match` names"}
}


@router.get("/readiness", responses=_REFUSALS | _UNCHANGED, response_model=TerritoryReadiness)
def territory_readiness(
    request: Request,
    reader: Reading,
    territory: Annotated[
        str | None, Query(description="`nation`, `academie:16`, …; the whole place of the reader if left out")
    ] = None,
    wave: Annotated[str | None, Query(description="only the schools of this wave of deployment")] = None,
    sector: Annotated[Sector | None, Query(description="only the schools of this sector")] = None,
) -> Response:
    """Counts by outcome, coverage, top causes by actor, as of when: the open schools of a territory.

    Its `ETag` names all of it but `as_of`: whoever asks often sends it back in `If-None-Match`.
    """
    try:
        asked = parse_territory(territory) if territory else reader.place
        if wave is not None:
            wave = parse_territory(f"wave:{wave}").code
    except BadTerritory as error:
        raise Problem(422, str(error), field="territory" if wave is None else "wave") from None
    with request.app.state.store.reading() as session:
        reader.check(session, asked)
        sums = rolled_up(request.app).at(session)
        found = sums.readiness(session, Scope(territory=asked, wave=wave, sector=sector))
    if found is None:
        raise Problem(404, f"Aucune école ouverte dans « {asked} » : vérifier son code.")
    tag = f'W/"{hashlib.sha256(found.model_dump_json(exclude={"as_of"}).encode()).hexdigest()[:32]}"'
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"ETag": tag})
    return Response(found.model_dump_json(), media_type="application/json", headers={"ETag": tag})


@router.get("/schools/{uai}/readiness", responses=_REFUSALS)
def one_school_readiness(request: Request, reader: Reading, uai: str) -> SchoolReadiness:
    """One school: its outcome and why, its workstations, and what each actor has to do."""
    try:
        uai = parse_uai(uai)
    except BadUai as error:
        raise Problem(422, str(error), field="uai") from None
    with request.app.state.store.reading() as session:
        reader.check(session, uai)
        found = school_readiness(session, uai, int(time.time()))
    if found is None:
        raise Problem(404, f"Aucune école {uai} dans l'annuaire importé.")
    return found
