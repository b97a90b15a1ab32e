"""A day or the week, as `/slots` takes them."""

import re
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from core.booking.contacts import clean_note
from core.booking.words.booking import when_said
from core.booking.words.canvas import Canvas, unescape
from core.booking.words.day_patterns import take_days
from core.booking.words.times import take_parts, take_times

_WEEK = re.compile(r"(?:die |the |diese |this )?(?:woche|week|wochenansicht|weekly)|(?:7|sieben|seven) (?:tage|days)")


def parse_day(text: str, *, now: datetime, zone: ZoneInfo) -> date | None:
    """The day that a text names, local to the zone; None where it names none."""
    local = now.astimezone(zone)
    canvas = Canvas(unescape(clean_note(text), lambda member: " "))
    days = take_days(canvas, local.date(), beside_names=False)
    parts = take_parts(canvas)
    return when_said(days, take_times(canvas, parts), parts, local)[0]


def parse_week(text: str, *, now: datetime, zone: ZoneInfo) -> date | None:
    """The Monday of the week that a text names without a day in it: "nächste Woche"."""
    days = take_days(Canvas(clean_note(text)), now.astimezone(zone).date(), beside_names=False)
    return days[0].day if len(days) == 1 and days[0].whole_week else None


def parse_period(text: str, *, now: datetime, zone: ZoneInfo) -> Literal["week"] | date | None:
    """ "week" for the week from today on, else the day; "next week" is its Monday."""
    canvas = Canvas(clean_note(text))
    if _WEEK.fullmatch(" ".join(canvas.folded.split()).strip(".!? ")):
        return "week"
    return parse_day(text, now=now, zone=zone)
