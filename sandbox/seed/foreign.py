"""What is in the consultants' calendars besides appointments: meetings, leave, private things, invitations."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.google.recurrence import WEEKDAYS
from sandbox.google.times import Resource
from sandbox.seed.team import CENTRAL, CONSULTANTS, DOMAIN, ZONE

BERLIN = ZoneInfo(ZONE)
PRIVATE = ("Zahnarzt", "Elternabend", "Physiotherapie", "Handwerker zu Hause", "Kita", "Autowerkstatt", "Friseur")
WORK = ("Abstimmung mit Versicherer", "Schulung Produktneuheiten", "Telefonkonferenz Backoffice", "Vertragsprüfung",
        "Interview Bewerberin", "Coaching", "Monatsgespräch mit Sarah")  # fmt: skip


@dataclass(frozen=True)
class Foreign:
    """An event of a person's own. `at` is when it was entered; `instances` changes single instances of a series."""

    calendar: str
    at: datetime
    body: Resource
    organizer: str | None = None
    instances: tuple[tuple[int, Resource], ...] = ()
    """(how many days from today at most before which the instance lies, what changes in it)."""


def timed(day: date, start: str, end: str, summary: str, **more: Any) -> Resource:
    def side(clock: str) -> Resource:
        at = datetime.combine(day, time.fromisoformat(clock), BERLIN)
        return {"dateTime": at.isoformat(), "timeZone": ZONE}

    return {"summary": summary, "start": side(start), "end": side(end), **more}


def whole_days(first: date, last: date, summary: str, **more: Any) -> Resource:
    """`last` is inclusive."""
    end = last + timedelta(days=1)
    return {"summary": summary, "start": {"date": first.isoformat()}, "end": {"date": end.isoformat()}, **more}


def _entered(day: date, days_before: int, today: date) -> datetime:
    entered = min(day - timedelta(days=days_before), today - timedelta(days=1))
    return datetime.combine(entered, time(9, 20), BERLIN).astimezone(UTC)


def _series(first: date, today: date, free: Callable[[date], bool]) -> Iterator[Foreign]:
    monday = first + timedelta(days=-first.weekday())
    entered = _entered(first, 3, today)
    holidays = [day for n in range(400) if not free(day := monday + timedelta(days=n)) and day.weekday() < 5]

    def without_holidays(rule: str, clock: str) -> list[str]:
        dates = [f"{day:%Y%m%d}T{clock.replace(':', '')}00" for day in holidays]
        return [f"RRULE:{rule}", f"EXDATE;TZID={ZONE}:{','.join(dates)}"] if dates else [f"RRULE:{rule}"]

    for one in CONSULTANTS:
        weekday = min(one.schedule)
        rule = f"FREQ=WEEKLY;BYDAY={WEEKDAYS[weekday]}"
        body = timed(monday + timedelta(days=weekday), "08:15", "08:45", "Teamrunde", location="Raum Drachenfels")
        moved: tuple[tuple[int, Resource], ...] = ()
        if one.name == "Cem":
            moved = ((10, {"status": "cancelled"}), (24, {"summary": "Teamrunde (kurz)", "location": "Video"}))
        yield Foreign(one.calendar, entered, {**body, "recurrence": without_holidays(rule, "08:15")}, instances=moved)
    for name, weekday, start, end, summary, more in (
        ("Alex", 2, "11:00", "12:00", "Vertriebsrunde", {}),
        ("Cem", 2, "11:00", "12:00", "Vertriebsrunde", {}),
        ("Elena", 4, "13:30", "15:30", "Fokuszeit", {"eventType": "focusTime"}),
        ("Bettina", 1, "16:00", "17:00", "Jour fixe mit Thomas", {}),
        ("Farid", 3, "12:30", "13:30", "Mittagspause Lauftreff", {"transparency": "transparent"}),
        ("Henrik", 0, "18:00", "19:30", "Chorprobe", {"visibility": "private"}),
    ):
        calendar = next(one.calendar for one in CONSULTANTS if one.name == name)
        interval = ";INTERVAL=2" if summary in ("Vertriebsrunde", "Jour fixe mit Thomas") else ""
        rule = f"FREQ=WEEKLY{interval};BYDAY={WEEKDAYS[weekday]}"
        body = timed(monday + timedelta(days=weekday), start, end, summary, **more)
        yield Foreign(calendar, entered, {**body, "recurrence": without_holidays(rule, start)})


