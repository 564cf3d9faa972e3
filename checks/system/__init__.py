"""Checks of the family « system »."""
