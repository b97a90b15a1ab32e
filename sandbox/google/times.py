"""Times as Calendar v3 writes them: RFC 3339 with an offset, or an all-day date read in a calendar's zone."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.google.errors import GoogleError, invalid, missing

Resource = dict[str, Any]


def zone_named(name: str) -> ZoneInfo:
    """An IANA zone; 400 `invalid` for a name that does not exist."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise invalid(f"Invalid time zone definition: {name}.", "timeZone") from problem


def stamp(at: datetime) -> str:
    """UTC with milliseconds, the form of `created` and `updated`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_instant(text: str, parameter: str) -> datetime:
    """A query parameter such as timeMin. The offset is mandatory, as in Google: without it 400."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as problem:
        raise GoogleError(400, "badRequest", "Bad Request", location=parameter) from problem
    if at.tzinfo is None:
        raise GoogleError(400, "badRequest", "Bad Request", location=parameter)
    return at


def event_time(value: Any, calendar_zone: str, side: str, *, needs_zone: bool = False) -> Resource:
    """A `start` or `end` in its stored form.

    Timed ones keep their own zone if they name one, else take the calendar's, and are written with that zone's offset.
    A date-time without an offset needs a `timeZone`, and so does a series (`needs_zone`): its offset does not say how it
    goes on across a change of clocks. 400 `required` or `invalid` otherwise.
    """
    if not isinstance(value, dict):
        raise missing(f"{side} time")
    day, moment = value.get("date"), value.get("dateTime")
    if day and moment:
        raise invalid(f"Invalid {side} time.", side)
    if day:
        try:
            return {"date": date.fromisoformat(str(day)).isoformat()}
        except ValueError as problem:
            raise invalid(f"Invalid {side} time.", side) from problem
    if not moment:
        raise missing(f"{side} time")
    try:
        at = datetime.fromisoformat(str(moment))
    except ValueError as problem:
        raise invalid(f"Invalid {side} time.", side) from problem
    named = value.get("timeZone")
    zone = zone_named(str(named or calendar_zone))
    if not named and (needs_zone or at.tzinfo is None):
        raise GoogleError(400, "required", f"Missing time zone definition for {side} time.")
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    local = at.astimezone(zone)
    return {"dateTime": local.isoformat(timespec="seconds"), "timeZone": zone.key}


def instant_of(value: Resource, zone: str) -> datetime:
    """The UTC instant of a stored start or end; a date begins at midnight of the calendar's zone."""
    if "date" in value:
        return datetime.combine(date.fromisoformat(value["date"]), time(), ZoneInfo(zone)).astimezone(UTC)
    return datetime.fromisoformat(value["dateTime"]).astimezone(UTC)


def check_span(resource: Resource, zone: str) -> None:
    """Start and end are of one kind and in order: 400 `invalid` or `timeRangeEmpty` otherwise.

    An empty timed span is allowed, as in Google; an all-day event lasts a day at least, its end being exclusive.
    """
    start, end = resource["start"], resource["end"]
    if ("date" in start) != ("date" in end):
        raise invalid("Start and end times must either both be date or both be dateTime.", "end")
    begins, ends = instant_of(start, zone), instant_of(end, zone)
    if ends < begins or (ends == begins and "date" in start):
        raise GoogleError(400, "timeRangeEmpty", "The specified time range is empty.")


def shown_in(resource: Resource, zone: str) -> Resource:
    """The resource with its date-times written in another zone (the `timeZone` parameter)."""
    turned = dict(resource)
    for key in ("start", "end", "originalStartTime"):
        value = turned.get(key)
        if value and "dateTime" in value:
            local = datetime.fromisoformat(value["dateTime"]).astimezone(ZoneInfo(zone))
            turned[key] = {**value, "dateTime": local.isoformat(timespec="seconds")}
    return turned


def wall(value: Resource) -> datetime:
    """A stored start or end as its own zone's wall clock, without a zone: recurrences step on the wall clock."""
    if "date" in value:
        return datetime.combine(date.fromisoformat(value["date"]), time())
    zone = ZoneInfo(value["timeZone"])
    return datetime.fromisoformat(value["dateTime"]).astimezone(zone).replace(tzinfo=None)


def from_wall(clock: datetime, like: Resource) -> Resource:
    """The inverse of `wall`, in the kind and zone of `like`."""
    if "date" in like:
        return {"date": clock.date().isoformat()}
    zone = ZoneInfo(like["timeZone"])
    # A wall time in the gap of spring is moved on by the round trip through UTC, as calendars do.
    at = clock.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return {"dateTime": at.isoformat(timespec="seconds"), "timeZone": zone.key}
