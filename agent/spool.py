"""Where do reports wait until the collector has them? One file each, oldest first, let go only after a receipt."""

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent import durable

MAX_REPORTS: Final = 200
MAX_BYTES: Final = 20 * 1024 * 1024
"""Bounds of the spool, past which the oldest reports are dropped, and counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A report that waits: the exact bytes to send."""

    path: Path
    report_id: str
    sequence: int
    created_at: int
    body: bytes


class Spool:
    """The reports that wait in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "spool"
        self._aside = folder / "aside"
        self._dropped = folder / "dropped"
        self._held: set[Path] = set()  # done with, but another program does not let them go
        for one in (self._folder, self._aside):
            one.mkdir(parents=True, exist_ok=True, mode=0o700)

    def add(self, report_id: str, sequence: int, body: bytes) -> None:
        """Keep a report durably, then drop the oldest past the bounds."""
        head = {"report_id": report_id, "sequence": sequence, "sha256": hashlib.sha256(body).hexdigest()}
        line = json.dumps({**head, "created_at": int(time.time())}).encode()
        durable.write(self._folder / f"{sequence:010}-{report_id}.report", line + b"\n" + body)
        paths = self._paths()
        sizes = [path.stat().st_size for path in paths]
        while len(paths) > 1 and (len(paths) > MAX_REPORTS or sum(sizes) > MAX_BYTES):
            durable.write(self._dropped, str(self.dropped + 1).encode())
            durable.remove(paths.pop(0))
            sizes.pop(0)

    def pending(self) -> Iterator[Pending]:
        """Yield what waits, oldest first; a file that is damaged (set aside) or held by another program is passed."""
        for path in self._paths():
            try:
                report = _read(path)
            except PermissionError:
                continue
            except ValueError as error:
                self._set_aside(path, {"reason": f"fichier abîmé ({error})"})
            else:
                yield report

    def sent(self, report: Pending) -> None:
        """Let go of a report that the collector has.

        When another program holds its file, it is sent again by the next run, and gets the same receipt.
        """
        try:
            durable.remove(report.path)
        except PermissionError:
            self._held.add(report.path)
        durable.settle(self._folder)

    def refused(self, report: Pending, reason: str) -> None:
        """Set aside a report that the collector refuses, with its reason; it is kept, and not sent again."""
        self._set_aside(report.path, {"reason": reason, "report_id": report.report_id})

    @property
    def dropped(self) -> int:
        """How many reports were dropped because too many waited."""
        try:
            return int(self._dropped.read_text())
        except (FileNotFoundError, ValueError):
            return 0

    @property
    def aside(self) -> list[tuple[str, str]]:
        """What was set aside: file name and reason, oldest first."""
        reasons = sorted(self._aside.glob("*.json"))
        return [(path.stem, str(json.loads(path.read_bytes()).get("reason", ""))) for path in reasons]

    def __len__(self) -> int:
        return len(self._paths())

    def _paths(self) -> list[Path]:
        return sorted(path for path in self._folder.glob("*.report") if path not in self._held)

    def _set_aside(self, path: Path, why: dict[str, str]) -> None:
        # The reason first: a cut in between leaves the report in the spool, to be refused again.
        durable.write(self._aside / f"{path.stem}.json", json.dumps(why, ensure_ascii=False).encode())
        try:
            durable.patiently(lambda: path.replace(self._aside / path.name))
        except PermissionError:
            self._held.add(path)
        durable.settle(self._folder)


def _read(path: Path) -> Pending:
    """Read a report that waits; raises ValueError when it is damaged."""
    line, _, body = path.read_bytes().partition(b"\n")
    head = json.loads(line)
    if not isinstance(head, dict) or hashlib.sha256(body).hexdigest() != head.get("sha256"):
        raise ValueError("empreinte fausse")
    report_id, sequence, created_at = head.get("report_id"), head.get("sequence"), head.get("created_at")
    if not (isinstance(report_id, str) and isinstance(sequence, int) and isinstance(created_at, int)):
        raise ValueError("en-tête incomplet")
    return Pending(path=path, report_id=report_id, sequence=sequence, created_at=created_at, body=body)