def _past(rng: random.Random, first: date, today: date, free: Callable[[date], bool]) -> Iterator[Foreign]:
    days = [day for n in range((today - first).days) if free(day := first + timedelta(days=n))]
    for one in CONSULTANTS:
        for _ in range(2):
            start = rng.choice(days[:-25])
            length = rng.choice((4, 4, 11))
            body = whole_days(start, start + timedelta(days=length), "Urlaub")
            yield Foreign(one.calendar, _entered(start, 40, today), body)
        for _ in range(rng.randint(1, 2)):
            start = rng.choice(days[:-10])
            body = whole_days(start, start + timedelta(days=rng.randint(0, 2)), "Krank")
            yield Foreign(one.calendar, _entered(start, 0, today), body)
        for day in sorted(rng.sample(days, 12)):
            hour = rng.choice((9, 10, 11, 13, 14, 15, 16))
            if rng.random() < 0.5:
                body = timed(day, f"{hour:02}:00", f"{hour + 1:02}:00", rng.choice(PRIVATE), visibility="private")
            else:
                body = timed(day, f"{hour:02}:00", f"{hour + 1:02}:30", rng.choice(WORK))
            yield Foreign(one.calendar, _entered(day, rng.randint(1, 12), today), body)


def _coming(rng: random.Random, today: date, work: list[date]) -> Iterator[Foreign]:
    """`work` are the working days from today on; what is here closes slots, or looks as if it did."""
    of = {one.name: one.calendar for one in CONSULTANTS}

    def before(day: date) -> datetime:
        return _entered(day, rng.randint(2, 20), today)

    def declined(calendar: str) -> list[Resource]:
        return [
            {"email": f"sarah@{DOMAIN}", "displayName": "Sarah Whitfield", "responseStatus": "accepted"},
            {"email": calendar, "responseStatus": "declined"},
        ]

    yield Foreign(of["Alex"], before(work[0]), timed(work[0], "16:00", "17:00", "Zahnarzt", visibility="private"))
    yield Foreign(of["Bettina"], before(work[0]), timed(work[0], "10:30", "11:30", "Abstimmung mit Versicherer"))
    yield Foreign(of["Cem"], before(work[1]), timed(work[1], "14:00", "15:30", "Schulung Produktneuheiten"))
    yield Foreign(of["Elena"], before(work[1]), timed(work[1], "09:00", "10:00", "Kita", visibility="private"))
    leave = work[3:6]
    yield Foreign(of["Farid"], before(leave[0]), whole_days(leave[0], leave[-1], "Urlaub"))
    away = timed(work[2], "12:00", "19:00", "Unterwegs: Messe Düsseldorf", eventType="outOfOffice")
    yield Foreign(of["Daniel"], before(work[2]), away)
    for calendar in (of["Greta"], of["Henrik"]):
        body = timed(work[1], "11:00", "12:00", "Messe-Vorbereitung", attendees=declined(calendar))
        yield Foreign(calendar, before(work[1]), body, organizer=f"sarah@{DOMAIN}")
    yield Foreign(
        of["Ines"], before(work[4]), timed(work[4], "09:00", "12:30", "Handwerker zu Hause", visibility="private")
    )
    yield Foreign(of["Greta"], before(work[7]), whole_days(work[7], work[8], "Fortbildung Köln"))
    yield Foreign(
        of["Henrik"], before(work[9]), timed(work[9], "13:30", "16:30", "Interview Bewerberin", status="tentative")
    )
    for day in work[:6]:
        home = {"type": "homeOffice", "homeOffice": {}}
        body = whole_days(day, day, "Homeoffice", transparency="transparent", visibility="public")
        body |= {"eventType": "workingLocation", "workingLocationProperties": home}
        yield Foreign(of["Elena"], before(day), body)
    birthday = whole_days(work[2], work[2], "Geburtstag Priya 🎂", transparency="transparent")
    yield Foreign(CENTRAL, before(work[2]), birthday)
    party = timed(work[10], "18:30", "22:00", "Weihnachtsfeier" if work[10].month in (11, 12) else "Teamabend")
    for name in ("Alex", "Bettina", "Cem", "Elena"):
        yield Foreign(of[name], before(work[10]), party)


def foreign(
    rng: random.Random, first: date, today: date, work: list[date], free: Callable[[date], bool]
) -> list[Foreign]:
    """All of them, unsorted. `free` tells working days from holidays and weekends."""
    return [*_series(first, today, free), *_past(rng, first, today, free), *_coming(rng, today, work)]
