"""Which version is the database's schema, and how does it become the present one?"""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine


class SchemaError(RuntimeError):
    """A database that is not at the present version; the message says what to do, in French."""


def upgrade(engine: Engine) -> None:
    """Bring the schema to the present version, in one transaction."""
    config = _config()
    with engine.execution_options(preau_writes=True).begin() as connection:
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
    if found != present:
        raise SchemaError(f"la base est en version {found or 'vide'}, il faut {present} : preau-collector db upgrade")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("collector") / "migrations").replace("%", "%%"))
    return config
