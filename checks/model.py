"""What is a check, and what can it conclude?

The words everything else leans on: outcome, cause, evidence, role, remedy, check. Standard library only, no input or
output: these same classes are judged on the workstation and on the collector, and travel between the two.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, Generic, Literal, TypeVar, get_args
from urllib.parse import urlsplit

from checks.answers.network import Control, Endpoint
from checks.machine import STRICT, Machine


class Outcome(StrEnum):
    """Where a check, a workstation or a school stands."""

    READY = "ready"
    AT_RISK = "at_risk"
    BLOCKED = "blocked"
    UNMEASURED = "unmeasured"


WORST_FIRST: Final = (Outcome.BLOCKED, Outcome.UNMEASURED, Outcome.AT_RISK, Outcome.READY)
"""The order in which one outcome hides another: a failed minimum, then a minimum nobody measured, then a reserve."""


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome that decides among several; READY when there is none."""
    return min(outcomes, key=_RANK.__getitem__, default=Outcome.READY)


_RANK: Final = {outcome: rank for rank, outcome in enumerate(WORST_FIRST)}


class Tier(StrEnum):
    """What missing a requirement means for the workstation."""

    MINIMUM = "minimum"  # missed: not ready; not measured: unknown
    RECOMMENDED = "recommended"  # missed: ready with reserves; not measured: changes nothing


class Role(StrEnum):
    """Who can put a cause right. `checks.actors` turns a role into an actor."""

    SCHOOL = "school"
    EQUIPMENT_OWNER = "equipment_owner"
    RESOLVER_OPERATOR = "resolver_operator"
    FILTER_OPERATOR = "filter_operator"
    ISP = "isp"
    EDITOR = "editor"


Fault = Literal["probe_crashed", "probe_deadline", "not_supported", "not_permitted", "never_asked"]
"""Why there are no facts: a failing of ours or a closed door, never the school's fault."""
FAULTS: Final[tuple[Fault, ...]] = get_args(Fault)

SeenFrom = Literal["agent", "browser"]
"""Where a check is measured from: the agent on the workstation, or the test page in any browser."""

NOT_JUDGED: Final = "not_judged"
"""The cause of evidence withdrawn because an earlier check already explains it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What a cause means and who must do what about it, in French."""

    role: Role
    observation: str  # the cause in words, without figures: "Le serveur DNS ne répond pas."
    action: str  # what to do, addressed to the role: "Vérifier le serveur DNS donné au poste."


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing a judge concluded, about one subject."""

    subject: str = ""  # name of the service of the profile; "" when it is about the workstation itself
    host: str = ""  # host of that service it is about; "" when it is about all of them
    outcome: Outcome
    cause: str | None = None  # snake_case past observation, a key of the check's remedies; None when ready
    sentence: str  # French, with the figures
    because_of: str | None = None  # id of the earlier check that explains it, when withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check concludes: the worst of its evidence, and all of it."""

    outcome: Outcome
    cause: str | None
    evidence: tuple[Evidence, ...]

    @property
    def deciding(self) -> tuple[Evidence, ...]:
        """The evidence that gives the verdict its outcome, what stands on its own first."""
        deciding = (e for e in self.evidence if e.outcome == self.outcome)
        return tuple(sorted(deciding, key=lambda e: e.cause == NOT_JUDGED))


def conclude(evidence: Iterable[Evidence]) -> Verdict:
    """Sum evidence up: its worst outcome, and the first cause that gives it."""
    all_of_it = tuple(evidence)
    outcome = worst([e.outcome for e in all_of_it])
    deciding = [e.cause for e in all_of_it if e.outcome == outcome]
    on_its_own = next((cause for cause in deciding if cause != NOT_JUDGED), NOT_JUDGED if deciding else None)
    return Verdict(outcome=outcome, cause=on_its_own, evidence=all_of_it)


