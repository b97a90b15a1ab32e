"""A believable firm for the sandbox: its people, a year of its appointments and everything in its calendars.

The same seed and day give the same firm, save for the service account's key, which is new each time.
"""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import holidays

from sandbox.google import freebusy
from sandbox.google.changes import html_link
from sandbox.google.recurrence import instances
from sandbox.google.resources import check, new_resource
from sandbox.google.state import Google
from sandbox.google.times import stamp
from sandbox.seed import files, talk
from sandbox.seed.appointments import COMING_DAYS, Appointment, Book
from sandbox.seed.customers import customers
from sandbox.seed.foreign import Foreign, foreign
from sandbox.seed.team import (
    ACHIEVEMENTS,
    ADMIN,
    ADMINS,
    BOOKINGS,
    BOT,
    CENTRAL,
    CONSULTANTS,
    GENERAL,
    LEADS,
    MEMBERS,
    ROBOT,
    ZONE,
)
from sandbox.world import World

DAYS_BACK = 269
EVENTS = 4800
CUSTOMERS = 1500


def build(seed: int, today: date, url: str, directory: Path, world: World | None = None) -> World:
    """Fill a fresh world, and write what the bot is started with into `directory`.

    Writes team.toml, history.jsonl, service-account.json and sandbox.env. `url` is where the sandbox will be served.
    A world that keeps its state in a directory is saved at once.
    """
    made = world or World(directory=directory)
    url = url.rstrip("/")
    made.base_url = url
    account, public_key = files.service_account(url)
    appointments = _calendars(made.google, seed, today, public_key)
    _workspace(made, today)
    slack = made.slack
    files.write(directory, "team.toml", files.team_toml())
    files.write(directory, "history.jsonl", files.history_jsonl(appointments))
    files.write(directory, "service-account.json", account, secret=True)
    environment = files.environment(url, account, slack.bot_token, slack.app_token, slack.signing_secret)
    files.write(directory, "sandbox.env", environment, secret=True)
    made.save(everything=True)
    return made


def _calendars(google: Google, seed: int, today: date, public_key: str) -> list[Appointment]:
    rng = random.Random(f"{seed} {today.isoformat()}")
    first = today - timedelta(days=DAYS_BACK)
    closed = holidays.country_holidays("DE", subdiv="NW", years=range(first.year - 1, today.year + 2))

    def works(day: date) -> bool:
        return day.weekday() < 5 and day not in closed

    work = [day for n in range(60) if works(day := today + timedelta(days=n))]
    others = foreign(rng, first, today, work, works)
    draft = Google(lambda: datetime.combine(today, datetime.min.time(), UTC))
    for target in (draft, google):
        _add_calendars(target, public_key)
    for number, one in sorted(enumerate(others), key=lambda row: row[1].at):
        _place_foreign(draft, one, today, number)
    low = datetime.combine(first - timedelta(days=1), datetime.min.time(), UTC)
    # Nobody could book further ahead than the horizon when the office was last open.
    opened = next(day for n in range(1, 20) if works(day := today - timedelta(days=n)))
    last = opened + timedelta(days=COMING_DAYS)
    high = datetime.combine(last + timedelta(days=2), datetime.min.time(), UTC)
    busy = {calendar.id: freebusy.busy_times(draft, calendar, low, high) for calendar in draft.calendars.values()}

    book = Book(rng, today, works, customers(rng, CUSTOMERS))
    coming_slots = book.slots(today, last, busy)
    past_slots = book.slots(first, today - timedelta(days=1), busy)
    coming = book.coming(coming_slots)
    wanted = EVENTS - len(others) - len(coming)
    # About one in 28 was rescheduled and has left no event behind.
    past = book.past(past_slots, round(wanted * 28 / 27))
    appointments = past + [book.appointment(seat) for seat in coming]
    _place(google, others, appointments, today, rng)
    return appointments


