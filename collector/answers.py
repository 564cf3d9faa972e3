"""What does the collector answer about readiness? One declaration: the API's JSON, its OpenAPI, and what pages show."""

from datetime import date
from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator

from checks.actors import Actor
from checks.model import Outcome, Tier

Sector = Literal["public", "privé"]
Standing = Literal["measured", "stale", "pending", "quarantined", "silent"]
"""In which count a workstation is; "silent": enrolled, and no report judged yet (in no count)."""


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TerritoryName(_Answer):
    """A territory: `nation`, `academie:16`, `departement:031`, `circonscription:…`, `epci:…`, `commune:…`, `wave:…`."""

    id: str
    name: str


class ProfileUse(_Answer):
    """A version of a profile, and how many of the schools it judges."""

    id: str
    version: str
    schools: int


class SchoolCounts(_Answer):
    """Open schools by outcome; they add up to `total`."""

    total: int
    ready: int
    at_risk: int
    blocked: int
    unmeasured: int

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.total != self.ready + self.at_risk + self.blocked + self.unmeasured:
            raise ValueError("total = ready + at_risk + blocked + unmeasured does not hold")
        return self


class WorkstationCounts(_Answer):
    """Workstations by where they stand: measured = ready + at_risk + blocked + unmeasured; the rest stands apart."""

    expected: int | None  # null: no school here says how many it has
    schools_without_expected: int
    measured: int
    stale: int
    pending: int
    ready: int
    at_risk: int
    blocked: int
    unmeasured: int

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.measured != self.ready + self.at_risk + self.blocked + self.unmeasured:
            raise ValueError("measured = ready + at_risk + blocked + unmeasured does not hold")
        return self


class CauseCount(_Answer):
    """A cause, who can put it right, and how much it touches."""

    check: str
    cause: str
    actor: Actor
    schools: int
    workstations: int
    blocked: int  # those of the workstations that it blocks


class Readiness(_Answer):
    """What is said of a territory and of one school alike."""

    as_of: AwareDatetime
    profiles: tuple[ProfileUse, ...]
    schools: SchoolCounts
    workstations: WorkstationCounts
    causes: tuple[CauseCount, ...]


class _OfTerritory(_Answer):
    territory: TerritoryName


class TerritoryReadiness(Readiness, _OfTerritory):  # in this order, `territory` comes first in the JSON
    """Where the open schools of a territory stand; the twenty causes that touch most schools."""


class SchoolName(_Answer):
    """A school. Names are not unique: commune and UAI go with them."""

    uai: str
    name: str
    commune: str
    sector: str
    is_open: bool  # false: it left the directory
    wave: str | None
    opens_on: date | None  # day the ENT opens there; null: not said


class FindingAnswer(_Answer):
    """One thing that is not ready on one workstation."""

    check: str
    subject: str  # name of the service in the profile; "" when it is about the workstation itself
    outcome: Outcome
    cause: str
    sentence: str  # French, with the figures
    because_of: str | None  # check that explains it, when it was not judged


class StationAnswer(_Answer):
    """One workstation, as last judged."""

    id: str
    tag: str
    place: str
    evidence: str
    standing: Standing
    outcome: Outcome | None
    observed_at: AwareDatetime | None
    findings: tuple[FindingAnswer, ...]


class ActionAnswer(_Answer):
    """What one actor has to do about one cause, those that unblock most workstations first."""

    actor: Actor
    check: str
    cause: str
    outcome: Outcome
    observation: str
    action: str
    of_site: bool  # shared by so many workstations that it is the school's
    workstations: int
    unblocks: int  # workstations that nothing else blocks
    tags: tuple[str, ...]


class RequiredAnswer(_Answer):
    """One check that the school's profile requires."""

    id: str
    title: str
    tier: Tier


class ServiceAnswer(_Answer):
    """One service that the school's profile needs reached."""

    name: str  # the subject of findings about it
    title: str
    endpoints: tuple[str, ...]  # "host:port"


class _OfSchool(_Answer):
    school: SchoolName
    outcome: Outcome
    reason: str
    capacity: int | None = None  # how many pupils at the same time; null when throughput is not measured or not asked
    lines: int | None = None  # by how many Internet lines its workstations come out; null when unknown


class SchoolReadiness(Readiness, _OfSchool):
    """Where one school stands, why, workstation by workstation, and what each actor has to do."""

    stations: tuple[StationAnswer, ...]
    actions: tuple[ActionAnswer, ...]
    required: tuple[RequiredAnswer, ...]  # as the catalogue goes; none without a profile
    services: tuple[ServiceAnswer, ...]
