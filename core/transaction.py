"""The one way to read and to change anything.

A use case gets a `Transaction`, changes rows, and emits events; what follows from an event (the journal, the outbox effects,
later points and badges) is written by the reactions in the same transaction. Then it commits, and then the outbox is woken.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Executable, bindparam, delete, insert, select
from sqlmodel import Session, SQLModel, col

from core.errors import NotFound
from core.events import Event
from storage import outbox
from storage.crypto import Sealer
from storage.database import Database, known
from storage.tables import Delivery, JournalEntry, Member, Role, Workspace
from storage.tables.base import insert_new, table_of

Reaction = Callable[["Transaction", Event], None]

_WORKSPACE = select(table_of(Workspace)).where(col(Workspace.id) == bindparam("id"))
_JOURNAL = insert(table_of(JournalEntry))


@dataclass
class View:
    """A consistent look at one workspace at `now` (aware, UTC), for `actor` (None: Slotquest itself).

    `remembered` is for what a question has worked out and the next one of the same look may ask again. It ends with the look,
    and a `Transaction`, under which things change, has no use for it.
    """

    session: Session
    workspace: Workspace
    now: datetime
    sealer: Sealer
    actor: Member | None = None
    remembered: dict[object, Any] = field(default_factory=dict, repr=False)

    @property
    def workspace_id(self) -> str:
        """The Slack team whose rows this is about."""
        return self.workspace.id

    @property
    def dialect(self) -> str:
        """What kind of database this is: "sqlite" or "postgresql"."""
        return self.session.get_bind().dialect.name

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone in which the workspace's schedules and days are meant."""
        return ZoneInfo(self.workspace.timezone)

    @cached_property
    def index_key(self) -> str:
        """The key under which customers' phones and e-mails are hashed to be found again."""
        return self.sealer.open(self.workspace.index_key, f"{self.workspace_id}:index_key")

    def rows(self, statement: Executable, **values: Any) -> Sequence[Any]:
        """The rows of a statement over tables (not classes) that was made once, with these values bound.

        For hot paths: to make a statement anew and to load objects takes several times as long as to ask the database.
        """
        self.session.flush()
        return self.session.connection().execute(statement, values).all()

    def seal(self, text: str | None, place: str) -> str | None:
        """`text` encrypted for this workspace; None and "" stay None. `place` is "table.column:row id"."""
        return self.sealer.seal(text, f"{self.workspace_id}:{place}") if text else None

    def open(self, sealed: str | None, place: str) -> str:
        """What `seal` was given, "" for None."""
        return self.sealer.open(sealed, f"{self.workspace_id}:{place}") if sealed else ""

    def actor_is(self, role: Role) -> bool:
        """Whether the caller holds `role` or a higher one; Slotquest itself holds every role."""
        return self.actor is None or Role(self.actor.role).covers(role)


@dataclass
class Transaction(View):
    """A look that may change things."""

    new_id: Callable[[], str] = field(kw_only=True)
    reactions: Mapping[type[Event], Sequence[Reaction]] = field(kw_only=True)

    def add(self, *rows: SQLModel) -> None:
        """Write rows now, so that a constraint speaks here and not at the commit."""
        self.session.add_all(rows)
        self.session.flush()

    def emit(self, event: Event) -> None:
        """Record that something happened, and let follow what follows."""
        actor = self.actor.id if self.actor else None
        self.session.connection().execute(_JOURNAL, self.journal_row(event, self.now, actor))
        for react in self.reactions.get(type(event), ()):
            react(self, event)

    def journal_row(self, event: Event, at: datetime, actor: str | None) -> dict[str, Any]:
        """The journal's row for an event; an import writes those of former times in bulk."""
        return {
            "workspace_id": self.workspace_id,
            "at": at,
            "kind": type(event).__name__,
            "subject": event.subject,
            "actor": actor,
            "data": event.facts(),
        }

    def effect(self, draft: outbox.Draft) -> None:
        """Something is to leave the house once this transaction is committed."""
        outbox.put(self.session, self.workspace_id, draft, self.now)

    def first_time(self, key: str) -> bool:
        """Whether `key` (a Slack view, trigger or event id) is dealt with for the first time; the database decides."""
        values = {"workspace_id": self.workspace_id, "key": key[:255], "at": self.now}
        return insert_new(self.session, Delivery, values)

    def forget(self, key: str) -> None:
        """What was dealt with under `key` did not succeed: the next time is the first one again."""
        delivery = table_of(Delivery).c
        self.session.connection().execute(
            delete(table_of(Delivery)).where(delivery.workspace_id == self.workspace_id, delivery.key == key[:255])
        )


@dataclass
class Engine:
    """The database, the keys and what happens after what. Time and ids come from outside."""

    database: Database
    sealer: Sealer
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    reactions: Mapping[type[Event], Sequence[Reaction]]
    committed: Callable[[], None] = lambda: None

    @contextmanager
    def view(self, workspace_id: str, actor: Member | None = None, seen: Workspace | None = None) -> Iterator[View]:
        """Look at a workspace; `seen` is its row, for who has just read it. Raises NotFound("workspace")."""
        with self.database.read() as session:
            workspace = seen or self._workspace(session, workspace_id)
            yield View(session, workspace, self.clock(), self.sealer, actor)

    @contextmanager
    def transaction(self, workspace_id: str, actor: Member | None = None) -> Iterator[Transaction]:
        """Change a workspace: all of it or, when the block raises, nothing. Raises NotFound("workspace")."""
        with self.database.write() as session:
            yield Transaction(
                session,
                self._workspace(session, workspace_id),
                self.clock(),
                self.sealer,
                actor,
                new_id=self.new_id,
                reactions=self.reactions,
            )
        self.committed()

    @staticmethod
    def _workspace(session: Session, workspace_id: str) -> Workspace:
        row = session.connection().execute(_WORKSPACE, {"id": workspace_id}).mappings().one_or_none()
        if row is None:
            raise NotFound("workspace")
        return known(session, Workspace, dict(row))
