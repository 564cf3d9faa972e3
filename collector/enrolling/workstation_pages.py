"""Where does somebody say that a workstation left, came back, moved, or was reinstalled?"""

from collections.abc import Callable
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from collector.access import Reading
from collector.enrolling import whereabouts
from collector.enrolling.codes import Refused
from collector.pages.routes import page_router, sentence
from collector.people.roles import Role
from collector.problems import Problem
from collector.rendering import page
from collector.store import moves
from collector.tables import School
from collector.uai import BadUai, parse_uai

router = page_router()
Confirmed = Annotated[str, Form(alias="confirme")]
NOT_CONFIRMED = "cocher la case qui le confirme, puis recommencer"


@router.get("/postes/{id_}")
def workstation(request: Request, _reader: Reading, id_: str) -> Response:
    """Show what may be said of a workstation, and what will follow."""
    return _page(request, id_)


@router.post("/postes/{id_}/retirer")
def retire(request: Request, reader: Reading, id_: str, confirmed: Confirmed = "") -> Response:
    """Count it no more."""
    return _say(request, id_, confirmed, lambda: whereabouts.retire(request.app.state.store, id_, reader.actor))


@router.post("/postes/{id_}/remettre")
def bring_back(request: Request, reader: Reading, id_: str, confirmed: Confirmed = "") -> Response:
    """Count it again."""
    return _say(request, id_, confirmed, lambda: whereabouts.bring_back(request.app.state.store, id_, reader.actor))


@router.post("/postes/{id_}/remplacer")
def replace(
    request: Request, reader: Reading, id_: str, by: Annotated[str, Form(alias="par")] = "", confirmed: Confirmed = ""
) -> Response:
    """Count only the one it became."""
    store = request.app.state.store
    return _say(request, id_, confirmed, lambda: whereabouts.replace(store, id_, by, reader.actor), chosen=by)


@router.post("/postes/{id_}/deplacer")
def move(
    request: Request,
    reader: Reading,
    id_: str,
    uai: Annotated[str, Form(alias="ecole")] = "",
    tag: Annotated[str, Form(alias="etiquette")] = "",
    confirmed: Confirmed = "",
) -> Response:
    """Count it in another school, which must be the reader's too."""

    def work() -> None:
        try:
            there = parse_uai(uai)
        except BadUai as error:
            raise Refused(str(error)) from None
        whereabouts.move(
            request.app.state.store,
            id_,
            there,
            reader.actor,
            tag=tag.strip() or None,
            allowed=lambda session: reader.check(session, there, Role.PILOTE),
        )

    return _say(request, id_, confirmed, work, ecole=uai, etiquette=tag)


def _say(request: Request, id_: str, confirmed: str, work: Callable[[], object], **typed: str) -> Response:
    """Do what was asked and go back to the school left or kept; what is refused is shown with what was typed."""
    with request.app.state.store.reading() as session:
        here = moves.workstation_named(session, id_)
        uai = here.uai if here else ""
    try:
        if confirmed != "oui":
            raise Refused(NOT_CONFIRMED)
        work()
    except Refused as error:
        return _page(request, id_, status=422, problem=sentence(error), typed=typed)
    return RedirectResponse(f"{request.scope.get('root_path', '')}/ecoles/{uai}#postes", 303)


def _page(
    request: Request, id_: str, *, status: int = 200, problem: str = "", typed: dict[str, str] | None = None
) -> Response:
    typed = typed or {}
    with request.app.state.store.reading() as session:
        found = moves.workstation_named(session, id_)
        if found is None:
            raise Problem(404, "Aucun poste ne porte cet identifiant.")
        school, others = session.get_one(School, found.uai), moves.others_of(session, found)
    return page(
        request,
        "workstation.html",
        status=status,
        workstation=found,
        school=school,
        others=others,
        problem=problem,
        typed=typed,
        chosen=typed.get("chosen", ""),
    )
