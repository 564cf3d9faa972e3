"""The school in a box: `make lab`, `make lab ONLY=name`, `make lab LIST=1`."""

import argparse
import os
import shutil
import signal
import sys
import time
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from tests.lab import ground, matrix
from tests.lab.scenario import Result, Scenario
from tests.lab.scenarios import ALL


def main(arguments: list[str]) -> int:
    """Run the lab; 0 when it holds what is promised, 1 when not, 2 for wrong usage."""
    args = _parser().parse_args(arguments)
    wanted = [s for s in ALL if not args.only or any(fnmatch(s.name, one) for one in args.only.split(","))]
    if args.list:
        print("\n".join(f"{s.name:42} {s.expected_outcome.value:11} {s.fault}" for s in wanted))
        return 0
    if not wanted:
        print(f"lab: no scenario is called {args.only}; LIST=1 names them all", file=sys.stderr)
        return 2
    if os.environ.get(ground.INSIDE) != "1":
        lacking = ground.missing()
        if lacking:
            required = os.environ.get("PREAU_REQUIRE_ALL") == "1"
            print(f"lab: {'required here, and ' if required else 'skipped: '}{lacking}", file=sys.stderr)
            return 1 if required else 0
        return ground.enter(arguments)
    return _inside(args, wanted)


def _inside(args: argparse.Namespace, wanted: list[Scenario]) -> int:
    from tests.lab.internet import internet
    from tests.lab.run import run_all

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    ground.settle()
    started, results = time.monotonic(), []

    def done(result: Result) -> None:
        results.append(result)
        print(f"[{len(results)}/{len(wanted)}] {_line(result)}", flush=True)
        if args.only or result.wrong:
            print("\n".join(_details(result)), flush=True)

    interrupted = False
    try:
        with internet():
            run_all(wanted, min(args.workers, len(wanted)), done)
    except KeyboardInterrupt:
        interrupted = True
        print("lab: interrupted; nothing is left behind", file=sys.stderr)
    finally:
        if args.keep:
            shutil.copytree(ground.RUN, args.keep, dirs_exist_ok=True, ignore=shutil.ignore_patterns("school-*"))
    took_s = time.monotonic() - started
    print("\n" + "\n".join(matrix.report(results, took_s)))
    if interrupted:
        return 130
    if not args.only:
        matrix.write(results, took_s)
    return 0 if matrix.within_the_bar(results) else 1


def _line(result: Result) -> str:
    verdict = "as expected" if not result.wrong else "WRONG: " + ", ".join(result.wrong)
    return f"{result.scenario.name:42} {result.audit_s:5.1f} s {result.traffic_bytes / 1000:6.0f} kB  {verdict}"


def _details(result: Result) -> list[str]:
    lines = [f"    fault: {result.scenario.fault}"]
    if result.problem:
        return [*lines, "    " + result.problem.replace("\n", "\n    ")]
    assert result.found is not None
    lines.append(f"    outcome: expected {result.scenario.expected_outcome}, found {result.found.outcome}")
    marks: Any = (result.scenario.expected, result.found.shown)
    for check in sorted({*marks[0], *marks[1]}):
        asked, got = (sorted(one.get(check, ())) for one in marks)
        lines.append(f"    {'  ' if asked == got else '! '}{check}: expected {asked}, found {got}")
    return lines + [f"      {sentence}" for sentence in result.found.sentences]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make lab", description="Audits schools in a box, each with its fault.")
    parser.add_argument("--only", default="", metavar="NAMES", help="scenarios by name, commas and * allowed")
    parser.add_argument("--list", action="store_true", help="name the scenarios and stop")
    parser.add_argument("--workers", type=int, default=6, help="schools at the same time (6)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="copy what was said and logged there")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
