"""What does Préau know of the world outside, since when, and from whom? Dated tables that a profile overrides."""
