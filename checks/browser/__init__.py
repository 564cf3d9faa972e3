"""Checks of the family « browser »."""
