"""What can a program that leads a deployment do? Codes, links, and a yes or no for each workstation."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from collector.access import Reading
from collector.enrolling import codes, deciding, links
from collector.enrolling.codes import Refused
from collector.problems import Problem
from collector.store.enrolling import enrolling
from collector.uai import BadUai, parse_uai

router = APIRouter(prefix="/api/v1", tags=["enrolment"])
Days = Annotated[int, Field(ge=1, le=365)]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CodeWanted(_Answer):
    """How a code is to be limited."""

    uses: Annotated[int, Field(ge=1, le=1000)] | None = None  # null: expected × 1.2, or 15 when unknown
    days: Days = 21


class CodeMade(_Answer):
    """A new code; it is not shown again."""

    code: str
    collector: str  # address
    max_uses: int
    expires_at: AwareDatetime


class CodeSeen(_Answer):
    """A code and its use; its secret is not kept."""

    number: int
    uses: int
    max_uses: int
    created_at: AwareDatetime
    last_used_at: AwareDatetime | None
    expires_at: AwareDatetime
    revoked_at: AwareDatetime | None


class LinkWanted(_Answer):
    """How long a link is to serve."""

    days: Days = 90


class LinkMade(_Answer):
    """A new link; it is not shown again."""

    address: str


class KeyAnswer(_Answer):
    """A workstation's key: its state, and what is unusual about it."""

    key_id: str
    workstation_id: str
    tag: str
    place: str
    state: str
    reason: str
    enrolled_at: AwareDatetime
    last_seen_at: AwareDatetime | None
    missing: int
    set_aside: int


class Accepted(_Answer):
    """What came of accepting."""

    replayed: int  # reports set aside that now count


@router.post("/schools/{uai}/codes", status_code=201)
def make_code(request: Request, reader: Reading, uai: str, wanted: CodeWanted | None = None) -> CodeMade:
    """Make an enrolment code for a school."""
    state, limits = request.app.state, wanted or CodeWanted()
    try:
        made = codes.make(
            state.store, state.keys.fingerprint, _uai(uai), reader.actor, uses=limits.uses, days=limits.days
        )
    except Refused as error:
        raise Problem(404, _sentence(error)) from None
    return CodeMade.model_validate(
        {
            "code": str(made.code),
            "collector": state.settings.address,
            "max_uses": made.max_uses,
            "expires_at": made.expires_at,
        }
    )


@router.get("/schools/{uai}/codes")
def list_codes(request: Request, _reader: Reading, uai: str) -> list[CodeSeen]:
    """List a school's codes, the latest first, with their last use."""
    with request.app.state.store.reading() as session:
        found = enrolling(session, _uai(uai))
    if found is None:
        raise Problem(404, f"Aucune école {uai} dans l'annuaire importé.")
    return [
        CodeSeen.model_validate({"number": c.id, **c.model_dump(exclude={"id", "uai", "secret_sha256"})})
        for c in found.codes
    ]


@router.post("/codes/{number}/revoke", status_code=204)
def revoke_code(request: Request, reader: Reading, number: int) -> None:
    """Withdraw a code; workstations already enrolled stay."""
    _or_404(lambda: codes.revoke(request.app.state.store, number, reader.actor))


@router.post("/schools/{uai}/links", status_code=201)
def make_link(request: Request, reader: Reading, uai: str, wanted: LinkWanted | None = None) -> LinkMade:
    """Make a link that reads one school without a password."""
    state = request.app.state
    try:
        secret = links.make(state.store, _uai(uai), reader.actor, (wanted or LinkWanted()).days)
    except Refused as error:
        raise Problem(404, _sentence(error)) from None
    return LinkMade(address=f"{state.settings.address}/lien/{secret}")


@router.post("/links/{number}/revoke", status_code=204)
def revoke_link(request: Request, reader: Reading, number: int) -> None:
    """Withdraw a link; whoever reads by it stops at once."""
    _or_404(lambda: links.revoke(request.app.state.store, number, reader.actor))


@router.get("/schools/{uai}/keys")
def list_keys(request: Request, _reader: Reading, uai: str) -> list[KeyAnswer]:
    """List the keys of a school's workstations: state, reason, reports that never arrived or were set aside."""
    with request.app.state.store.reading() as session:
        found = enrolling(session, _uai(uai))
    if found is None:
        raise Problem(404, f"Aucune école {uai} dans l'annuaire importé.")
    return [KeyAnswer.model_validate(key, from_attributes=True) for key in found.keys]


@router.post("/workstations/{id_}/accept")
def accept(request: Request, reader: Reading, id_: str) -> Accepted:
    """Count a workstation, and the reports set aside meanwhile."""
    try:
        return Accepted(replayed=deciding.accept(request.app.state.store, id_, reader.actor))
    except Refused as error:
        raise Problem(404, _sentence(error)) from None


@router.post("/workstations/{id_}/refuse", status_code=204)
def refuse(request: Request, reader: Reading, id_: str) -> None:
    """Stop counting a workstation: its next reports are set aside."""
    _or_404(lambda: deciding.refuse(request.app.state.store, id_, reader.actor))


def _or_404(work: Callable[[], None]) -> None:
    try:
        work()
    except Refused as error:
        raise Problem(404, _sentence(error)) from None


def _uai(text: str) -> str:
    try:
        return parse_uai(text)
    except BadUai as error:
        raise Problem(422, str(error), field="uai") from None


def _sentence(error: Refused) -> str:
    words = str(error)
    return f"{words[:1].upper()}{words[1:]}."
