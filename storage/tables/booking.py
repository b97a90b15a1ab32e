"""Customers, their appointments, and what is unsettled about them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.base import one_of, partial_index, workspace_key


class State(StrEnum):
    """Whether an appointment holds its seat: only a booked one does."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    UNDONE = "undone"


class Outcome(StrEnum):
    """How an appointment ended."""

    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    RESCHEDULED = "rescheduled"


class Source(StrEnum):
    """Who said how an appointment ended."""

    PERSON = "person"  # a button or a modal in Slack
    COLOUR = "colour"  # the colour of the event in Google Calendar
    CALENDAR = "calendar"  # the event was deleted in Google Calendar
    IMPORT = "import"


class Settling(StrEnum):
    """The life of a dispute or a conflict."""

    OPEN = "open"
    SETTLED = "settled"


class Customer(SQLModel, table=True):
    """A person who is given appointments. Phone and e-mail are sealed; `identity` tells one customer from another.

    The identity is the keyed hash of the phone, else of the e-mail, else of the name's search form: two bookings with the
    same phone number are one customer, whatever the spelling of the name.
    """

    __tablename__ = "customer"
    __table_args__ = (UniqueConstraint("workspace_id", "identity"),)

    id: str = Field(primary_key=True, max_length=32)
    workspace_id: str = workspace_key()
    identity: str = Field(max_length=80)
    name: str
    name_key: str
    phone: str | None = None  # sealed
    email: str | None = None  # sealed
    created_at: datetime
    changed_at: datetime


class CustomerWord(SQLModel, table=True):
    """A word of a customer's name in its search form, so that any of the words finds the customer by its beginning."""

    __tablename__ = "customer_word"
    __table_args__ = {"sqlite_with_rowid": False}  # all of it is the key

    workspace_id: str = Field(primary_key=True, foreign_key="workspace.id", max_length=32)
    word: str = Field(primary_key=True, sa_type=String(80).with_variant(String(80, collation="C"), "postgresql"))
    customer_id: str = Field(primary_key=True, foreign_key="customer.id", max_length=32)


class Appointment(SQLModel, table=True):
    """A customer's seat in a slot. A slot is a consultant and a start: it has no row of its own.

    The partial unique indexes are the last word on double booking: one booked appointment a seat, and one a customer and
    start. `request_key` is the Slack view that was submitted: the same submission twice is one appointment.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at AND seat >= 1", name="order_seat"),
        one_of("state", State),
        one_of("outcome", Outcome, nullable=True),
        one_of("outcome_source", Source, nullable=True),
        UniqueConstraint("workspace_id", "request_key"),
        partial_index(
            "uq_appointment_seat", "consultant_id", "starts_at", "seat", where="state = 'booked'", unique=True
        ),
        partial_index(
            "uq_appointment_customer", "workspace_id", "customer_id", "starts_at", where="state = 'booked'", unique=True
        ),
        Index("ix_appointment_consultant", "workspace_id", "consultant_id", "starts_at"),
        partial_index("ix_appointment_booked", "workspace_id", "starts_at", where="state = 'booked'"),
        Index("ix_appointment_booker", "workspace_id", "booker_id", "starts_at"),
        Index("ix_appointment_customer", "workspace_id", "customer_id", "starts_at"),
        partial_index(
            "ix_appointment_undecided", "workspace_id", "ends_at", where="state = 'booked' AND outcome IS NULL"
        ),
    )

    id: str = Field(primary_key=True, max_length=32)
    workspace_id: str = workspace_key()
    consultant_id: str = Field(foreign_key="consultant.id")
    starts_at: datetime
    ends_at: datetime
    seat: int
    state: str = State.BOOKED
    customer_id: str = Field(foreign_key="customer.id")
    booker_id: str = Field(foreign_key="member.id")
    note: str | None = None  # sealed
    request_key: str | None = Field(default=None, max_length=120)
    follows_id: str | None = Field(default=None, foreign_key="appointment.id")  # booked in place of that one
    created_at: datetime
    changed_at: datetime
    cancel_reason: str | None = None
    outcome: str | None = None
    outcome_at: datetime | None = None
    outcome_by: str | None = Field(default=None, foreign_key="member.id")
    outcome_source: str | None = None
    asked_at: datetime | None = None
    escalated_at: datetime | None = None


class Dispute(SQLModel, table=True):
    """Somebody else says that an appointment ended otherwise; a lead decides. At most one is open per appointment."""

    __tablename__ = "dispute"
    __table_args__ = (
        one_of("state", Settling),
        one_of("recorded", Outcome),
        one_of("claimed", Outcome),
        partial_index("uq_dispute_open", "appointment_id", where="state = 'open'", unique=True),
        partial_index("ix_dispute_open", "workspace_id", where="state = 'open'"),
    )

    id: str = Field(primary_key=True, max_length=32)
    workspace_id: str = workspace_key()
    appointment_id: str = Field(foreign_key="appointment.id")
    recorded: str
    claimed: str
    claimed_by: str | None = Field(default=None, foreign_key="member.id")  # None: the calendar's colour
    opened_at: datetime
    state: str = Settling.OPEN
    settled_at: datetime | None = None
    settled_by: str | None = Field(default=None, foreign_key="member.id")


class Conflict(SQLModel, table=True):
    """Something else stands where an appointment is booked. One row per appointment and cause.

    What the same cause covers at the same time shares an `alert_id`, so that a reader gets one message about it. A cause that
    comes back after all was settled is a new alert.
    """

    __tablename__ = "conflict"
    __table_args__ = (
        one_of("state", Settling),
        UniqueConstraint("appointment_id", "cause"),
        partial_index("ix_conflict_open", "workspace_id", where="state = 'open'"),
        Index("ix_conflict_alert", "workspace_id", "alert_id"),
    )

    id: str = Field(primary_key=True, max_length=32)
    workspace_id: str = workspace_key()
    appointment_id: str = Field(foreign_key="appointment.id")
    cause: str = Field(max_length=1100)  # "event:<calendar>/<event>" or "off:<time off>"
    alert_id: str = Field(max_length=32)
    title: str = ""
    starts_at: datetime
    ends_at: datetime
    opened_at: datetime
    state: str = Settling.OPEN
    settled_at: datetime | None = None
    settled_by: str | None = Field(default=None, foreign_key="member.id")
    # How it was settled: moved, cancelled, ignored, gone. None: it is open, or its time passed.
    how: str | None = Field(default=None, max_length=10)
