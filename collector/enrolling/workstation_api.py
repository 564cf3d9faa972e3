"""What can a program say of a workstation? That it left, came back, moved, or is another one reinstalled."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict

from collector.access import Reading
from collector.enrolling import whereabouts
from collector.enrolling.codes import Refused
from collector.pages.routes import sentence
from collector.people.roles import Role
from collector.problems import Problem
from collector.uai import BadUai, parse_uai

router = APIRouter(prefix="/api/v1/workstations", tags=["enrolment"])


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Moved(_Said):
    """The school where a workstation is now."""

    uai: str
    tag: str | None = None  # null: its own, or one made from it when that is taken


class Replaced(_Said):
    """The workstation that this one became."""

    by: str  # its id


class Tagged(_Said):
    """Under which tag a workstation is counted."""

    tag: str


@router.post("/{id_}/retire", status_code=204)
def retire(request: Request, reader: Reading, id_: str) -> None:
    """Count a workstation no more: it left its school."""
    try:
        whereabouts.retire(request.app.state.store, id_, reader.actor)
    except Refused as error:
        raise _conflict(error) from None


@router.post("/{id_}/return")
def bring_back(request: Request, reader: Reading, id_: str) -> Tagged:
    """Count a retired workstation again."""
    try:
        return Tagged(tag=whereabouts.bring_back(request.app.state.store, id_, reader.actor))
    except Refused as error:
        raise _conflict(error) from None


@router.post("/{id_}/move")
def move(request: Request, reader: Reading, id_: str, said: Moved) -> Tagged:
    """Count a workstation in another school; what it saw of the network is to be measured again."""
    try:
        uai = parse_uai(said.uai)
    except BadUai as error:
        raise Problem(422, str(error), field="uai") from None
    try:
        tag = whereabouts.move(
            request.app.state.store,
            id_,
            uai,
            reader.actor,
            tag=said.tag,
            allowed=lambda session: reader.check(session, uai, Role.PILOTE),
        )
    except Refused as error:
        raise _conflict(error) from None
    return Tagged(tag=tag)


@router.post("/{id_}/replace")
def replace(request: Request, reader: Reading, id_: str, said: Replaced) -> Tagged:
    """Count only the workstation that this one became, reinstalled; it takes the tag."""
    try:
        return Tagged(tag=whereabouts.replace(request.app.state.store, id_, said.by, reader.actor))
    except Refused as error:
        raise _conflict(error) from None


def _conflict(error: Refused) -> Problem:
    return Problem(409, sentence(error))
