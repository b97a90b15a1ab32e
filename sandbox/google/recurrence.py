"""Recurring events: RRULE (daily and weekly) and EXDATE turned into instances.

The subset is what teams use for meetings: FREQ=DAILY|WEEKLY with INTERVAL, BYDAY, COUNT and UNTIL, weeks beginning on
Monday. Instances step on the wall clock of the series' zone, so that a meeting at nine stays at nine across DST.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sandbox.google.errors import invalid
from sandbox.google.times import Resource, from_wall, instant_of, wall

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
KNOWN_PARTS = {"FREQ", "INTERVAL", "BYDAY", "COUNT", "UNTIL", "WKST"}
LONGEST_INTERVAL = 1000
OPEN_ENDED = timedelta(days=730)
"""How far ahead of now an endless series is expanded when no timeMax is asked for."""


@dataclass(frozen=True)
class Rule:
    weekly: bool
    interval: int
    weekdays: frozenset[int]
    count: int | None
    until: datetime | None
    """Last moment of a start, inclusive; aware if the rule gave UTC, else on the series' wall clock."""


def _until(text: str) -> datetime:
    if re.fullmatch(r"\d{8}", text):
        return datetime.combine(datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC).date(), time.max)
    if re.fullmatch(r"\d{8}T\d{6}Z", text):
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    raise invalid("Invalid recurrence rule.", "recurrence")


def parse_rule(line: str) -> Rule:
    """One RRULE line; 400 `invalid` for anything outside the subset."""
    try:
        parts = dict(part.split("=", 1) for part in line.removeprefix("RRULE:").rstrip(";").split(";"))
        if not set(parts) <= KNOWN_PARTS or parts["FREQ"] not in ("DAILY", "WEEKLY"):
            raise invalid("Invalid recurrence rule.", "recurrence")
        days = frozenset(WEEKDAYS.index(day) for day in parts["BYDAY"].split(",")) if "BYDAY" in parts else frozenset()
        rule = Rule(
            weekly=parts["FREQ"] == "WEEKLY",
            interval=int(parts.get("INTERVAL", "1")),
            weekdays=days,
            count=int(parts["COUNT"]) if "COUNT" in parts else None,
            until=_until(parts["UNTIL"]) if "UNTIL" in parts else None,
        )
    except (ValueError, KeyError) as problem:
        raise invalid("Invalid recurrence rule.", "recurrence") from problem
    # Every n-th day that is also a given weekday may never come: outside the subset.
    if not rule.weekly and rule.weekdays and rule.interval > 1:
        raise invalid("Invalid recurrence rule.", "recurrence")
    if not 1 <= rule.interval <= LONGEST_INTERVAL or (
        rule.count is not None and (rule.count < 1 or rule.until is not None)
    ):
        raise invalid("Invalid recurrence rule.", "recurrence")
    return rule


def _excluded(lines: list[str], zone: str) -> set[datetime]:
    """EXDATE values as wall times of the series' zone."""
    found: set[datetime] = set()
    for line in lines:
        head, _, values = line.partition(":")
        named = re.search(r"TZID=([^;:]+)", head)
        for value in values.split(","):
            try:
                if len(value) == 8:
                    found.add(datetime.strptime(value, "%Y%m%d"))  # noqa: DTZ007 - wall clock on purpose
                elif value.endswith("Z"):
                    utc = datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
                    found.add(utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None))
                else:
                    clock = datetime.strptime(value, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - wall clock on purpose
                    own = ZoneInfo(named[1] if named else zone)
                    found.add(clock.replace(tzinfo=own).astimezone(ZoneInfo(zone)).replace(tzinfo=None))
            except (ValueError, KeyError) as problem:
                raise invalid("Invalid recurrence rule.", "recurrence") from problem
    return found


def check(lines: object, start: Resource) -> list[str]:
    """The `recurrence` field as it may be stored: one RRULE, any EXDATE, no start or end lines."""
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise invalid("Invalid recurrence rule.", "recurrence")
    rules = [line for line in lines if line.startswith("RRULE:")]
    dates = [line for line in lines if line.startswith("EXDATE")]
    if len(rules) != 1 or len(rules) + len(dates) != len(lines):
        raise invalid("Invalid recurrence rule.", "recurrence")
    parse_rule(rules[0])
    _excluded(dates, start.get("timeZone", "UTC"))
    return lines


def _days(rule: Rule, first: date) -> Iterator[date]:
    if not rule.weekly:
        day = first
        while True:
            if not rule.weekdays or day.weekday() in rule.weekdays:
                yield day
            day += timedelta(days=rule.interval)
    monday = first - timedelta(days=first.weekday())
    weekdays = sorted(rule.weekdays or {first.weekday()})
    while True:
        for weekday in weekdays:
            day = monday + timedelta(days=weekday)
            if day >= first:
                yield day
        monday += timedelta(weeks=rule.interval)


def starts(master: Resource, calendar_zone: str, before: datetime) -> Iterator[Resource]:
    """The start of each instance that begins earlier than `before`, oldest first, exclusions taken out."""
    lines: list[str] = master["recurrence"]
    rule = parse_rule(next(line for line in lines if line.startswith("RRULE:")))
    start = master["start"]
    clock = wall(start)
    gone = _excluded([line for line in lines if line.startswith("EXDATE")], start.get("timeZone", calendar_zone))
    for number, day in enumerate(_days(rule, clock.date()), start=1):
        at = datetime.combine(day, clock.time())
        if rule.count is not None and number > rule.count:
            return
        value = from_wall(at, start)
        instant = instant_of(value, calendar_zone)
        if instant >= before:
            return
        if rule.until is not None and (instant if rule.until.tzinfo else at) > rule.until:
            return
        if at not in gone:
            yield value


def instance_id(master_id: str, start: Resource) -> str:
    """`<series>_<original start in UTC>`, as Google names instances."""
    if "date" in start:
        return f"{master_id}_{start['date'].replace('-', '')}"
    return f"{master_id}_{datetime.fromisoformat(start['dateTime']).astimezone(UTC):%Y%m%dT%H%M%SZ}"


def instance(master: Resource, start: Resource) -> Resource:
    """One instance of a series as a resource of its own."""
    length = wall(master["end"]) - wall(master["start"])
    made = {key: value for key, value in master.items() if key != "recurrence"}
    made |= {
        "id": instance_id(master["id"], start),
        "start": start,
        "end": from_wall(wall(start) + length, master["end"]),
        "recurringEventId": master["id"],
        "originalStartTime": start,
    }
    return made


def instances(master: Resource, zone: str, since: datetime | None, before: datetime) -> Iterator[Resource]:
    """Instances that end after `since` and start before `before`; overridden ones are not taken out here."""
    for start in starts(master, zone, before):
        made = instance(master, start)
        if since is None or instant_of(made["end"], zone) > since:
            yield made