def about_service(found: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Keep what matters of the evidence about one service: what is not ready, once per cause and host, or that it is.

    Hosts stay apart: what explains one of them does not explain another.
    """
    all_of_it = tuple(found)
    not_ready = {(e.cause, e.host): e for e in reversed(all_of_it) if e.outcome is not Outcome.READY}
    return tuple(reversed(not_ready.values())) or all_of_it[:1]


def verdict(outcome: Outcome, cause: str | None, sentence: str) -> Verdict:
    """Build the verdict of a check that is about the workstation as a whole."""
    return conclude([Evidence(outcome=outcome, cause=cause, sentence=sentence)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One `[[service]]` of a profile: something the ENT needs to reach."""

    name: str  # short and stable, the subject of evidence: "ent"
    title: str  # for people: "L'ENT de l'école"
    url: str  # where a browser starts, https
    hosts: tuple[str, ...] = ()  # further hosts it needs, "host" or "host:port" (443 when not said)
    operator: str = ""  # who runs it, for people
    known_path: str = "/"  # path whose body is known
    known_sha256: str = ""  # SHA-256 of that body in hex; "" when it changes or is not known
    known_text: str = ""  # words always in that body; "" when not known
    websocket_path: str = ""  # path where it listens for web sockets; "" when it needs none
    image_path: str = ""  # path of an image it shows to anybody, which the test page asks for; "" when there is none

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Every host and port the service needs, its own first, each once."""
        return _endpoints(self.url, self.hosts)

    @property
    def known_url(self) -> str:
        """Address of the page whose body is known."""
        return f"{_origin(self.url)}{self.known_path}"

    def control(self, controls: Iterable[Control]) -> Control | None:
        """Return what the collector saw of this service, if it said."""
        return next((control for control in controls if control.service == self.name), None)


# Judging asks for these a dozen times per workstation: they are read once per address.
@lru_cache(maxsize=1024)
def _endpoints(url: str, hosts: tuple[str, ...]) -> tuple[Endpoint, ...]:
    named = (urlsplit(url), *(urlsplit(f"https://{host}") for host in hosts))
    return tuple(dict.fromkeys(Endpoint(host=n.hostname or "", port=n.port or 443) for n in named))


@lru_cache(maxsize=1024)
def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What depends on the school and the moment, not on the profile."""

    __pydantic_config__ = STRICT

    opens_on: date | None = None  # day the ENT opens in this school; None when nobody said


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one probe brought back, and the day it did."""

    facts: object | None = None  # an instance of the check's Facts; None when there is a fault
    fault: Fault | None = None
    observed_on: date | None = None


def filled() -> Any:
    """Declare a field of a requirement that a profile may not set.

    It takes its value, under the same name, from around its table: `services` (the profile), `opens_on` (the context),
    `observed_on` (the observation; None while probing), `known_browsers` and `known_systems` (`checks.known`).
    """
    return field(default=None, metadata={"filled": True})


F = TypeVar("F")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Generic[F, R]):
    """One check, as a value: what it asks, what may be required of it, and what follows."""

    id: str  # "network.dns": also its module, its test, its table in a profile, its heading in docs/checks.md
    title: str  # the condition met, in French; also the first line of the module's docstring
    privacy: str  # what leaves the workstation and what does not, in French
    facts: type[F]
    requirement: type[R]
    probe: Callable[[Machine, R], F]  # reports, never judges; raises nothing but CannotAnswer
    judge: Callable[[F, R], Verdict]  # pure and total
    remedies: Mapping[str, Remedy]  # by cause
    told_apart: Mapping[str, str] = field(default_factory=dict)  # by cause: what was seen, and what is its neighbour's
    after: tuple[str, ...] = ()  # checks whose failing explains any failing here, about the same subject
    after_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # the same, for one cause only
    explains: tuple[str, ...] = ()  # causes that explain what follows although they are only unmeasured
    alone: bool = False  # its probe runs after all others, with nothing else on the line
    scope: Literal["workstation", "school"] = "workstation"  # a school's is measured by one workstation for all
    deadline_ms: int = 13_500  # after which the probe is given up
    seen_from: tuple[SeenFrom, ...] = ("agent",)  # a place that cannot see it neither measures nor judges it


def size(number: int) -> str:
    """Return a number of bytes as people read it, rounded down: "3,8 Go" (10^9, as on a box), "512 Mo"."""
    return f"{_tenths(number // 10**8)} Go" if number >= 10**9 else f"{number // 10**6} Mo"


def duration(milliseconds: int) -> str:
    """Return a length of time as people read it, rounded down: "80 ms", "3,2 s", "5 min", "2 h", "3 jours"."""
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    for limit_ms, unit, tenth_ms in ((120_000, "s", 100), (7_200_000, "min", 6_000), (172_800_000, "h", 360_000)):
        if milliseconds < limit_ms:
            return f"{_tenths(milliseconds // tenth_ms)} {unit}"
    return f"{milliseconds // 86_400_000} jours"


def speed(kbps: int) -> str:
    """Return a speed as people read it, rounded down: "100 Mbit/s", "2,5 Gbit/s", "800 kbit/s"."""
    for unit_kbps, unit in ((1_000_000, "Gbit/s"), (1000, "Mbit/s")):
        if kbps >= unit_kbps:
            return f"{_tenths(kbps * 10 // unit_kbps)} {unit}"
    return f"{kbps} kbit/s"


def _tenths(number: int) -> str:
    whole, tenth = divmod(number, 10)
    return f"{whole},{tenth}" if tenth else str(whole)
