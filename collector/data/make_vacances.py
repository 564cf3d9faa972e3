"""Which dates are in `vacances.csv`? Run by hand once a year: `python collector/data/make_vacances.py data.csv`.

`data.csv` is the table of days of <https://github.com/AntoineAugusti/vacances-scolaires-france> (MIT; the ministry's
calendar, one line a day, one column a zone), version 0.12.0, read on 2026-11-25.
"""

import csv
import sys
from pathlib import Path

FIRST = "2025-01-01"


def main(source: str) -> None:
    """Write the spans of days without school, by zone."""
    with Path(source).open(encoding="utf-8") as file:
        days = [row for row in csv.DictReader(file) if row["date"] >= FIRST]
    spans = []
    for zone in "abc":
        began = last = ""
        for row in (*days, {"date": "", f"vacances_zone_{zone}": "False"}):
            if row[f"vacances_zone_{zone}"] == "True":
                began, last = began or row["date"], row["date"]
            elif began:
                spans.append((zone.upper(), began, last))
                began = ""
    with Path(__file__).with_name("vacances.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("zone", "first", "last"), *spans])


if __name__ == "__main__":
    main(sys.argv[1])
