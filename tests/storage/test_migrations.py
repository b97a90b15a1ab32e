"""Every migration, up and down, on both databases; and the tables that they make are the tables that the code expects."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlmodel import SQLModel

import storage.tables  # noqa: F401 - registers the tables
from storage.database import Database
from storage.migrate import behind, configuration, current, migrate


def test_every_revision_goes_up_and_down_and_up(database_url: str) -> None:
    migrate(database_url, "base")
    script = ScriptDirectory.from_config(configuration(database_url))
    revisions = [revision.revision for revision in script.walk_revisions()][::-1]
    for revision in revisions:
        migrate(database_url, revision)
        assert current(database_url) == revision
    for revision in [*revisions[:-1][::-1], "base"]:
        migrate(database_url, revision)
    assert current(database_url) is None
    database = Database(database_url)
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    database.dispose()
    assert behind(database_url)
    migrate(database_url)
    assert not behind(database_url)


def test_the_migrated_tables_are_those_of_the_code(database_url: str) -> None:
    database = Database(database_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, SQLModel.metadata)
        indexes = {
            index["name"] for table in SQLModel.metadata.tables for index in inspect(connection).get_indexes(table)
        }
    database.dispose()
    assert differences == []
    declared = {index.name for table in SQLModel.metadata.tables.values() for index in table.indexes}
    assert declared <= indexes


def test_there_is_one_head(tmp_path: Path) -> None:
    script = ScriptDirectory.from_config(configuration(f"sqlite:///{tmp_path / 'x.db'}"))
    assert len(script.get_heads()) == 1
