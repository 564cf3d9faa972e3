"""What did the run show? Expected against found, on the screen and in docs/diagnosis.md."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from checks.model import Outcome
from tests.lab.scenario import Result

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "diagnosis.md"
BEGIN: Final = "<!-- lab: written by `make lab` -->"
END: Final = "<!-- end of lab -->"
AUDIT_S, LIGHT_BYTES, HEAVY_BYTES = 20, 1_000_000, 25_000_000
"""Most a light audit may take and use; most an audit with throughput may use."""
_ORDER: Final = (Outcome.READY, Outcome.AT_RISK, Outcome.UNMEASURED, Outcome.BLOCKED)


def counts(results: Sequence[Result]) -> dict[str, int]:
    """Count what went wrong, by kind."""
    found = Counter(word for result in results for word in result.wrong)
    kinds = ("cause", "role", "withdrawn", "called ready", "called broken", "outcome", "report lost", "lab")
    return {kind: found[kind] for kind in kinds}


def within_the_bar(results: Sequence[Result]) -> bool:
    """Tell whether the run holds what the project promises."""
    wrong = counts(results)
    never = ("role", "called ready", "called broken", "lab", "report lost")
    measured = [r for r in results if r.found]
    quick = all(r.audit_s <= AUDIT_S + r.scenario.throughput * AUDIT_S for r in measured)
    light = all(r.traffic_bytes <= (HEAVY_BYTES if r.scenario.throughput else LIGHT_BYTES) for r in measured)
    return wrong["cause"] <= 2 and not any(wrong[kind] for kind in never) and quick and light


def outcome_table(results: Sequence[Result]) -> Iterator[str]:
    """Yield expected × found outcomes, as a Markdown table."""
    seen = Counter((r.scenario.expected_outcome, r.found.outcome) for r in results if r.found)
    yield "| expected \\ found | " + " | ".join(o.value for o in _ORDER) + " |"
    yield "|---" * (len(_ORDER) + 1) + "|"
    for expected in _ORDER:
        yield f"| **{expected.value}** | " + " | ".join(str(seen[expected, o] or "·") for o in _ORDER) + " |"


def cause_table(results: Sequence[Result]) -> Iterator[str]:
    """Yield, for each cause expected somewhere, how often it was found, missed, and found where it was not expected."""
    asked: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    extra: Counter[str] = Counter()
    instead: dict[str, Counter[str]] = {}
    for result in (r for r in results if r.found):
        expected, found = _pairs(result.scenario.expected), _pairs(result.found.shown if result.found else {})
        asked.update(expected)
        hit.update(expected & found)
        extra.update(found - expected)
        for missed in expected - found:
            instead.setdefault(missed, Counter()).update((found - expected) or {"nothing"})
    yield "| cause | role | expected | found | missed, and what was said instead | found elsewhere |"
    yield "|---|---|---|---|---|---|"
    for cause in sorted({*asked, *extra}):
        name, _, role = cause.partition(":")
        missed = ", ".join(f"{what} × {n}" for what, n in instead.get(cause, Counter()).items())
        yield f"| `{name}` | {role} | {asked[cause] or '·'} | {hit[cause] or '·'} | {missed} | {extra[cause] or ''} |"


def report(results: Sequence[Result], took_s: float) -> Iterator[str]:
    """Yield the whole report as Markdown, French words left to the page around it."""
    wrong, ran = counts(results), [r for r in results if r.found]
    sound = sum(r.scenario.expected_outcome is not Outcome.BLOCKED for r in results)
    yield f"{len(results)} scenarios, {sound} of them networks that are not broken, in {took_s:.0f} s."
    yield ""
    yield from outcome_table(results)
    yield ""
    yield (
        f"Wrong cause: {wrong['cause']}. Wrong role: {wrong['role']}. Wrongly withdrawn: {wrong['withdrawn']}. "
        f"Broken called ready: {wrong['called ready']}. Not broken called broken: {wrong['called broken']}. "
        f"Other outcome: {wrong['outcome']}. Lost reports: {wrong['report lost']}. Failures of the lab: {wrong['lab']}."
    )
    if ran:
        yield ""
        yield _worst(ran)
    yield ""
    yield from cause_table(results)


def write(results: Sequence[Result], took_s: float) -> None:
    """Put the report between its markers in docs/diagnosis.md."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else f"# Diagnostic\n\n{BEGIN}\n{END}\n"
    body = "\n".join([BEGIN, "", *report(results, took_s), "", END])
    if BEGIN not in text:
        text = f"{text.rstrip()}\n\n{BEGIN}\n{END}\n"
    between = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    PAGE.write_text(between.sub(lambda _: body, text), encoding="utf-8")


def _worst(ran: Sequence[Result]) -> str:
    slowest, light = max(ran, key=lambda r: r.audit_s), [r for r in ran if not r.scenario.throughput]
    said = f"Longest audit: {slowest.audit_s:.1f} s ({slowest.scenario.name})."
    for title, some in (("light", light), ("with throughput", [r for r in ran if r.scenario.throughput])):
        if some:
            most = max(some, key=lambda r: r.traffic_bytes)
            said += f" Most traffic, {title}: {most.traffic_bytes / 1e6:.2f} MB ({most.scenario.name})."
    return said


def _pairs(marks: "dict[str, frozenset[str]] | object") -> set[str]:
    assert isinstance(marks, dict)
    return {f"{check.removeprefix('network.')}.{m}" for check, said in marks.items() for m in said if m[0] != "<"}
