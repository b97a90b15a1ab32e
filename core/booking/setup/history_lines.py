"""One line of a history file (JSON): an appointment that was booked elsewhere, past or coming."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core.booking.appointments import check_note
from core.booking.customers import Contact, check_contact
from core.booking.setup.members import USER_ID
from core.booking.setup.week import MINUTES
from core.errors import Invalid
from storage.tables import Outcome

LONGEST_LINE = 20_000
APPOINTMENT_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class PastAppointment:
    """A checked line. `consultant` is a name, `booker` a Slack id; instants are UTC."""

    id: str
    consultant: str
    starts_at: datetime
    ends_at: datetime
    contact: Contact
    note: str
    booker: str
    created_at: datetime
    outcome: Outcome | None
    outcome_at: datetime | None


def parse_line(line: str) -> PastAppointment:
    """The appointment of a line. Raises ValueError with what is wrong and where; it never repeats a customer's data."""
    if len(line) > LONGEST_LINE:
        raise ValueError(f"is longer than {LONGEST_LINE} letters")
    try:
        line.encode()
    except UnicodeEncodeError:
        raise ValueError("is not UTF-8 text") from None
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("is not JSON") from None
    if not isinstance(raw, dict):
        raise ValueError("is no JSON object")
    appointment_id = _text(raw, "id")
    if not APPOINTMENT_ID.fullmatch(appointment_id):
        raise ValueError("id: must be 32 hex digits, a to f in small letters")
    booker = _text(raw, "booker")
    if not USER_ID.fullmatch(booker):
        raise ValueError("booker: is no Slack user id")
    minutes = raw.get("minutes")
    least, most = MINUTES
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not least <= minutes <= most:
        raise ValueError(f"minutes: must be a whole number from {least} to {most}")
    starts_at = _instant(raw, "starts_at")
    outcome = _outcome(raw)
    return PastAppointment(
        id=appointment_id,
        consultant=_text(raw, "consultant"),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        contact=_contact(raw),
        note=_note(raw),
        booker=booker,
        created_at=_instant(raw, "created_at"),
        outcome=outcome,
        outcome_at=_instant(raw, "outcome_at") if outcome and raw.get("outcome_at") is not None else None,
    )


def _text(raw: dict[str, Any], key: str) -> str:
    value = raw.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key}: is missing or no text")
    return value


def _instant(raw: dict[str, Any], key: str) -> datetime:
    try:
        instant = datetime.fromisoformat(_text(raw, key))
        if instant.tzinfo is None:
            raise ValueError
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{key}: must be an ISO 8601 instant with its offset") from None


def _outcome(raw: dict[str, Any]) -> Outcome | None:
    value = raw.get("outcome")
    if value is None:
        return None
    try:
        return Outcome(value)
    except ValueError:
        raise ValueError(f"outcome: must be null or one of {', '.join(Outcome)}") from None


def _contact(raw: dict[str, Any]) -> Contact:
    customer = raw.get("customer")
    if not isinstance(customer, dict):
        raise ValueError("customer: is missing or no object")
    said = [customer.get(key) or "" for key in ("name", "phone", "email")]
    if not all(isinstance(value, str) for value in said):
        raise ValueError("customer: name, phone and email must be texts")
    try:
        return check_contact(*said)
    except Invalid as error:
        raise ValueError(f"customer.{error.field}: {error.why.replace('_', ' ')}") from None


def _note(raw: dict[str, Any]) -> str:
    note = raw.get("note") or ""
    if not isinstance(note, str):
        raise ValueError("note: must be a text")
    try:
        return check_note(note)
    except Invalid:
        raise ValueError("note: is too long") from None
