"""Where does somebody make a school's codes and links, and decide about its workstations?"""

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from collector.access import Reading
from collector.enrolling import codes, deciding, links
from collector.enrolling.codes import Refused
from collector.pages.routes import page_router, sentence
from collector.problems import Problem
from collector.rendering import page
from collector.store.enrolling import enrolling, place_of_link, school_of_code
from collector.store.enrolments import uai_of
from collector.uai import BadUai, parse_uai

router = page_router()
Count = Annotated[int, Form(ge=1, le=1000)]
Days = Annotated[int, Form(ge=1, le=365)]


@router.get("/ecoles/{uai}/enrolement")
def enrolment_page(request: Request, _reader: Reading, uai: str) -> Response:
    """Show a school's codes and links, and the workstations that wait for a decision."""
    with request.app.state.store.reading() as session:
        found = enrolling(session, _uai(uai))
    if found is None:
        raise Problem(404, f"L'annuaire importé n'a pas d'école {uai}.")
    return page(request, "enrolling.html", found=found, school=found.school)


@router.post("/ecoles/{uai}/codes")
def make_code(
    request: Request, reader: Reading, uai: str, days: Days = 21, uses: Annotated[str, Form(max_length=4)] = ""
) -> Response:
    """Make a code, and show it once, on a sheet to print."""
    if uses and not (uses.isascii() and uses.isdigit() and 1 <= int(uses) <= 1000):
        raise Problem(422, f"Un nombre de postes de 1 à 1000 est attendu, pas « {uses} ».")
    state, uai = request.app.state, _uai(uai)
    try:
        made = codes.make(
            state.store, state.keys.fingerprint, uai, reader.actor, uses=int(uses) if uses else None, days=days
        )
    except Refused as error:
        raise Problem(404, sentence(error)) from None
    answer: Response = page(request, "sheet.html", made=made, uai=uai, address=state.settings.address)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post("/ecoles/{uai}/liens")
def make_link(request: Request, reader: Reading, uai: str, days: Days = 90) -> Response:
    """Make a director's link, and show it once."""
    state, uai = request.app.state, _uai(uai)
    try:
        secret = links.make(state.store, uai, reader.actor, days)
    except Refused as error:
        raise Problem(404, sentence(error)) from None
    address = f"{state.settings.address}/lien/{secret}"
    answer: Response = page(request, "new_link.html", address=address, uai=uai, days=days)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post("/codes/{number}/retirer")
def revoke_code(request: Request, reader: Reading, number: int) -> Response:
    """Withdraw a code."""
    with request.app.state.store.reading() as session:
        uai = school_of_code(session, number)
    codes.revoke(request.app.state.store, number, reader.actor)
    return _back(request, uai)


@router.post("/liens/{number}/retirer")
def revoke_link(request: Request, reader: Reading, number: int) -> Response:
    """Withdraw a link."""
    with request.app.state.store.reading() as session:
        place = place_of_link(session, number) or ""
    links.revoke(request.app.state.store, number, reader.actor)
    return _back(request, place.partition(":")[2])


@router.post("/postes/{id_}/accepter")
def accept(request: Request, reader: Reading, id_: str) -> Response:
    """Count a workstation."""
    deciding.accept(request.app.state.store, id_, reader.actor)
    return _back(request, _school_of(request, id_))


@router.post("/postes/{id_}/refuser")
def refuse(request: Request, reader: Reading, id_: str) -> Response:
    """Stop counting a workstation."""
    deciding.refuse(request.app.state.store, id_, reader.actor)
    return _back(request, _school_of(request, id_))


def _school_of(request: Request, id_: str) -> str | None:
    with request.app.state.store.reading() as session:
        return uai_of(session, id_)


def _back(request: Request, uai: str | None) -> Response:
    return RedirectResponse(f"{request.scope.get('root_path', '')}/ecoles/{uai}/enrolement", 303)


def _uai(text: str) -> str:
    try:
        return parse_uai(text)
    except BadUai as error:
        raise Problem(404, sentence(error)) from None
