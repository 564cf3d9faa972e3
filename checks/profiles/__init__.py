"""Profiles shipped with Préau, as TOML texts (see `checks.profile`)."""
