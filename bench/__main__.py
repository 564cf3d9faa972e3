"""`python -m bench`: measures on this machine and prints one table. `make bench SCALE=smoke|half|full`."""

import argparse
import os
import platform
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from bench import floors, ingest, nation, schedule, year
from bench.ground import SCALES, Ground, Scale, grounds
from bench.table import Figure, Table, number

ROOMS: dict[str, Callable[[Ground, Scale, Table], None]] = {
    "ingest": ingest.measure,
    "nation": nation.measure,
    "year": year.measure,
    "schedule": schedule.measure,
}


def main() -> int:
    """Measure what is asked for; 1 when a bar does not hold."""
    args = _parser().parse_args()
    scale, table, began, ended_early = SCALES[args.scale], Table(), time.monotonic(), False
    shutil.rmtree(args.folder, ignore_errors=True)
    args.folder.mkdir(parents=True)
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    about = f"{platform.machine()}, {os.cpu_count()} cores, {versions}"
    table.notes.append(f"scale {args.scale}: {scale}; {about}; load average before: {os.getloadavg()[0]:.1f}")
    with grounds(args.folder, args.engines.split(",")) as found:
        _floors(found, scale, table)
        for name in args.only.split(","):
            for ground in found:
                print(f"{name}, {ground.engine}", flush=True)
                try:
                    ROOMS[name](ground, scale, table)
                except SystemExit as error:  # what was measured so far is worth its table
                    ended_early = True
                    table.notes.append(f"{name}, {ground.engine}: not measured to its end: {error}")
    minutes = (time.monotonic() - began) / 60
    table.notes.append(f"{minutes:.1f} minutes; load average after: {os.getloadavg()[0]:.1f}")
    table.print()
    if args.document:
        table.document(args.document)
    table.keep(args.folder / "bench.json", scale=args.scale, machine=about, minutes=round(minutes, 1))
    return 1 if ended_early or (args.strict and any(one.holds is False for one in table.figures)) else 0


def _floors(found: list[Ground], scale: Scale, table: Table) -> None:
    """Add what the disk and the databases can do by themselves."""
    print("floors", flush=True)
    seconds, folder = min(2.0, scale.seconds), found[0].folder
    rate = floors.fdatasync_rate(folder, seconds)
    table.add(Figure(name="fdatasync of 4 kB on this disk", measured=f"{number(rate, '/s')}, {number(1000 / rate)} ms"))
    alone = floors.libraries_us(found[0].kinds[0].text)
    spent = " ".join(f"{name} {number(us)}" for name, us in alone.items())
    table.add(
        Figure(name="libraries alone, for one report", measured=f"{number(sum(alone.values()))} us", baseline=spent)
    )
    for ground in found:
        for group in (1, 64):
            if ground.server is None:
                rate = floors.sqlite_rate(folder, group, seconds)
            else:
                database = ground.database("floor").replace("postgresql:///floor?", "")
                rate = floors.postgresql_rate(f"dbname=floor {database.replace('&', ' ')}", group, seconds)
            table.add(
                Figure(name=f"durable rows by {ground.engine} alone, {group} a commit", measured=number(rate, "/s"))
            )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--scale", choices=SCALES, default="full", help="how much of everything (full)")
    parser.add_argument("--only", default=",".join(ROOMS), help=f"among {', '.join(ROOMS)}")
    parser.add_argument("--engines", default="sqlite,postgresql", help="among sqlite, postgresql")
    parser.add_argument("--folder", type=Path, default=Path("build/bench"), help="where databases and results go")
    parser.add_argument("--document", type=Path, metavar="PAGE", help="write the table in a page, between its marks")
    parser.add_argument("--strict", action="store_true", help="fail when a bar does not hold")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
