"""How is what was measured shown? One table, one line a figure, with its baseline in the same run."""

import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line: what was measured, beside what, and what the bar asks."""

    name: str
    measured: str  # with its unit
    baseline: str = ""  # what it stands beside, with its unit
    ratio: float | None = None
    bar: str = ""  # what must hold, in words
    holds: bool | None = None  # None: nothing is asked


@dataclass(slots=True)
class Table:
    """Figures as they come."""

    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, figure: Figure) -> None:
        """Keep a figure and print it at once: a long run shows where it is."""
        self.figures.append(figure)
        print(f"  {figure.name} : {figure.measured}", flush=True)

    def print(self) -> None:
        """Print the whole table."""
        titles = ("figure", "measured", "beside", "ratio", "bar", "")
        rows = [titles, *map(_row, self.figures)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(titles))]
        print()
        for number, row in enumerate(rows):
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
            if number == 0:
                print("  ".join("-" * width for width in widths))
        print("\n" + "\n".join(self.notes))

    def markdown(self) -> str:
        """Return the table as Markdown, with its notes."""
        lines = ["| figure | measured | beside | ratio | bar | |", "|---|---|---|---|---|---|"]
        lines += [f"| {' | '.join(cell.strip() for cell in _row(one))} |" for one in self.figures]
        return "\n".join([*lines, "", *(f"- {note}" for note in self.notes)])

    def document(self, path: Path) -> None:
        """Put the table in a page, between its two marks."""
        before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        if not rest or not after:
            raise SystemExit(f"bench: {path} has no {BEGIN} … {END}")
        path.write_text(f"{before}{BEGIN}\n{self.markdown()}\n{END}{after}", encoding="utf-8")

    def keep(self, path: Path, **about: object) -> None:
        """Write it as JSON too, for whoever compares runs."""
        path.parent.mkdir(parents=True, exist_ok=True)
        held = {"about": about, "notes": self.notes, "figures": [asdict(one) for one in self.figures]}
        path.write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def median(values: Sequence[float], of: Callable[[Sequence[float]], float] = statistics.median) -> float:
    """Return the middle of several rounds."""
    return of(values)


def number(value: float, unit: str = "") -> str:
    """Write a figure with three digits that count: 8 430/s, 12.3 ms."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}".replace(",", " ") + unit


def _row(one: Figure) -> tuple[str, ...]:
    verdict = {None: "", True: "holds", False: "DOES NOT HOLD"}[one.holds]
    ratio = "" if one.ratio is None else f"x {one.ratio:.2f}"
    return one.name, one.measured, one.baseline, ratio, one.bar, verdict
