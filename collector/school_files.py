"""What happens when a file about schools is given to the collector?"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from collector import assignment, directory
from collector.assignment import Assignment
from collector.directory import Row
from collector.sheet import BadFile, Refusal, Sheet, open_sheet
from collector.store import Session
from collector.store.engine import Store
from collector.store.generations import profiles_in_force
from collector.store.readiness import refresh_schools
from collector.store.school_import import Closing, Tally, assign_schools, close_absent, import_schools, look_at_schools
from collector.store.standing import judge_schools

_LOT: Final = 2000
"""Rows written in one transaction: other writers wait for one lot at most."""

_LOT_JUDGED: Final = 200
"""The same, where the workstations of those schools may have to be judged again."""
Progress = Callable[[int, int], None]
"""Called with the number of rows done, and of all rows."""
R = TypeVar("R", Row, Assignment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What came of a file."""

    is_directory: bool  # otherwise a table of expectations
    tally: Tally
    refusals: tuple[Refusal, ...]  # in the order of lines
    closing: Closing | None = None  # None: closing was not considered, since lines were refused

    @property
    def refused(self) -> list[Refusal]:
        """Lines not taken."""
        return [one for one in self.refusals if not one.kept]

    @property
    def remarks(self) -> list[Refusal]:
        """Values left out of lines that were taken."""
        return [one for one in self.refusals if one.kept]


def take(store: Store, path: Path, now: int, *, sure: bool = False, progress: Progress = lambda *_: None) -> Summary:
    """Take in a directory of schools, or a table of what is expected of them: the header tells which.

    `sure`: close every school the directory leaves out, even if lines were refused or many schools are absent.
    BadFile if the file is neither, or unreadable; then nothing was written.
    """
    sheet = open_sheet(path)
    if directory.is_directory(sheet):
        return _take_directory(store, sheet, now, sure, progress)
    if assignment.is_assignment(sheet):
        rows, refusals = _parted(assignment.rows(sheet), Assignment)
        tally = _in_lots(store, rows, _assign, _LOT_JUDGED, now, progress)
        return _summary(False, tally, [*refusals, *_unpublished(store, rows)])
    raise BadFile(
        f"en-tête non reconnu (« {sheet.separator.join(sheet.titles)[:80]} ») : il faut l'annuaire de l'éducation, "
        "dont une colonne est Identifiant_de_l_etablissement, ou un tableau uai;postes;vague;ouverture;profil"
    )


def _take_directory(store: Store, sheet: Sheet, now: int, sure: bool, progress: Progress) -> Summary:
    rows, refusals = _parted(directory.rows(sheet), Row)
    tally = _in_lots(store, rows, import_schools, _LOT, now, progress)
    if not sure and any(not one.kept for one in refusals):
        return _summary(True, tally, refusals)
    present, departements = {row.uai for row in rows}, {row.departement_code for row in rows}
    closing = store.write(lambda session: close_absent(session, present, departements, now, sure=sure))
    return _summary(True, tally, refusals, closing)


def _assign(session: Session, rows: Sequence[Assignment], now: int) -> Tally:
    tally = assign_schools(session, rows, now)
    judge_schools(session, tally.rejudge, now, "directory")
    refresh_schools(session, tally.rejudge, now, "directory")
    return tally


def _unpublished(store: Store, rows: Iterable[Assignment]) -> list[Refusal]:
    """A remark for each profile that rows name and nobody published, at the first line that names it."""
    with store.reading() as session:
        known = {profile.id for profile in profiles_in_force(session)}
    first = {row.profile_id: row.line for row in reversed(list(rows)) if row.profile_id not in (None, *known)}
    problem = (
        "le profil « {} » n'est pas publié ici (preau-collector profile publish) : "
        "d'ici là, les écoles qui le nomment suivent le profil par défaut"
    )
    return [Refusal(line, "profil", str(id_), problem.format(id_), kept=True) for id_, line in first.items()]


def _parted(found: Iterable[R | Refusal], kind: type[R]) -> tuple[list[R], list[Refusal]]:
    rows: list[R] = []
    refusals: list[Refusal] = []
    for one in found:
        if isinstance(one, kind):
            rows.append(one)
        elif isinstance(one, Refusal):
            refusals.append(one)
    return rows, refusals


def _in_lots(
    store: Store, rows: Sequence[R], write: Callable[..., Tally], at_once: int, now: int, progress: Progress
) -> Tally:
    tally = Tally()
    for start in range(0, len(rows), at_once):
        lot = rows[start : start + at_once]
        tally.add(store.write(partial(write, rows=lot, now=now)))
        if start == 0 and tally.new == at_once:
            store.write(look_at_schools)
        progress(start + len(lot), len(rows))
    return tally


def _summary(is_directory: bool, tally: Tally, refusals: Iterable[Refusal], closing: Closing | None = None) -> Summary:
    in_order = sorted((*refusals, *tally.refusals), key=lambda one: one.line)
    return Summary(is_directory=is_directory, tally=tally, refusals=tuple(in_order), closing=closing)
