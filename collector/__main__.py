"""`python -m collector` is `preau-collector`."""

from collector.cli import main

raise SystemExit(main())