def _add_calendars(google: Google, public_key: str) -> None:
    google.add_account(ROBOT, public_key, "100000000000000000001")
    google.add_calendar(CENTRAL, "Rheinblick Zentrale", time_zone=ZONE, hue=250)
    google.share(CENTRAL, ROBOT)
    for one in CONSULTANTS:
        if one.own_calendar:
            google.add_calendar(one.calendar, one.name, time_zone=ZONE, hue=one.hue)
            google.share(one.calendar, ROBOT)


def _place(
    google: Google, others: list[Foreign], appointments: list[Appointment], today: date, rng: random.Random
) -> None:
    """All events in the order in which they were last changed, as if Google had seen them happen."""
    rows: list[tuple[datetime, str, Foreign | Appointment]] = []
    for number, foreign_event in enumerate(others):
        rows.append((foreign_event.at, f"{number:05}", foreign_event))
    for one in appointments:
        # A moved appointment's old event is gone: its successor has one of its own.
        if one.outcome != "rescheduled":
            rows.append((one.outcome_at or one.created_at, one.id, one))
    for at, key, row in sorted(rows, key=lambda row: row[:2]):
        if isinstance(row, Foreign):
            _place_foreign(google, row, today, int(key))
            continue
        calendar = google.calendars[row.consultant.calendar]
        made = row.event(rng)
        base = new_resource(made["id"], calendar, ROBOT, stamp(row.created_at), html_link(made["id"], calendar.id))
        google.touch(calendar, check({**base, **made}, calendar, None), at)


def _place_foreign(google: Google, one: Foreign, today: date, number: int) -> None:
    calendar = google.calendars[one.calendar]
    event_id = f"ev{_number(f'{number} {one.calendar}'):023x}"
    author = one.organizer or calendar.id
    base = new_resource(event_id, calendar, author, stamp(one.at), html_link(event_id, calendar.id))
    if one.organizer:
        base["organizer"] = {"email": one.organizer}
    stored = google.touch(calendar, check({**base, **one.body}, calendar, None), one.at)
    for days, change in one.instances:
        until = datetime.combine(today + timedelta(days=days), datetime.min.time(), UTC)
        *_, last = instances(stored.resource, calendar.time_zone, None, until)
        google.touch(calendar, {**last, **change}, one.at)


def _number(text: str) -> int:
    """A number that is the same in every process, unlike `hash`."""
    return random.Random(text).getrandbits(90)


def _workspace(world: World, today: date) -> None:
    slack = world.slack
    for one in MEMBERS:
        slack.add_user(
            one.id,
            one.name,
            one.real_name,
            locale=one.locale,
            tz=ZONE,
            title=one.title,
            is_admin=one.id in ADMINS,
            avatar_hue=one.hue,
        )
    everyone = [one.id for one in MEMBERS]
    chiefs = [*ADMINS, *LEADS]
    created = int(datetime.combine(today - timedelta(days=DAYS_BACK), datetime.min.time(), UTC).timestamp())
    for channel, name, topic, private, members in (
        (BOOKINGS, "bookings", "Neue Termine, ohne Kundendaten", False, everyone),
        (ACHIEVEMENTS, "achievements", "Was wir gut gemacht haben", False, everyone),
        (ADMIN, "admin", "Entscheidungen und Störungen", True, chiefs),
        (GENERAL, "allgemein", "Alles, was alle angeht", False, everyone),
    ):
        slack.add_channel(
            channel,
            name,
            topic=topic,
            is_private=private,
            is_general=channel == GENERAL,
            members=[*members, BOT],
            created=created,
            creator=ADMINS[0],
        )
    by_name = {one.name: one.id for one in MEMBERS}
    for channel, days_ago, clock, name, text in talk.MESSAGES:
        slack.add_message(channel, by_name[name], text, at=talk.spoken_at(today, days_ago, clock))
    for found in slack.channels.values():
        if found.order:
            found.read = dict.fromkeys(found.members, found.order[-1])
