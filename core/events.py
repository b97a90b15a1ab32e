"""What happens, in the past tense. Each event is written to the journal and may cause further things (`reactions.py`).

Events name people and customers by id alone: the journal outlives a customer's erasure.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to `subject` (an appointment's id, unless the event says otherwise)."""

    subject: str

    def facts(self) -> dict[str, Any]:
        """The event without its subject, in JSON's types; instants are ISO 8601 in UTC."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self) if f.name != "subject"}


@dataclass(frozen=True, kw_only=True)
class AppointmentBooked(Event):
    """A customer was given a seat. `imported`: it was booked elsewhere, before this workspace used Slotquest."""

    consultant: str
    starts_at: datetime
    ends_at: datetime
    customer: str
    booker: str
    imported: bool = False


@dataclass(frozen=True, kw_only=True)
class AppointmentRescheduled(Event):
    """The seat moved. `source`: person or calendar."""

    from_consultant: str
    from_starts_at: datetime
    consultant: str
    starts_at: datetime
    ends_at: datetime
    source: str


@dataclass(frozen=True, kw_only=True)
class AppointmentCancelled(Event):
    """The seat is free again. `source`: person or calendar."""

    consultant: str
    starts_at: datetime
    source: str


@dataclass(frozen=True, kw_only=True)
class AppointmentUndone(Event):
    """The booking was taken back within its ten minutes, as if it had never been."""

    consultant: str
    starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class AppointmentReinstated(Event):
    """A cancelled appointment is booked again, with `outcome` still to be told or already corrected. `source`: person or
    calendar.
    """

    consultant: str
    starts_at: datetime
    source: str = "person"


@dataclass(frozen=True, kw_only=True)
class OutcomeRecorded(Event):
    """How the appointment ended; `previous` is what a correction replaces, None when it is the first word."""

    outcome: str
    previous: str | None
    source: str
    consultant: str
    starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class OutcomeAsked(Event):
    """The consultant was asked how the appointment ended."""


@dataclass(frozen=True, kw_only=True)
class OutcomeEscalated(Event):
    """Nobody said how the appointment ended; now the leads are asked."""


@dataclass(frozen=True, kw_only=True)
class OutcomeDisputed(Event):
    """Somebody else says that it ended otherwise."""

    dispute: str
    recorded: str
    claimed: str


@dataclass(frozen=True, kw_only=True)
class DisputeSettled(Event):
    """A lead decided a dispute; `outcome` stands."""

    dispute: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class ConflictFound(Event):
    """Something else stands where the appointment is booked."""

    conflict: str


@dataclass(frozen=True, kw_only=True)
class ConflictChanged(Event):
    """It still stands there, at another time or under another name, or the appointment itself was changed."""

    conflict: str


@dataclass(frozen=True, kw_only=True)
class ConflictSettled(Event):
    """The conflict is no more: `how` is moved, cancelled, ignored or gone."""

    conflict: str
    how: str


@dataclass(frozen=True, kw_only=True)
class AvailabilityChanged(Event):
    """Slots may have opened or closed for another reason than a booking. The subject is a consultant's id, or "all"."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class SettingsChanged(Event):
    """An admin changed `kind` (rules, consultant, schedule, …); the subject is the thing's id. Undo restores `before`."""

    kind: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
