"""How do reports reach the collector, however bad the line, and each once?"""

import random
import time
import uuid
from collections.abc import Callable
from typing import Final

import checks
from agent.identity import LONGEST_SLOT_S, Folder, Identity
from agent.measure import Attempt, for_wire
from agent.post import Answer, NoAnswer, believed, not_the_collector, request
from agent.requirements import Required
from agent.spool import Pending, Spool
from checks import pace, wire

FIRST_WAIT_S: Final = 2.0
LONGEST_WAIT_S: Final = 300.0
STANDINGS: Final = {
    "pending": "Relevé reçu, pas encore compté : ce poste attend qu'une personne l'accepte sur le collecteur.",
    "quarantined": "Relevé mis de côté par le collecteur : une personne doit accepter ce poste, ou l'enrôler à nouveau "
    "avec un code de l'école (preau-agent enrol --again). C'est le cas quand un disque a été copié sur un autre poste.",
}
"""What is worth saying of a report that was received and does not count."""


def spool_report(
    folder: Folder,
    spool: Spool,
    identity: Identity,
    required: Required,
    attempts: dict[str, Attempt],
    evidence: wire.Evidence = "agent",
) -> None:
    """Make a report of an audit and keep it durably; its sequence is taken before, so that none is used twice."""
    body = wire.pack(lay_out(identity.workstation_id, required, attempts, evidence))
    sequence = folder.progress().sequence + 1
    folder.keep_progress(sequence=sequence)
    spool.add(str(uuid.uuid4()), sequence, body)


def lay_out(
    workstation_id: str, required: Required, attempts: dict[str, Attempt], evidence: wire.Evidence = "agent"
) -> dict[str, object]:
    """Return the body of a report, before compression."""
    return wire.report(
        workstation_id=workstation_id,
        agent_version=checks.VERSION,
        profile_id=required.profile.id,
        profile_version=required.profile.version,
        evidence=evidence,
        facts_schema=required.facts_schema,
        attempts=for_wire(attempts, required.profile, required.facts_schema),
    )


def flush(
    folder: Folder,
    spool: Spool,
    identity: Identity,
    *,
    patience_s: float,
    say: Callable[[str], None],
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Send what waits, oldest first, waiting longer and longer between failures; returns how many still wait.

    Waits are drawn at random up to a growing bound (so that a fleet spreads out), never less than `Retry-After`, and
    all together no longer than `patience_s`.
    """
    failures, deadline = 0, time.monotonic() + patience_s
    while (report := next(spool.pending(), None)) is not None:
        try:
            _send(folder, spool, identity, report, say)
            failures = 0
        except NoAnswer as error:
            bound = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0**failures)
            wait = max(random.uniform(0, bound), error.retry_after_s)  # noqa: S311 - spreading, not a secret
            failures += 1
            if time.monotonic() + wait > deadline:
                _put_off(folder, error.retry_after_s)
                say(f"{error} ; le relevé reste sur ce poste et partira plus tard")
                break
            say(f"{error} ; nouvel essai dans {wait:.0f} s")
            sleep(wait)
    return len(spool)


def _send(folder: Folder, spool: Spool, identity: Identity, report: Pending, say: Callable[[str], None]) -> None:
    """Send one report; raises `NoAnswer` when it must be tried again."""
    last_receipt = folder.progress().last_receipt or "-"
    answer = request(
        identity.collector,
        identity.key,
        "POST",
        wire.REPORTS_PATH,
        extra_ca=folder.ca if identity.has_ca else None,
        body=report.body,
        headers=headers_of(report.report_id, report.sequence, last_receipt),
        report_id=report.report_id,
        sequence=report.sequence,
        last_receipt=last_receipt,
    )
    said = answer.json()
    if said.get("report_id") == report.report_id:
        if answer.status in (200, 201) and believed(answer, "receipt", identity.keys):
            standing = str(said.get("state", ""))
            folder.keep_progress(
                last_receipt=said["receipt_id"],
                received_at=said["received_at"],
                standing=standing,
                next_at=_next_at(said.get("next_in_s")),
                quiet_until=None,
                failed_runs=0,
            )
            spool.sent(report)
            if standing in STANDINGS:
                say(STANDINGS[standing])
            return
        if _is_refusal(answer, identity):
            spool.refused(report, str(said.get("detail", "")))
            say(f"le collecteur refuse le relevé {report.sequence} : {said.get('detail', '')} Il est mis de côté.")
            return
    raise not_the_collector(answer)


def headers_of(report_id: str, sequence: int, last_receipt: str) -> dict[str, str]:
    """Return what a report's request says of it, beside its signature."""
    return {
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
        wire.REPORT_ID_HEADER: report_id,
        wire.SEQUENCE_HEADER: str(sequence),
        wire.LAST_RECEIPT_HEADER: last_receipt,
    }


def _put_off(folder: Folder, retry_after_s: int) -> None:
    """Keep scheduled runs quiet for a while drawn at random: those who wait must not all come back at once."""
    failed = folder.progress().failed_runs + 1
    wait_s = max(random.uniform(0, pace.longest_defer_s(failed)), retry_after_s)  # noqa: S311 - spreading, not a secret
    folder.keep_progress(failed_runs=failed, quiet_until=int(time.time() + wait_s))


def _next_at(next_in_s: object) -> int | None:
    """Return when the next audit is expected; None when the collector gives no slot."""
    if not isinstance(next_in_s, int) or isinstance(next_in_s, bool) or not 0 < next_in_s <= LONGEST_SLOT_S:
        return None
    return int(time.time()) + next_in_s


def _is_refusal(answer: Answer, identity: Identity) -> bool:
    return 400 <= answer.status < 500 and believed(answer, "refusal", identity.keys)
