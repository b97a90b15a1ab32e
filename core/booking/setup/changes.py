"""The one way to change a setting: under one lock, checked, written down with what it was before.

A thing's settings are its *facts*, a dict in JSON's types, or None where the thing is not there. A `Kind` knows how to tell
the present facts of a thing and how to put it into given ones; so that taking a change back is nothing but another change,
to the facts that were before, with the same checks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from core.errors import NotAllowed
from core.events import AvailabilityChanged, SettingsChanged
from core.transaction import Transaction, View
from storage.tables import JournalEntry, Role, Workspace

Facts = dict[str, Any]


def admins_only(_view: View, _subject: str, _before: Facts | None, _after: Facts | None) -> Role:
    """The usual rule: an admin changes settings."""
    return Role.ADMIN


def nothing_moves(
    _view: View, _subject: str, _before: Facts | None, _after: Facts | None
) -> AvailabilityChanged | None:
    """For settings that open and close no slot."""
    return None


def everything_moves(
    _view: View, _subject: str, _before: Facts | None, _after: Facts | None
) -> AvailabilityChanged | None:
    """For settings that bear on the slots of every consultant."""
    return AvailabilityChanged(subject="all")


@dataclass(frozen=True)
class Kind:
    """A kind of setting. `put(tx, subject, before, after)` checks `after` and writes it, with all of its keys given.

    `reach` says which slots may open or close by a change. `sealed` names keys whose values the journal keeps encrypted,
    because it is kept for ever.
    """

    name: str
    present: Callable[[View, str], Facts | None]
    put: Callable[[Transaction, str, Facts | None, Facts | None], None]
    reach: Callable[[View, str, Facts | None, Facts | None], AvailabilityChanged | None]
    needs: Callable[[View, str, Facts | None, Facts | None], Role] = admins_only
    sealed: frozenset[str] = frozenset()


def lock_settings(tx: Transaction) -> Workspace:
    """Hold back every other change of this workspace's settings until the transaction ends.

    What depends on several rows (the last admin, a name's uniqueness) is decided under this lock. It is the weaker row lock
    of PostgreSQL's, which bookings, whose rows refer to the workspace, do not wait for.
    """
    statement = (
        select(Workspace)
        .where(Workspace.id == tx.workspace_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return tx.session.exec(statement).one()


def require(view: View, role: Role) -> None:
    """Raises NotAllowed unless the caller holds `role`."""
    if not view.actor_is(role):
        raise NotAllowed(str(role))


def change(tx: Transaction, kind: Kind, subject: str, wanted: Facts | None) -> int | None:
    """Put a thing into `wanted` facts (keys left out stay; None: away with it).

    Answers the number by which the change can be taken back, None where nothing had to change. Raises NotAllowed, and what
    the kind's checks raise; nothing has been changed then.
    """
    lock_settings(tx)
    before = kind.present(tx, subject)
    require(tx, kind.needs(tx, subject, before, wanted))
    if before is not None and wanted is not None:
        keys = {key for key, value in wanted.items() if before.get(key) != value}
        after: Facts | None = {**before, **wanted}
        told_before: Facts | None = _only(before, keys)
        told_after: Facts | None = _only(wanted, keys)
        if not keys:
            return None
    else:
        after, told_before, told_after = wanted, before, wanted
        if before == wanted:
            return None
    kind.put(tx, subject, before, after)
    tx.session.flush()
    tx.emit(
        SettingsChanged(
            subject=subject,
            kind=kind.name,
            before=_sealed(tx, kind, subject, told_before),
            after=_sealed(tx, kind, subject, told_after),
        )
    )
    seq = last_change(tx, subject)
    reach = kind.reach(tx, subject, before, after)
    if reach is not None:
        tx.emit(reach)
    return seq


def last_change(view: View, subject: str) -> int | None:
    """The number of the latest settings change of a thing."""
    view.session.flush()
    statement = (
        select(JournalEntry.seq)
        .where(
            JournalEntry.workspace_id == view.workspace_id,
            JournalEntry.subject == subject,
            JournalEntry.kind == SettingsChanged.__name__,
        )
        .order_by(col(JournalEntry.seq).desc())
        .limit(1)
    )
    return view.session.exec(statement).first()


def opened(view: View, kind: Kind, subject: str, facts: Facts | None) -> Facts | None:
    """Facts from the journal with the sealed ones in clear."""
    if facts is None:
        return None
    return {
        key: view.open(value, _place(key, subject)) if key in kind.sealed else value for key, value in facts.items()
    }


def _sealed(view: View, kind: Kind, subject: str, facts: Facts | None) -> Facts | None:
    if facts is None:
        return None
    return {
        key: view.seal(value, _place(key, subject)) if key in kind.sealed else value for key, value in facts.items()
    }


def _place(key: str, subject: str) -> str:
    return f"journal.{key}:{subject}"


def _only(facts: Facts, keys: set[str]) -> Facts:
    return {key: value for key, value in facts.items() if key in keys}
