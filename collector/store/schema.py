"""Which version is the database's schema, and how does it become the present one?"""

from importlib.resources import files
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from collector.refusals import Told


class SchemaError(Told, RuntimeError):
    """A database that is not at the present version; the message says what to do, in French."""


def upgrade(engine: Engine) -> None:
    """Bring the schema to the present version, in one transaction: all of it, or nothing. Raises `SchemaError`."""
    _refuse_newer(*versions(engine))
    config = _config()
    with engine.execution_options(preau_writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":  # SQLite's writers queue by themselves
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def versions(engine: Engine) -> tuple[str | None, str]:
    """Return the version found (None in an empty database) and the present one."""
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found, ScriptDirectory.from_config(_config()).get_current_head() or ""


def require_present(engine: Engine) -> None:
    """Raise `SchemaError` unless the database is at the present version."""
    found, present = versions(engine)
    _refuse_newer(found, present)
    if found != present:
        raise SchemaError(f"la base est en version {found or 'vide'}, il faut {present} : preau-collector db upgrade")


def _refuse_newer(found: str | None, present: str) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
        raise SchemaError(
            f"la base est en version {found}, que ce programme (version {present}) ne connaît pas : "
            "elle vient d'un Préau plus récent ; mettre à jour le programme, ou restaurer une sauvegarde"
        )


_LOCK: Final = 7_073_101
"""Any number: two upgrades at once wait for one another."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("collector") / "migrations").replace("%", "%%"))
    return config
