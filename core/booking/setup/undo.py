"""What was changed lately, and taking one such change back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlmodel import col, select

from core.booking.seats import lock_consultants
from core.booking.setup.changes import Facts, Kind, change, lock_settings, opened
from core.booking.setup.consultants import coming_appointments
from core.booking.setup.members import ROLE
from core.booking.setup.staffing import CONSULTANT
from core.booking.setup.time_off import TIME_OFF
from core.booking.setup.workspace import CHANNELS, COLOURS, HOLIDAYS, LOCALE, RULES, TIMEZONE
from core.errors import AlreadyDone, Invalid, NotFound
from core.events import SettingsChanged
from core.transaction import Transaction, View
from storage.tables import Consultant, JournalEntry, Member
from storage.tables.conditions import SETTINGS_CHANGED

KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.name: kind for kind in (RULES, LOCALE, TIMEZONE, HOLIDAYS, CHANNELS, COLOURS, ROLE, CONSULTANT, TIME_OFF)}
)


@dataclass(frozen=True)
class SettingsEntry:
    """A change as people read about it.

    `subject_name` names the consultant or member, "" for the workspace's own; `subject_slack` is the member's Slack id, if any.
    """

    seq: int
    at: datetime
    kind: str
    subject: str
    subject_name: str
    actor: str | None
    before: Facts | None
    after: Facts | None
    can_undo: bool
    subject_slack: str = ""


def can_undo(entry: JournalEntry) -> bool:
    """Whether there is a way back at all; whether it is still open, only the attempt can say."""
    return entry.kind == SettingsChanged.__name__ and entry.data.get("kind") in KINDS


def undo_change(tx: Transaction, journal_seq: int) -> int | None:
    """Put a thing back into what it was before this change; answers the number of the new change.

    Raises NotFound("change"); AlreadyDone when the thing is no longer as that change left it: "taken_back" when it is as it
    was before, else "changed";
    Invalid("change", "not_undoable") for what has no way back, and Invalid("change", "booked") for a consultant who has been
    booked since being added; and whatever the checks of the kind raise.
    """
    entry = tx.session.get(JournalEntry, journal_seq)
    if entry is None or entry.workspace_id != tx.workspace_id or entry.kind != SettingsChanged.__name__:
        raise NotFound("change")
    if not can_undo(entry):
        raise Invalid("change", "not_undoable")
    kind, subject = KINDS[entry.data["kind"]], entry.subject
    lock_settings(tx)
    before, after = (opened(tx, kind, subject, entry.data[key]) for key in ("before", "after"))
    present = kind.present(tx, subject)
    if not _still(present, after):
        raise AlreadyDone("taken_back" if _still(present, before) else "changed")
    if kind is CONSULTANT and before is None:
        lock_consultants(tx, {subject})  # whoever books them at this moment has done so, or finds them gone
        booked = coming_appointments(tx, subject)
        if booked:
            raise Invalid("change", "booked", {"count": len(booked)})
    return change(tx, kind, subject, before)


def recent_changes(view: View, limit: int = 10, before_seq: int | None = None) -> list[SettingsEntry]:
    """The latest settings changes, newest first; `before_seq`: only those before that one."""
    statement = select(JournalEntry).where(JournalEntry.workspace_id == view.workspace_id, SETTINGS_CHANGED)
    if before_seq is not None:
        statement = statement.where(col(JournalEntry.seq) < before_seq)
    rows = view.session.exec(statement.order_by(col(JournalEntry.seq).desc()).limit(limit)).all()
    names = _names(view, rows)
    return [_entry(view, row, names) for row in rows]


def get_change(view: View, seq: int) -> SettingsEntry:
    """One change. Raises NotFound("change")."""
    row = view.session.get(JournalEntry, seq)
    if row is None or row.workspace_id != view.workspace_id or row.kind != SettingsChanged.__name__:
        raise NotFound("change")
    return _entry(view, row, _names(view, [row]))


def _still(present: Facts | None, after: Facts | None) -> bool:
    if present is None or after is None:
        return present is after
    return all(present.get(key) == value for key, value in after.items())


def _entry(view: View, row: JournalEntry, names: Mapping[str, tuple[str, str]]) -> SettingsEntry:
    assert row.seq is not None
    name = row.data["kind"]
    before, after = row.data["before"], row.data["after"]
    kind = KINDS.get(name)
    if kind is not None:
        before, after = opened(view, kind, row.subject, before), opened(view, kind, row.subject, after)
    facts = before or after or {}
    owner = facts.get("consultant_id") if name == TIME_OFF.name else row.subject
    subject_name, subject_slack = names.get(owner or "", ("", ""))
    who = names[row.actor][0] if row.actor and row.actor in names else None
    return SettingsEntry(
        row.seq, row.at, name, row.subject, subject_name, who, before, after, can_undo(row), subject_slack
    )


def _names(view: View, rows: Sequence[JournalEntry]) -> dict[str, tuple[str, str]]:
    """Member and consultant ids in these entries -> name, and the Slack id of a member, in two queries."""
    ids: set[str] = set()
    for row in rows:
        facts = row.data["before"] or row.data["after"] or {}
        ids |= {row.subject, row.actor or "", facts.get("consultant_id") or ""}
    members = select(Member.id, Member.name, Member.slack_id).where(
        Member.workspace_id == view.workspace_id, col(Member.id).in_(ids)
    )
    consultants = select(Consultant.id, Consultant.name).where(
        Consultant.workspace_id == view.workspace_id, col(Consultant.id).in_(ids)
    )
    names = {key: (name, slack_id) for key, name, slack_id in view.session.exec(members).all()}
    return names | {key: (name, "") for key, name in view.session.exec(consultants).all()}
