"""The hand: asks the workstation, keeps the answer safe, sends it."""

from typing import Final

VERSION: Final = "0.1.0"
