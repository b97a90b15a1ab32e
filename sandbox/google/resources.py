"""What an event must look like before it is stored: defaults, types and limits of the Events resource."""

import re
from typing import Any

from sandbox.google import recurrence
from sandbox.google.errors import GoogleError, invalid
from sandbox.google.state import Calendar
from sandbox.google.times import Resource, check_span, event_time, stamp, zone_named

OWN_ID = re.compile(r"[a-v0-9]{5,1024}")
STATUSES = ("confirmed", "tentative", "cancelled")
CHOICES = {
    "status": STATUSES,
    "transparency": ("opaque", "transparent"),
    "visibility": ("default", "public", "private", "confidential"),
    "eventType": ("default", "outOfOffice", "focusTime", "workingLocation", "birthday", "fromGmail"),
}
TYPES = {"sequence": int, "iCalUID": str, "reminders": dict, "source": dict}
DEFAULTS = {"status": "confirmed", "eventType": "default", "sequence": 0}
"""What an event has even if the caller says null."""
TEXT_LIMITS = {"summary": 1024, "description": 8192, "location": 1024}
WRITABLE = {
    "id", "status", "summary", "description", "location", "colorId", "start", "end", "endTimeUnspecified",
    "recurrence", "transparency", "visibility", "iCalUID", "sequence", "attendees", "extendedProperties",
    "reminders", "source", "eventType", "guestsCanModify", "guestsCanInviteOthers", "guestsCanSeeOtherGuests",
    "anyoneCanAddSelf", "outOfOfficeProperties", "focusTimeProperties", "workingLocationProperties",
    "attachments", "conferenceData",
}  # fmt: skip
KEPT = ("kind", "id", "created", "creator", "organizer", "htmlLink", "iCalUID", "eventType", "sequence", "status",
        "recurringEventId", "originalStartTime")  # fmt: skip
"""What a full update cannot take away."""


def _properties(value: Any) -> Resource:
    """Names up to 44 letters, texts up to 1,024, at most 300 of each kind."""
    if not isinstance(value, dict) or not set(value) <= {"private", "shared"}:
        raise invalid("Invalid extended properties.", "extendedProperties")
    for kind, pairs in value.items():
        if not isinstance(pairs, dict) or len(pairs) > 300:
            raise invalid("Invalid extended properties.", f"extendedProperties.{kind}")
        for name, text in pairs.items():
            if not isinstance(text, str) or not 1 <= len(name) <= 44 or len(text) > 1024:
                raise invalid("Invalid extended property value.", f"extendedProperties.{kind}")
    return {kind: pairs for kind, pairs in value.items() if pairs}


def check(resource: Resource, calendar: Calendar, account: str | None, *, inviting: bool = True) -> Resource:
    """A whole event, checked and in stored form.

    `account` is the caller's service account, None a person. `inviting`: the caller names the attendees.
    """
    made = {key: value for key, value in resource.items() if value is not None}
    made |= {key: value for key, value in DEFAULTS.items() if key not in made}
    for key, choices in CHOICES.items():
        if key in made and made[key] not in choices:
            raise invalid(f"Invalid value for {key}.", key)
    for key, kind in TYPES.items():
        if not isinstance(made.get(key, kind()), kind) or made.get(key) is True:
            raise invalid(f"Invalid value for {key}.", key)
    for key, limit in TEXT_LIMITS.items():
        if key in made and not isinstance(made[key], str):
            raise invalid(f"Invalid value for {key}.", key)
        if key in made:
            made[key] = made[key][:limit]
    if "colorId" in made and made["colorId"] not in {str(n) for n in range(1, 12)}:
        raise invalid("Invalid color identifier.", "colorId")
    for side in ("start", "end"):
        recurring = bool(made.get("recurrence")) and account is not None
        made[side] = event_time(made.get(side), calendar.time_zone, side, needs_zone=recurring)
    check_span(made, calendar.time_zone)
    if "recurrence" in made:
        if not made["recurrence"]:
            del made["recurrence"]
        else:
            recurrence.check(made["recurrence"], made["start"])
            if "recurringEventId" in made:
                raise invalid("Recurring event instances cannot recur.", "recurrence")
    if "extendedProperties" in made:
        made["extendedProperties"] = _properties(made["extendedProperties"])
        if not made["extendedProperties"]:
            del made["extendedProperties"]
    _attendees(made, calendar, account if inviting else None)
    if made.get("eventType", "default") in ("outOfOffice", "focusTime") and "date" in made["start"]:
        raise invalid("Out of office and focus time events cannot be all-day events.", "eventType")
    if made.get("transparency") == "opaque":
        del made["transparency"]
    if made.get("visibility") == "default":
        del made["visibility"]
    return made


def _attendees(made: Resource, calendar: Calendar, account: str | None) -> None:
    if "attendees" not in made:
        return
    guests = made["attendees"]
    if not isinstance(guests, list) or not all(isinstance(one, dict) and one.get("email") for one in guests):
        raise GoogleError(400, "required", "Missing attendee email.", location="attendees")
    if not guests:
        del made["attendees"]
    elif account is not None:
        raise GoogleError(403, "forbiddenForServiceAccounts")
    else:
        made["attendees"] = [
            {"responseStatus": "needsAction"} | one | ({"self": True} if one["email"] == calendar.id else {})
            for one in guests
        ]


def writable(body: Any) -> Resource:
    """The part of a request body that a client may set; the rest is ignored, as Google does."""
    if not isinstance(body, dict):
        raise GoogleError(400, "parseError")
    return {key: value for key, value in body.items() if key in WRITABLE}


def new_resource(event_id: str, calendar: Calendar, author: str, now: str, link: str) -> Resource:
    """The fields that Google adds to an inserted event."""
    return {
        "kind": "calendar#event",
        "id": event_id,
        "status": "confirmed",
        "htmlLink": link,
        "created": now,
        "creator": {"email": author} | ({"self": True} if author == calendar.id else {}),
        "organizer": {"email": calendar.id, "displayName": calendar.summary, "self": True},
        "iCalUID": f"{event_id}@google.com",
        "sequence": 0,
        "reminders": {"useDefault": True},
        "eventType": "default",
    }


def merged(old: Resource, change: Resource) -> Resource:
    """Patch semantics: objects merge, null removes, lists and plain values replace."""
    made = dict(old)
    for key, value in change.items():
        if value is None:
            made.pop(key, None)
        elif isinstance(value, dict) and isinstance(made.get(key), dict):
            made[key] = merged(made[key], value)
        elif isinstance(value, dict):
            made[key] = merged({}, value)
        else:
            made[key] = value
    return made


def calendar_resource(calendar: Calendar) -> Resource:
    zone_named(calendar.time_zone)
    return {
        "kind": "calendar#calendar",
        "etag": f'"{stamp(calendar.last_change)}"',
        "id": calendar.id,
        "summary": calendar.summary,
        "timeZone": calendar.time_zone,
        "conferenceProperties": {"allowedConferenceSolutionTypes": ["hangoutsMeet"]},
    }
