"""What does an audit look like as a page, to print or to hand to who must act? One HTML file that asks for nothing."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from itertools import groupby
from typing import Final

import checks
from agent.requirements import Required
from agent.screen import in_question, to_do, told
from checks.decide import workstation_outcome
from checks.french import FAMILIES, OUTCOME_SIGNS, OUTCOMES, TIERS
from checks.model import Outcome, Verdict

_STYLE: Final = """\
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2226; background: #fff;
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin: 1.8rem 0 .4rem; }
.outcome { font-size: 1.2rem; font-weight: 650; border: 2px solid; padding: .6rem .8rem; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .45rem .6rem; border-bottom: 1px solid #8b979b; }
th[scope=row] { width: 34%; font-weight: 600; } td.state { width: 18%; white-space: nowrap; }
ul { margin: .3rem 0 0; padding-left: 1.2rem; }
.ready { color: #17653a; } .at_risk { color: #7d4a00; } .blocked { color: #9c1c1c; } .unmeasured { color: #48525b; }
@media print { body { margin: 0; max-width: none; } tr { break-inside: avoid; } }
"""


def page(verdicts: Mapping[str, Verdict], required: Required, made_at: datetime) -> str:
    """Return an audit as one HTML document, in French; what it says is what the screen says."""
    profile, outcome = required.profile, workstation_outcome(verdicts, required.profile)
    by_family = groupby(verdicts, key=lambda check_id: check_id.split(".")[0])
    parts = [
        "<!doctype html>",
        '<html lang="fr"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Audit du poste : {OUTCOMES[outcome]}</title>",
        f"<style>\n{_STYLE}</style></head><body><main>",
        "<h1>Audit du poste</h1>",
        f'<p class="outcome {outcome.value}">Ce poste : {OUTCOMES[outcome]}{in_question(verdicts, outcome)}</p>',
        f"<p>Fait le {made_at:%d/%m/%Y à %H:%M} (UTC), selon « {escape(profile.title)} » "
        f"({escape(profile.id)} {escape(profile.version)}), par Préau {checks.VERSION}.</p>",
        *(line for family, ids in by_family for line in _family(family, tuple(ids), verdicts, required)),
        "</main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _family(family: str, ids: tuple[str, ...], verdicts: Mapping[str, Verdict], required: Required) -> Iterator[str]:
    yield f'<h2 id="{family}">{FAMILIES[family]}</h2>\n<table aria-labelledby="{family}">'
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("Contrôle", "État", "Ce qui a été vu"))
    yield f"<thead><tr>{heads}</tr></thead>\n<tbody>"
    for check_id in ids:
        verdict, title = verdicts[check_id], checks.BY_ID[check_id].title.rstrip(".")
        tier = TIERS[required.profile.requirements[check_id].tier]
        state = f"{OUTCOME_SIGNS[verdict.outcome]} {OUTCOMES[verdict.outcome]}"
        said = " ".join(escape(evidence.sentence) for evidence in told(verdict))
        yield f'<tr><th scope="row">{escape(title)} ({tier})</th><td class="state {verdict.outcome.value}">{state}</td>'
        yield f"<td>{said}{_actions(check_id, verdict)}</td></tr>"
    yield "</tbody></table>"


def _actions(check_id: str, verdict: Verdict) -> str:
    if verdict.outcome is Outcome.READY:
        return ""
    rows = [f"<li>{escape(who)} : {escape(action)}</li>" for who, action in to_do(check_id, verdict)]
    return f"\n<ul>{''.join(rows)}</ul>" if rows else ""
