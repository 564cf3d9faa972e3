"""`python -m collector` and `preau-collector`."""


def main() -> int:
    """Run one command."""
    # Not above: processes that judge (`collector.judging_pool`) begin by reading this module again, and need no more.
    from collector.cli import main as run

    return run()


if __name__ == "__main__":
    raise SystemExit(main())
