"""Which profiles are in force, and how far is the judging by the next one? For programs."""

import time

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict

from collector.access import Reading
from collector.store.publications import in_force, under_way
from collector.sums import rolled_up

router = APIRouter(prefix="/api/v1", tags=["profiles"])


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


class ProfileInForce(_Answer):
    """A version of a profile that judges schools now."""

    id: str
    version: str
    title: str
    is_default: bool  # serves the schools that name no profile
    since: AwareDatetime
    schools: int  # open ones that it serves


class Rejudging(_Answer):
    """A version by which its schools are being judged again; it comes in force for all of them at once."""

    id: str
    version: str
    title: str
    started_at: AwareDatetime
    schools: int  # to judge; 0 while they are not counted yet
    done: int
    left_s: int | None  # at the pace so far; null while nothing tells


class Profiles(_Answer):
    """The profiles in force, and the publication under way; null when there is none."""

    in_force: tuple[ProfileInForce, ...]
    rejudging: Rejudging | None


@router.get("/profiles")
def profiles(request: Request, reader: Reading) -> Profiles:  # noqa: ARG001 - whoever is recognised may know
    """Which profiles judge schools, and how far the judging by the next one is."""
    with request.app.state.store.reading() as session:
        sums = rolled_up(request.app).at(session)
        begun = under_way(session, int(time.time()))
        return Profiles(
            in_force=tuple(
                ProfileInForce.model_validate(one) for one in in_force(session, sums.serving, sums.known.ledger)
            ),
            rejudging=Rejudging.model_validate(begun) if begun else None,
        )
