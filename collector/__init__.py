"""The memory: takes reports in, judges them, aggregates them, shows them."""
