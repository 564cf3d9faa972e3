"""Why does a school stand where it does? Its outcome, and the reason in one French sentence. Pure."""

from typing import Final

from checks.decide import remedy_of
from checks.french import count
from checks.model import Outcome
from checks.profile import SchoolRule
from collector.tally import Cause, Counts

NO_PROFILE: Final = "Aucun profil d'exigences n'est publié pour cette école."


def judge(counts: Counts, site: Cause | None, expected: int | None, rule: SchoolRule) -> tuple[Outcome, str]:
    """Judge a school by its counts; `site`: a cause of the site that blocks, if there is one."""
    measured = counts.measured
    if not measured:
        return Outcome.UNMEASURED, _nothing(counts, expected)
    if expected is not None and measured * 100 < expected * rule.coverage_percent:
        if site is not None:
            return Outcome.BLOCKED, _site(site, measured)
        needed = _share(expected, rule.coverage_percent)
        few = "Un seul poste est mesuré" if measured == 1 else f"{count(measured, 'poste')} sont mesurés"
        return Outcome.UNMEASURED, f"{few} sur {expected} attendus ; il en faut {needed} pour se prononcer."
    outcome, reason = _enough(counts, site, rule)
    if expected is None:
        reason += " Le nombre de postes attendus n'est pas renseigné : seuls les postes mesurés sont jugés."
    return outcome, reason


def _enough(counts: Counts, site: Cause | None, rule: SchoolRule) -> tuple[Outcome, str]:
    """Judge a school by its measured workstations; the unmeasured matter only if they can change the answer."""
    at_best = _answer(counts.ready + counts.unmeasured, counts.at_risk, counts.blocked, rule)
    at_worst = _answer(counts.ready, counts.at_risk, counts.blocked + counts.unmeasured, rule)
    if at_best is not at_worst and at_worst is Outcome.BLOCKED:
        those = "Un poste a" if counts.unmeasured == 1 else f"{count(counts.unmeasured, 'poste')} ont"
        return Outcome.UNMEASURED, f"{those} un contrôle exigé sans mesure, ce qui peut changer la réponse."
    if at_worst is Outcome.BLOCKED:
        return at_worst, _site(site, counts.measured) if site else _too_few(counts, rule)
    return at_worst, _open(counts)


def _answer(ready: int, at_risk: int, blocked: int, rule: SchoolRule) -> Outcome:
    if (ready + at_risk) * 100 < (ready + at_risk + blocked) * rule.ready_percent:
        return Outcome.BLOCKED
    return Outcome.AT_RISK if at_risk or blocked else Outcome.READY


def _share(number: int, percent: int) -> int:
    return -(-number * percent // 100)


def _nothing(counts: Counts, expected: int | None) -> str:
    of_them = f" sur {expected} attendus" if expected and expected > 1 else ""
    if counts.stale:
        old = "son relevé est trop ancien" if counts.stale == 1 else f"{counts.stale} relevés sont trop anciens"
        return f"Aucun poste mesuré récemment{of_them} : {old}."
    if counts.pending or counts.quarantined:
        return f"Aucun poste mesuré{of_them} : {count(counts.pending + counts.quarantined, 'poste')} à accepter."
    return f"Aucun poste mesuré{of_them}."


def _site(cause: Cause, measured: int) -> str:
    remedy = remedy_of(cause.check_id, cause.cause)
    words = remedy.observation.rstrip(".") if remedy else cause.cause
    where = f"{count(cause.workstations, 'poste')} sur {count(measured, 'mesuré')}"
    return f"Cause commune à l'école : {words[:1].lower()}{words[1:]} ({where})."


def _too_few(counts: Counts, rule: SchoolRule) -> str:
    usable = counts.ready + counts.at_risk
    needed = _share(counts.measured, rule.ready_percent)
    can = "Aucun poste ne peut" if not usable else "Un seul poste peut" if usable == 1 else f"{usable} postes peuvent"
    return f"{can} ouvrir l'ENT, sur {count(counts.measured, 'mesuré')} ; il en faut {needed}."


def _open(counts: Counts) -> str:
    if counts.measured == counts.ready:
        return "Le poste mesuré est prêt." if counts.ready == 1 else f"Les {counts.ready} postes mesurés sont prêts."
    blocked = f"{counts.blocked} non prêt{'s' if counts.blocked > 1 else ''}"
    unmeasured = f"{counts.unmeasured} inconnu{'s' if counts.unmeasured > 1 else ''}"
    parts = {
        count(counts.ready, "prêt"): counts.ready,
        f"{counts.at_risk} avec réserves": counts.at_risk,
        blocked: counts.blocked,
        unmeasured: counts.unmeasured,
    }
    said = ", ".join(words for words, number in parts.items() if number)
    return f"L'ENT peut ouvrir, avec des réserves : {said}, sur {count(counts.measured, 'mesuré')}."
