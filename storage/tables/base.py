"""What every table shares: named constraints, the column helpers that keep the tables short, and how rows are inserted."""

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Executable, Index, Table, inspect, literal, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def workspace_key(*, index: bool = False) -> Any:
    """The workspace (Slack team) that a row belongs to: every query names it."""
    return Field(foreign_key="workspace.id", index=index, max_length=32)


def json_column(default: Any = dict) -> Any:
    """A JSON column with a fresh default for each row."""
    return Field(default_factory=default, sa_type=JSON)


def one_of(column: str, values: Iterable[StrEnum], *, nullable: bool = False) -> CheckConstraint:
    """A CHECK that holds `column` to the given words: the tables validate nothing by themselves."""
    words = ", ".join(f"'{value}'" for value in values)
    rule = f"{column} IN ({words})"
    return CheckConstraint(f"{column} IS NULL OR {rule}" if nullable else rule, name=column)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the rows that satisfy `where`, on SQLite and PostgreSQL alike."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


def insert_into(dialect: str, kind: type[SQLModel]) -> sqlite.Insert | postgresql.Insert:
    """INSERT as the database of this name says it, which can also say what becomes of a row that is there already."""
    table = table_of(kind)
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def insert_new(session: Session, kind: type[SQLModel], values: dict[str, Any]) -> bool:
    """Insert a row unless a unique constraint already holds its like; whether it was inserted.

    The database decides, so two processes cannot both be told yes.
    """
    statement = _insert_new(session.get_bind().dialect.name, kind)
    # A row comes back, or none: row counts of INSERTs are not told everywhere.
    return session.connection().execute(statement, values).first() is not None


@cache
def _insert_new(dialect: str, kind: type[SQLModel]) -> Executable:
    return insert_into(dialect, kind).on_conflict_do_nothing().returning(literal(1))


def table_of(kind: type[SQLModel]) -> Table:
    """The table behind a class, for statements that ask for plain rows."""
    table = inspect(kind).local_table
    assert isinstance(table, Table)
    return table
