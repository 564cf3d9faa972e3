"""Is what arrived a report or an enrolment of protocol 1? The workstation's own classes, validated at the door."""

import zlib
from typing import Annotated, Any, Final, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError, create_model
from pydantic_core import PydanticCustomError

import checks
from checks.french import PLACES
from checks.machine import FACTS_SCHEMA
from checks.model import Check, Fault
from checks.wire import MAX_REPORT_BYTES, PROTOCOL, SECRET_LENGTH, Evidence

FACTS: Final = {check.id: TypeAdapter[Any](check.facts) for check in checks.ALL}
"""Reads the facts of each check, strictly, into the very class its judge takes."""

Short = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._+-]+$")]
Instant = Annotated[int, Field(ge=0, le=2**53)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Attempt(_Strict):
    """One check's attempt: facts, or the fault for which there are none."""

    measured_at: Instant
    took_ms: Annotated[int, Field(ge=0, le=2**31)]
    facts: Any = None
    fault: Fault | None = None

    def model_post_init(self, _context: Any) -> None:
        """Hold the two apart."""
        if (self.facts is None) == (self.fault is None):
            raise PydanticCustomError("facts_or_fault", "facts ou fault est attendu, et pas les deux")


def _attempt(check: Check[Any, Any]) -> Any:
    name = "Attempt_" + check.id.replace(".", "_")
    facts: Any = check.facts | None
    return create_model(name, __base__=Attempt, facts=(facts, None))


_BY_CHECK: Any = {c.id.replace(".", "_"): (_attempt(c) | None, Field(None, alias=c.id)) for c in checks.ALL}
Attempts: Any = create_model("Attempts", __base__=_Strict, **_BY_CHECK)


class ProfileNamed(_Strict):
    """Which profile the workstation audited with."""

    id: Short
    version: Short


class Report(_Strict):
    """The body of a report, once decompressed."""

    protocol: Literal[PROTOCOL]  # type: ignore[valid-type]
    facts_schema: Annotated[int, Field(ge=1, le=FACTS_SCHEMA)]
    agent_version: Short
    workstation_id: UUID
    profile: ProfileNamed
    evidence: Evidence
    checks: Attempts

    def attempts(self) -> dict[str, Attempt]:
        """Return the attempts made, by check id."""
        found = ((check.id, getattr(self.checks, check.id.replace(".", "_"))) for check in checks.ALL)
        return {id_: attempt for id_, attempt in found if attempt is not None}


class Enrolment(_Strict):
    """The body of an enrolment."""

    protocol: Literal[PROTOCOL]  # type: ignore[valid-type]
    code: Annotated[str, StringConstraints(min_length=SECRET_LENGTH, max_length=SECRET_LENGTH)]
    public_key: Annotated[str, StringConstraints(min_length=44, max_length=44)]
    workstation_id: UUID
    tag: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,8}$")] | None = None
    place: Literal[tuple(PLACES)]  # type: ignore[valid-type]
    agent_version: Short


class Unreadable(ValueError):
    """A body that is not what it should be: the field, and why, in French."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field} : {problem}" if field else problem)
        self.field = field


class TooLarge(ValueError):
    """A body that decompresses past the cap."""


class NotCompressed(ValueError):
    """A body that is not one whole gzip stream."""


def inflate(body: bytes) -> bytes:
    """Decompress one gzip stream; raises `TooLarge` past `MAX_REPORT_BYTES`, `NotCompressed` when cut or not gzip."""
    stream = zlib.decompressobj(wbits=31)
    try:
        plain = stream.decompress(body, MAX_REPORT_BYTES + 1)
    except zlib.error:
        raise NotCompressed from None
    if len(plain) > MAX_REPORT_BYTES:
        raise TooLarge
    if not stream.eof or stream.unused_data:
        raise NotCompressed
    return plain


M = TypeVar("M", bound=BaseModel)


def parse(model: type[M], body: bytes) -> M:
    """Read a body; raises `Unreadable` naming the first field at fault."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part).replace("Attempt_", "") for part in first["loc"])
        raise Unreadable(field, reason(first["type"], first["msg"])) from None


def reason(kind: str, otherwise: str) -> str:
    """Say in French why pydantic refuses a value, by its kind of error; what we have no words for stays as it is."""
    return _FRENCH.get(kind, otherwise)


_FRENCH: Final = {
    "missing": "ce champ manque",
    "extra_forbidden": "ce champ n'existe pas",
    "unexpected_keyword_argument": "ce champ n'existe pas",
    "json_invalid": "ce n'est pas du JSON lisible",
    "int_type": "un nombre entier est attendu",
    "string_type": "un texte est attendu",
    "bool_type": "true ou false est attendu",
    "literal_error": "cette valeur n'est pas permise",
    "string_pattern_mismatch": "ce texte n'est pas permis",
    "less_than_equal": "ce nombre est trop grand",
    "greater_than_equal": "ce nombre est trop petit",
    "string_too_short": "ce texte est trop court",
    "string_too_long": "ce texte est trop long",
    "model_type": "un objet est attendu",
    "dataclass_type": "un objet est attendu",
    "tuple_type": "une liste est attendue",
    "too_short": "il manque des éléments à cette liste",
    "uuid_parsing": "un UUID est attendu",
}
