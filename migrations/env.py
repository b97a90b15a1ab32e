"""Alembic's entry: runs revisions on the database that it is given.

SQLite recreates tables to change them, and dropping a parent would empty or block its children: foreign keys are off while
a revision runs and are checked afterwards. Each run is one transaction on either database.
"""

from alembic import context
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

import storage.tables  # noqa: F401 - registers the tables that autogenerate compares with
from storage.database import Database


def run() -> None:
    """Run the wanted revisions online."""
    database = Database(context.config.attributes["url"])
    try:
        with database.engine.connect() as connection:
            if database.sqlite:
                raw = connection.connection.driver_connection
                assert raw is not None
                raw.execute("PRAGMA foreign_keys=OFF")
                raw.execute("BEGIN IMMEDIATE")
            _revise(connection)
            if database.sqlite:
                broken = connection.execute(text("PRAGMA foreign_key_check")).all()
                if broken:
                    raise RuntimeError(f"foreign keys are broken after the migration: {broken[:5]}")
    finally:
        database.dispose()


def _revise(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()


run()
