"""What does `preau-agent export` do: write the reports of a workstation without a network for somebody to carry?"""

import argparse
import sys
import time
import uuid
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from agent import durable
from agent.audit_cli import EXIT, must_be_new, wanted
from agent.commands_cli import audited
from agent.enrolment import BadInvitation, asked, keep_new_key, new_key, read_code
from agent.identity import Folder, Identity, default_folder
from agent.measure import Attempt
from agent.post import signed_headers
from agent.requirements import Required
from agent.send import headers_of, lay_out, spool_report
from agent.spool import Spool
from checks import wire
from checks.carried import Carried, to_text
from checks.decide import workstation_outcome
from checks.french import count

if TYPE_CHECKING:
    from nacl.signing import SigningKey


def export(args: argparse.Namespace) -> int:
    """Audit, and write what waits into a file; asks the collector nothing, and lets go of nothing."""
    must_be_new(args.file)
    folder = default_folder()
    folder.make()
    with durable.held(folder.path):
        identity = folder.identity()
        lay_out_all = (
            partial(_waiting, folder, identity)
            if identity is not None
            else partial(_first, folder, _code(args.code), tag=args.tag, place=args.place)
        )
        required = wanted(args.profile, folder)
        verdicts, attempts = audited(required, folder.ca if folder.ca.exists() else None, left={}, as_json=False)
        requests = lay_out_all(required, attempts)
        durable.write(args.file, to_text(requests))
    reports = sum(request.path == wire.REPORTS_PATH for request in requests)
    print(f"{count(reports, 'relevé écrit', 'relevés écrits')} dans {args.file}, à porter à qui tient le collecteur :")
    print(f"  preau-collector report import {args.file.name}")
    if identity is None:
        sys.stderr.write("Ce fichier contient le code de l'école : ne le confiez qu'à qui peut l'avoir.\n")
    return EXIT[workstation_outcome(verdicts, required.profile)]


def _code(given: str | None) -> wire.Code:
    """Read the code of a workstation never enrolled, before anything is measured; raises `BadInvitation`."""
    if given is None:
        raise BadInvitation("ce poste n'est pas enrôlé : donnez le fichier de l'école, --code ecole.preau")
    return read_code(given)[0]


def _waiting(folder: Folder, identity: Identity, required: Required, attempts: dict[str, Attempt]) -> list[Carried]:
    """Return all that waits, this audit last: sent as well one day, it gets the same receipts."""
    spool = Spool(folder.path)
    spool_report(folder, spool, identity, required, attempts)
    last_receipt = folder.progress().last_receipt or "-"
    return [_report(identity.key, p.report_id, p.sequence, last_receipt, p.body) for p in spool.pending()]


def _first(
    folder: Folder,
    code: wire.Code,
    required: Required,
    attempts: dict[str, Attempt],
    *,
    tag: str | None,
    place: str,
) -> list[Carried]:
    """Return an enrolment and this audit; the key is kept, and is the one of a later `enrol`."""
    made = new_key(folder)
    body = asked(made, code, tag=tag, place=place)
    signed = signed_headers(made.key, "POST", wire.ENROLMENTS_PATH, int(time.time()), body)
    made = keep_new_key(folder, replace(made, sequence=made.sequence + 1))
    report = wire.pack(lay_out(made.workstation_id, required, attempts))
    return [
        Carried(path=wire.ENROLMENTS_PATH, headers=signed | {"Content-Type": "application/json"}, body=body),
        _report(made.key, str(uuid.uuid4()), made.sequence, "-", report),
    ]


def _report(key: "SigningKey", report_id: str, sequence: int, last_receipt: str, body: bytes) -> Carried:
    signed = signed_headers(
        key,
        "POST",
        wire.REPORTS_PATH,
        int(time.time()),
        body,
        report_id=report_id,
        sequence=sequence,
        last_receipt=last_receipt,
    )
    return Carried(path=wire.REPORTS_PATH, headers=signed | headers_of(report_id, sequence, last_receipt), body=body)
