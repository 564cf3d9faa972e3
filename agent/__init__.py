"""The hand: asks the workstation, keeps the answer safe, sends it."""
