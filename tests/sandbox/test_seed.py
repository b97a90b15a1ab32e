"""The seeded firm: the shape that the bot is started with, the rules that its history keeps, and its liveliness."""

import base64
import json
import time
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import phonenumbers
import pytest
from google.oauth2 import service_account
from googleapiclient.discovery import build as google_client

from sandbox.google.freebusy import busy_times, is_busy
from sandbox.seed import build
from sandbox.world import World
from tests.sandbox.google_desk import running

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = date(2026, 11, 20)
OTHERS = (date(2026, 11, 22), date(2027, 1, 1), date(2027, 3, 29))
COMPLETED = {"2", "5", "7", "9", "10", "3"}
Row = dict[str, Any]


@dataclass(frozen=True)
class Firm:
    today: date
    world: World
    directory: Path
    took: float

    @property
    def history(self) -> list[Row]:
        text = (self.directory / "history.jsonl").read_text("utf-8")
        return [json.loads(line) for line in text.splitlines()]

    @property
    def team(self) -> Row:
        return tomllib.loads((self.directory / "team.toml").read_text("utf-8"))

    @property
    def events(self) -> dict[str, tuple[str, Row]]:
        calendars = self.world.google.calendars.values()
        return {key: (one.id, stored.resource) for one in calendars for key, stored in one.events.items()}


@cache
def firm(today: date = FRIDAY, seed: int = 1) -> Firm:
    directory = Path(mkdtemp(prefix="slotquest-seed-"))
    start = time.process_time()
    world = build(seed, today, "http://127.0.0.1:8700", directory)
    return Firm(today, world, directory, time.process_time() - start)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def local(text: str) -> datetime:
    return at(text).astimezone(BERLIN)


def test_the_same_seed_and_day_give_the_same_firm() -> None:
    again = Path(mkdtemp())
    build(1, FRIDAY, "http://127.0.0.1:8700", again)
    for name in ("history.jsonl", "team.toml", "slack.json"):
        ours, theirs = ((place / name).read_text("utf-8") for place in (firm().directory, again))
        if name == "slack.json":
            assert json.loads(ours)["users"][1]["id"] == json.loads(theirs)["users"][1]["id"]
        else:
            assert ours == theirs
    calendars = [
        json.loads((place / "google.json").read_text("utf-8"))["calendars"] for place in (firm().directory, again)
    ]
    assert calendars[0] == calendars[1]
    assert (firm(seed=2).directory / "history.jsonl").read_text("utf-8") != ours


def test_it_is_made_quickly_and_saved() -> None:
    assert firm().took < 4
    kept = World(directory=firm().directory)
    assert kept.load()
    assert kept.google.snapshot() == firm().world.google.snapshot()


def test_the_people_and_places() -> None:
    slack = firm().world.slack
    people = [user for user in slack.users.values() if not user.is_bot]
    assert [user.id for user in people] == [f"U{n:09}" for n in range(1, 18)]
    assert sum(user.locale == "en-US" for user in people) >= 4
    assert [user.real_name for user in people if user.is_admin] == ["Miriam Vogt"]
    assert {id: channel.name for id, channel in slack.channels.items()} == {
        "C000000001": "bookings",
        "C000000002": "achievements",
        "C000000003": "admin",
        "C000000004": "allgemein",
    }
    assert slack.channels["C000000003"].is_private
    assert set(slack.channels["C000000003"].members) == {"U000000001", "U000000002", "U000000003", "U0SLOTBOT1"}
    assert len(slack.channels["C000000004"].messages) >= 5


def test_the_team_file() -> None:
    team = firm().team
    assert team["workspace"] == {
        "team_id": "T000000001",
        "timezone": "Europe/Berlin",
        "locale": "de",
        "holidays": "DE-NW",
        "admins": ["U000000001"],
        "leads": ["U000000002", "U000000003"],
    }
    consultants = team["consultants"]
    assert [one["slack"] for one in consultants] == [f"U{n:09}" for n in range(9, 18)]
    assert consultants[0]["name"] == "Alex"
    assert sum("calendar" not in one for one in consultants) == 1
    assert set(firm().world.google.calendars) == {"central@rheinblick.example"} | {
        one["calendar"] for one in consultants if "calendar" in one
    }
    weekly = {one["name"]: sum(len(starts) for starts in one["schedule"].values()) for one in consultants}
    assert weekly["Alex"] == 25
    assert sum(count < 25 for count in weekly.values()) >= 3


