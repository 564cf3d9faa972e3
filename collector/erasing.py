"""How is a workstation, or all that was learnt of a school, erased, and kept from coming back with a backup?

Erasing is written down beside the database (random ids and UAI only), and done again when a backup is given back.
"""

import json
import os
import time
from pathlib import Path
from typing import Final, Literal

from collector.settings import Settings
from collector.store import Session, erasures
from collector.store.audit import record
from collector.store.engine import Store

ERASURES: Final = "effacements.jsonl"
Kind = Literal["workstation", "school"]


def erase(store: Store, settings: Settings, kind: Kind, id_: str, actor: str) -> int:
    """Erase one workstation or school; returns how many workstations went. What it was is in no log, its id is."""
    now = int(time.time())
    _note(settings.data_dir / ERASURES, kind, id_, now)  # before: a backup made meanwhile must not bring it back

    def work(session: Session) -> int:
        erased = _erase(session, kind, id_, now)
        record(session, now, actor, "erased", id_, kind=kind, workstations=erased)
        return erased

    return store.write(work)


def erase_again(store: Store, noted: Path) -> list[str]:
    """Erase again all that was noted, in a database given back from a backup; returns the ids that were still there."""
    if not noted.exists():
        return []
    again: list[str] = []
    for line in noted.read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        if store.write(lambda session, said=said: _erase(session, said["kind"], said["id"], int(time.time()))):  # type: ignore[misc]
            again.append(said["id"])
    return again


def _erase(session: Session, kind: Kind, id_: str, now: int) -> int:
    if kind == "school":
        return erasures.erase_school(session, id_, now)
    return erasures.erase_workstations(session, [id_], now)


def _note(path: Path, kind: Kind, id_: str, now: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
        file.write(json.dumps({"at": now, "kind": kind, "id": id_}) + "\n")
        file.flush()
        os.fsync(file.fileno())
