"""Which shapes do pages draw? Geometry only: what the shapes say, and their tables, are in the templates."""
