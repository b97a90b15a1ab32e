"""Brings a database to a revision of `migrations/`.

Alembic is imported where something is migrated: to ask whether anything is needs little, and a start should not wait for more.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from storage.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"

_NAMED = re.compile(r"^(revision|down_revision)\b[^=\n]*= *[\"'](\w+)[\"']", re.MULTILINE)


def configuration(url: str) -> "Config":
    """Alembic's configuration for this database."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def migrate(url: str, to: str = "head") -> None:
    """Go to a revision: up, or, where it is an earlier one ("base" is the empty database), down."""
    from alembic import command
    from alembic.script import ScriptDirectory

    config = configuration(url)
    known = [revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()]
    now = current(url)
    target = known[0] if to == "head" and known else to
    backwards = target == "base" or (now in known and target in known and known.index(target) > known.index(now))
    (command.downgrade if backwards else command.upgrade)(config, to)


def current(url: str) -> str | None:
    """The revision that the database is at, None for an empty one."""
    database = Database(url)
    try:
        with database.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return str(found) if found is not None else None
    finally:
        database.dispose()


def newest() -> str:
    """The revision that no other one follows."""
    told = [pair for path in (MIGRATIONS / "versions").glob("*.py") for pair in _NAMED.findall(path.read_text("utf-8"))]
    followed = {revision for kind, revision in told if kind == "down_revision"}
    (head,) = {revision for kind, revision in told if kind == "revision"} - followed
    return str(head)


def behind(url: str) -> bool:
    """Whether the database is not at the newest revision."""
    return current(url) != newest()