def test_the_amount_is_that_of_a_year() -> None:
    assert 4650 <= len(firm().events) <= 4950
    assert len({row["customer"]["phone"] for row in firm().history}) == 1500
    per_customer = Counter(row["customer"]["phone"] for row in firm().history)
    assert max(per_customer.values()) >= 8


@pytest.mark.parametrize("today", [FRIDAY, *OTHERS])
def test_the_history_keeps_the_rules(today: date) -> None:
    made = firm(today)
    rows = made.history
    closed = holidays.country_holidays("DE", subdiv="NW")
    schedule = {one["name"]: one for one in made.team["consultants"]}
    assert rows == sorted(rows, key=lambda row: row["created_at"])
    assert len({row["id"] for row in rows}) == len(rows)
    seats = Counter((row["consultant"], row["starts_at"]) for row in rows)
    assert all(count <= schedule[name]["capacity"] for (name, _), count in seats.items())
    same_day = Counter((row["customer"]["phone"], local(row["starts_at"]).date()) for row in rows)
    assert set(same_day.values()) == {1}
    midnight = datetime.combine(today, datetime.min.time(), BERLIN)
    for row in rows:
        start, created = local(row["starts_at"]), local(row["created_at"])
        assert len(row["id"]) == 32
        assert set(row["id"]) <= set("0123456789abcdef")
        assert start.weekday() < 5
        assert start.date() not in closed
        assert f"{start:%H:%M}" in schedule[row["consultant"]]["schedule"][f"{start:%a}".lower()]
        assert created < midnight
        assert timedelta(minutes=60) <= start - created <= timedelta(days=28)
        assert created.weekday() < 5
        assert created.date() not in closed
        assert 8 <= created.hour <= 18
        if start >= midnight:
            assert row["outcome"] is None
            assert start.date() <= today + timedelta(days=28)
        else:
            assert today - start.date() <= timedelta(days=269)
        if row["outcome"] is None:
            assert row["outcome_at"] is None
        else:
            assert at(row["created_at"]) < at(row["outcome_at"]) < midnight
        if row["outcome"] in ("completed", "no_show"):
            assert at(row["outcome_at"]) >= at(row["starts_at"]) + timedelta(minutes=60)
        if row["outcome"] in ("cancelled", "rescheduled"):
            assert at(row["outcome_at"]) < at(row["starts_at"])


def test_outcomes_are_mixed_and_a_few_young_ones_open() -> None:
    past = [row for row in firm().history if local(row["starts_at"]).date() < FRIDAY]
    share = {what: count / len(past) for what, count in Counter(row["outcome"] for row in past).items()}
    assert 0.6 < share["completed"] < 0.85
    assert 0.05 < share["no_show"] < 0.15
    assert 0.05 < share["cancelled"] < 0.15
    assert 0.01 < share["rescheduled"] < 0.06
    undecided = [local(row["starts_at"]).date() for row in past if row["outcome"] is None]
    assert 3 <= len(undecided) <= 30
    assert all(FRIDAY - day <= timedelta(days=10) for day in undecided)


def test_each_appointment_has_its_event_in_the_colour_of_its_outcome() -> None:
    team = {one["name"]: one.get("calendar", "central@rheinblick.example") for one in firm().team["consultants"]}
    events = firm().events
    for row in firm().history:
        if row["outcome"] == "rescheduled":
            assert f"sq{row['id']}" not in events
            continue
        calendar, event = events[f"sq{row['id']}"]
        assert calendar == team[row["consultant"]]
        assert event["extendedProperties"]["private"] == {"slotquest": row["id"]}
        assert at(event["start"]["dateTime"]) == at(row["starts_at"])
        color = event.get("colorId")
        assert {
            "completed": color in COMPLETED,
            "no_show": color == "11",
            "cancelled": color == "6",
            None: color is None,
        }[row["outcome"]]
        changed = at(event["updated"]) - at(row["outcome_at"] or row["created_at"])
        assert timedelta() <= changed < timedelta(seconds=5)


def test_a_postponed_appointment_has_a_successor() -> None:
    rows = firm().history
    moved = [row for row in rows if row["outcome"] == "rescheduled"]
    found = {(row["customer"]["phone"], row["created_at"]) for row in rows}
    successors = sum((row["customer"]["phone"], row["outcome_at"]) in found for row in moved)
    assert successors > len(moved) * 0.7


