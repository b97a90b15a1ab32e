"""All tables by area. Importing this package registers every one of them with the metadata."""

from storage.tables.booking import (
    Appointment,
    Conflict,
    Customer,
    CustomerWord,
    Dispute,
    Outcome,
    Settling,
    Source,
    State,
)
from storage.tables.calendar import Calendar, CalendarEvent
from storage.tables.consultants import Consultant, ScheduleEntry, TimeOff
from storage.tables.journal import Delivery, JournalEntry
from storage.tables.outbox import Board, Effect, EffectState, Post
from storage.tables.workspace import Member, Role, Workspace

__all__ = [
    "Appointment",
    "Board",
    "Calendar",
    "CalendarEvent",
    "Conflict",
    "Consultant",
    "Customer",
    "CustomerWord",
    "Delivery",
    "Dispute",
    "Effect",
    "EffectState",
    "JournalEntry",
    "Member",
    "Outcome",
    "Post",
    "Role",
    "ScheduleEntry",
    "Settling",
    "Source",
    "State",
    "TimeOff",
    "Workspace",
]
