"""Checks of the family « software »."""
