"""Checks of the family « hardware »."""
