"""Workstations replayed from their recorded answers: golden machines."""

import json
from pathlib import Path
from typing import Any

from checks.replay import Replayed as Replay
from checks.replay import Unrecorded

__all__ = ["MACHINES", "Replay", "Unrecorded", "load", "recordings"]

MACHINES = Path(__file__).parent / "machines"


def recordings() -> list[Path]:
    return sorted(p for p in MACHINES.glob("*.json"))


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))
