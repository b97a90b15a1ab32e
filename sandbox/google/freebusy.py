"""freeBusy: the merged busy times of calendars; what cannot be read is an error inside the 200."""

from datetime import UTC, datetime
from typing import Any

from sandbox.google.errors import GoogleError, invalid, missing
from sandbox.google.listing import list_events
from sandbox.google.query import Query
from sandbox.google.state import LARGEST_QUERY, Calendar, Google
from sandbox.google.times import Resource, instant_of, parse_instant, zone_named

FREE_TYPES = ("workingLocation", "birthday")


def is_busy(resource: Resource) -> bool:
    """Cancelled, transparent and declined events, working locations and birthdays take no time."""
    if resource["status"] == "cancelled" or resource.get("transparency") == "transparent":
        return False
    if resource.get("eventType") in FREE_TYPES:
        return False
    return not any(one.get("self") and one.get("responseStatus") == "declined" for one in resource.get("attendees", ()))


def busy_times(google: Google, calendar: Calendar, low: datetime, high: datetime) -> list[tuple[datetime, datetime]]:
    """Merged and cut to the window."""
    query = Query(frozenset({"orderBy"}), limit=10**9, time_min=low, time_max=high, single=True, order="startTime")
    merged: list[tuple[datetime, datetime]] = []
    for resource in list_events(google, calendar, query)["items"]:
        if not is_busy(resource):
            continue
        start = max(instant_of(resource["start"], calendar.time_zone), low)
        end = min(instant_of(resource["end"], calendar.time_zone), high)
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif end > start:
            merged.append((start, end))
    return merged


def answer(google: Google, account: str, body: Any) -> Resource:
    """At most 50 calendars are answered; the others, and those not shared, carry their own error."""
    if not isinstance(body, dict):
        raise GoogleError(400, "parseError")
    for name in ("timeMin", "timeMax"):
        if not body.get(name):
            raise missing(name)
    low, high = parse_instant(str(body["timeMin"]), "timeMin"), parse_instant(str(body["timeMax"]), "timeMax")
    if low >= high:
        raise GoogleError(400, "timeRangeEmpty", "The specified time range is empty.")
    zone = zone_named(str(body.get("timeZone") or "UTC"))
    items = body.get("items") or []
    if not isinstance(items, list) or not all(isinstance(item, dict) and item.get("id") for item in items):
        raise invalid("Invalid items.", "items")
    allowed = min(int(body.get("calendarExpansionMax") or LARGEST_QUERY), LARGEST_QUERY)
    calendars: dict[str, Any] = {}
    for number, item in enumerate(items):
        if number >= allowed:
            calendars[item["id"]] = {
                "errors": [{"domain": "calendar", "reason": "tooManyCalendarsRequested"}],
                "busy": [],
            }
            continue
        try:
            calendar = google.calendar(item["id"], account, "freeBusyReader")
        except GoogleError:
            calendars[item["id"]] = {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}
            continue
        calendars[item["id"]] = {
            "busy": [
                {"start": _written(start, zone), "end": _written(end, zone)}
                for start, end in busy_times(google, calendar, low, high)
            ]
        }
    return {
        "kind": "calendar#freeBusy",
        "timeMin": low.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "timeMax": high.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "calendars": calendars,
    }


def _written(at: datetime, zone: Any) -> str:
    text: str = at.astimezone(zone).isoformat(timespec="seconds")
    return text.replace("+00:00", "Z")
