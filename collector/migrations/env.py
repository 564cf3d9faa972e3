"""What alembic runs: migrations over the connection it is given (see `collector.store.schema`)."""

from alembic import context
from sqlmodel import SQLModel

from collector import judged, tables
from collector.people import tables as people_tables
from collector.plan import tables as plan_tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
_FILLED = (tables, judged, people_tables, plan_tables)  # importing them is what fills the metadata
with context.begin_transaction():
    context.run_migrations()
