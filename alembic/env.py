"""How Alembic reaches the database: a connection handed over by ``storage.db.upgrade``, or, on
the command line, the address in ``-x database=URL`` or ``XUNJIAN_DATABASE``."""

import os

from sqlalchemy import Connection

import storage.inspection_tables
import storage.regime_tables  # noqa: F401 - its tables stand in the same metadata
from alembic import context
from storage.db import open_engine, writing
from storage.models import Base


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        transactional_ddl=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def address() -> str:
    arguments = context.get_x_argument(as_dictionary=True)
    url = arguments.get("database") or os.environ.get("XUNJIAN_DATABASE")
    if not url:
        raise SystemExit("name the database: alembic -x database=URL …, or set XUNJIAN_DATABASE")
    return url


if context.is_offline_mode():
    raise SystemExit("migrations need a database; there is no offline mode")
handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    migrate(handed_over)
else:
    with writing(open_engine(address(), create=True)) as opened:
        migrate(opened)