@pytest.mark.parametrize("today", [FRIDAY, *OTHERS])
def test_nobody_is_booked_into_a_foreign_event(today: date) -> None:
    made = firm(today)
    google = made.world.google
    low = datetime.combine(today - timedelta(days=270), datetime.min.time(), UTC)
    for calendar in google.calendars.values():
        own = {key: stored for key, stored in calendar.events.items() if key.startswith("sq")}
        for key in own:
            del calendar.events[key]
        busy = busy_times(google, calendar, low, low + timedelta(days=310))
        calendar.events.update(own)
        assert len(busy) > 10
        booked = [at(stored.resource["start"]["dateTime"]) for stored in own.values()]
        for start in booked:
            assert not any(a < start + timedelta(hours=1) and start < b for a, b in busy), (calendar.id, start)


def test_the_next_days_look_alive() -> None:
    rows = [row for row in firm().history if local(row["starts_at"]).date() >= FRIDAY]
    capacity = {one["name"]: one["capacity"] for one in firm().team["consultants"]}
    seats = Counter((row["consultant"], row["starts_at"]) for row in rows)
    full_today = [key for key, n in seats.items() if n == capacity[key[0]] and local(key[1]).date() == FRIDAY]
    assert 2 <= len(full_today) <= 12
    offered = sum(len(one["schedule"].get("fri", ())) * one["capacity"] for one in firm().team["consultants"])
    today = sum(n for key, n in seats.items() if local(key[1]).date() == FRIDAY)
    assert 0.3 < today / offered < 0.8
    coming = [event for key, (_, event) in firm().events.items() if key.startswith("ev")]
    kinds = Counter(event["eventType"] for event in coming)
    assert {"outOfOffice", "focusTime", "workingLocation"} <= set(kinds)
    future = [one for one in coming if one["start"].get("date", one["start"].get("dateTime", ""))[:10] >= "2026-11-20"]
    assert any(event.get("visibility") == "private" for event in future)
    assert any(event.get("transparency") == "transparent" for event in future)
    assert any("date" in event["start"] and is_busy(event) for event in future)
    assert any(not is_busy(event) for event in future if "attendees" in event)
    assert any("recurrence" in event for event in coming)
    assert any(event["status"] == "cancelled" and "recurringEventId" in event for event in coming)


def test_bookers_differ_and_customers_can_be_called_by_nobody() -> None:
    bookers = Counter(row["booker"] for row in firm().history)
    assert set(bookers) <= {f"U{n:09}" for n in range(1, 18)}
    assert bookers["U000000004"] > 3 * bookers["U000000008"] > 0
    mails = 0
    for row in firm().history:
        number = phonenumbers.parse(row["customer"]["phone"])
        assert number.country_code == 49
        assert phonenumbers.is_possible_number(number)
        mail = row["customer"]["email"]
        if mail is not None:
            mails += 1
            assert mail.isascii()
            assert mail.endswith(".example")
    assert 0 < mails < len(firm().history)


def test_the_environment_opens_the_calendars() -> None:
    lines = (firm().directory / "sandbox.env").read_text("utf-8").splitlines()
    values = dict(line.split("=", 1) for line in lines)
    assert set(values) == {
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "SLACK_APP_TOKEN",
        "SLACK_API_URL",
        "GOOGLE_CREDS_BASE64",
        "GOOGLE_CALENDAR_URL",
        "CENTRAL_CALENDAR_ID",
    }
    assert values["SLACK_SIGNING_SECRET"] == firm().world.slack.signing_secret
    info = json.loads(base64.b64decode(values["GOOGLE_CREDS_BASE64"]))
    assert info == json.loads((firm().directory / "service-account.json").read_text("utf-8"))
    assert info["token_uri"] == "http://127.0.0.1:8700/google/token"
    with running(firm().world.google) as desk:
        info["token_uri"] = f"{desk.url}/google/token"
        scopes = ["https://www.googleapis.com/auth/calendar"]
        credentials = service_account.Credentials.from_service_account_info(info, scopes=scopes)
        endpoint = {"api_endpoint": f"{desk.url}/google/calendar/v3/"}
        client = google_client("calendar", "v3", credentials=credentials, client_options=endpoint)
        page = client.events().list(calendarId=values["CENTRAL_CALENDAR_ID"], maxResults=2500).execute()
    assert page["nextSyncToken"]
    assert len(page["items"]) > 100
