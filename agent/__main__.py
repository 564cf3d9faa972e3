"""`python -m agent` is `preau-agent`."""

from agent.cli import main

raise SystemExit(main())
