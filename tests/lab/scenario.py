"""What is a scenario, and how far is what was found from what it says?"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import checks
from checks.decide import remedy_of
from checks.model import NOT_JUDGED, Outcome, Role
from tests.lab.place import School

Step = Callable[[School], None]
Expected = Mapping[str, str | tuple[str, ...]]

_ROLES: Final = {
    "school": Role.SCHOOL,
    "owner": Role.EQUIPMENT_OWNER,
    "resolver": Role.RESOLVER_OPERATOR,
    "filter": Role.FILTER_OPERATOR,
    "isp": Role.ISP,
    "editor": Role.EDITOR,
}
_BESIDE: Final[Mapping[str, frozenset[str]]] = {"network.link": frozenset({f"speed_not_told:{Role.EQUIPMENT_OWNER}"})}
"""What the lab's cards cannot show, whatever the network: found there, it changes nothing."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A school, what is done to it, and what must be found there.

    `expect` tells, for each network check that is not ready, every cause with its role ("name_refused:resolver") and
    what is withdrawn ("<dns" is "not judged because of network.dns"). What it leaves out must be ready.
    """

    name: str
    fault: str
    steps: tuple[Step, ...] = ()
    expect: Expected = field(default_factory=dict)
    outcome: Outcome | None = None  # of the workstation; None: ready when nothing is expected, else blocked
    variant: str = "ecole"  # profile of the school, see `world.VARIANTS`
    trust: str = "plain"  # the workstation's store, see `internet.TRUST`
    ipv6: bool = False
    without_collector: bool = False  # audited with a profile in a file, and no control
    throughput: bool = False  # its profile asks for throughput
    sends: bool = False  # enrolled through this network and `run`, so that the report arrives as well

    @property
    def expected_outcome(self) -> Outcome:
        """What the workstation as a whole must be."""
        return self.outcome or (Outcome.BLOCKED if self.expect else Outcome.READY)

    @property
    def expected(self) -> dict[str, frozenset[str]]:
        """What each check that is not ready must show: causes with their role, and what is withdrawn."""
        return {
            f"network.{name}": frozenset(_spelt(one) for one in ((said,) if isinstance(said, str) else said))
            for name, said in self.expect.items()
        }


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one audit said."""

    outcome: Outcome
    shown: Mapping[str, frozenset[str]]  # as `Scenario.expected`
    sentences: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Result:
    """One scenario as it went; `problem` is a failing of the lab itself."""

    scenario: Scenario
    found: Found | None = None
    audit_s: float = 0.0
    traffic_bytes: int = 0
    problem: str = ""
    arrived: bool | None = None  # the report reached the collector; None when it was not sent

    @property
    def wrong(self) -> tuple[str, ...]:
        """Every way in which it was not as expected, in words; () when it was."""
        if self.found is None:
            return ("lab",)
        asked, got = self.scenario.expected, self.found.shown
        wanted = self.scenario.expected_outcome
        wrong = []
        if _causes(asked) != _causes(got):
            wrong.append("cause")
        elif asked != got:
            wrong.append("withdrawn")
        if _roles(asked) != _roles(got):
            wrong.append("role")
        if wanted is not Outcome.READY and self.found.outcome is Outcome.READY:
            wrong.append("called ready")
        if wanted is not Outcome.BLOCKED and self.found.outcome is Outcome.BLOCKED:
            wrong.append("called broken")
        if not wrong and wanted is not self.found.outcome:
            wrong.append("outcome")
        if self.arrived is False:
            wrong.append("report lost")
        return tuple(wrong)


def read(document: Mapping[str, Any]) -> Found:
    """Read what `preau-agent audit --json` says."""
    shown: dict[str, frozenset[str]] = {}
    sentences = []
    for check_id, verdict in document["checks"].items():
        seen = [e for e in verdict["evidence"] if e["outcome"] != Outcome.READY]
        marks = frozenset(_mark(check_id, e) for e in seen) - _BESIDE.get(check_id, frozenset())
        if marks:
            shown[check_id] = marks
            sentences += [f"{check_id} {e['outcome']} {_mark(check_id, e)}: {e['sentence']}" for e in seen]
    return Found(outcome=Outcome(document["outcome"]), shown=shown, sentences=tuple(sentences))


def unknown_words(scenario: Scenario) -> Iterable[str]:
    """Yield what a scenario expects that no check can say: a misspelt check, cause or role."""
    for check_id, marks in scenario.expected.items():
        if check_id not in checks.BY_ID:
            yield check_id
            continue
        for mark in marks:
            cause, _, role = mark.partition(":")
            if mark.startswith("<"):
                if mark[1:] not in checks.BY_ID:
                    yield f"{check_id} {mark}"
            elif cause not in checks.BY_ID[check_id].remedies:
                yield f"{check_id} {cause}"
            elif role not in set(Role):
                yield f"{check_id} {mark}"


def _spelt(mark: str) -> str:
    if mark.startswith("<"):
        return f"<network.{mark[1:]}"
    cause, _, role = mark.partition(":")
    return f"{cause}:{_ROLES.get(role, role)}"


def _mark(check_id: str, evidence: Mapping[str, Any]) -> str:
    if evidence["cause"] == NOT_JUDGED:
        return f"<{evidence['because_of']}"
    remedy = remedy_of(check_id, evidence["cause"])
    return f"{evidence['cause']}:{remedy.role if remedy else ''}"


def _causes(marks: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    named = {id_: frozenset(m.partition(":")[0] for m in said if m[0] != "<") for id_, said in marks.items()}
    return {id_: said for id_, said in named.items() if said}


def _roles(marks: Mapping[str, frozenset[str]]) -> set[str]:
    return {m.partition(":")[2] for said in marks.values() for m in said if m[0] != "<"}
