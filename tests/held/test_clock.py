"""Days with 23 and 25 hours, midnight, the end of a year, and another zone: slots, jobs and words."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from slack_sdk import WebClient

from bot.jobs import run_due
from bot.registry import Job, Registry
from bot.services import Services
from core.errors import DatabaseBusy
from tests import desk as at
from tests.desk import AGENT, AGENT_EN, Clock, Desk, open_desk
from tests.held import accounts
from tests.held.stage import consultant_id, engine_of, firm

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def local(zone: ZoneInfo, *when: int) -> datetime:
    return datetime(*when, tzinfo=zone).astimezone(UTC)


DAYS = [
    # zone, now, day, the first start's instant, German, English
    (BERLIN, (2026, 10, 24, 12), date(2026, 10, 25), "2026-10-25T08:00", "Sonntag, 25. Oktober", "Sunday, 25 October"),
    (BERLIN, (2026, 10, 20, 12), date(2026, 10, 26), "2026-10-26T08:00", "Montag, 26. Oktober", "Monday, 26 October"),
    (BERLIN, (2026, 10, 20, 12), date(2026, 10, 24), "2026-10-24T07:00", "Samstag, 24. Oktober", "Saturday, 24 October"),
    (BERLIN, (2027, 3, 27, 12), date(2027, 3, 28), "2027-03-28T07:00", "Sonntag, 28. März", "Sunday, 28 March"),
    (BERLIN, (2027, 3, 20, 12), date(2027, 3, 27), "2027-03-27T08:00", "Samstag, 27. März", "Saturday, 27 March"),
    (BERLIN, (2026, 12, 31, 23, 50), date(2027, 1, 1), "2027-01-01T08:00", "Freitag, 1. Januar", "Friday, 1 January"),
    (NEW_YORK, (2026, 10, 31, 21), date(2026, 11, 1), "2026-11-01T14:00", "Sonntag, 1. November", "Sunday, 1 November"),
    (NEW_YORK, (2027, 3, 13, 21), date(2027, 3, 14), "2027-03-14T13:00", "Sonntag, 14. März", "Sunday, 14 March"),
    (NEW_YORK, (2026, 12, 31, 23, 50), date(2027, 1, 1), "2027-01-01T14:00", "Freitag, 1. Januar", "Friday, 1 January"),
]  # fmt: skip


def in_zone(zone: ZoneInfo) -> str:
    return firm().replace("Europe/Berlin", zone.key)


def choose(desk: Desk, user: str, zone: ZoneInfo, day: date, hour: int) -> tuple[str, dict[str, object]]:
    """The id of the user's booking modal and its values, with Alex's start of that hour chosen."""
    view = desk.choose_day(user, desk.open_form(user), day)
    instant = int(datetime.combine(day, time(hour), tzinfo=zone).timestamp())
    return view["id"], desk.fill(view, f"{consultant_id(desk.engine, 'Alex')}|{instant}", f"Frau {user}")


@pytest.mark.parametrize(("zone", "now", "day", "instant", "german", "english"), DAYS)
def test_nine_o_clock_is_nine_o_clock(
    sqlite_url: str, zone: ZoneInfo, now: tuple[int, ...], day: date, instant: str, german: str, english: str
) -> None:
    """In the modal, in the table, in Google and in the channel, in both languages."""
    with open_desk(sqlite_url, clock=Clock(local(zone, *now)), team=in_zone(zone), rate_limits=False) as desk:
        for user, words in ((AGENT, german), (AGENT_EN, english)):
            view_id, values = choose(desk, user, zone, day, 9)
            assert desk.control.submit(user, view_id, values)["action"] == "update"
            told = at.words_in(desk.control.views(user)[-1]["blocks"])
            assert words in told, told
            assert "09:00" in told, told
        starts = datetime.fromisoformat(instant).replace(tzinfo=UTC)
        assert {(one.starts_at, one.ends_at) for one in desk.appointments()} == {
            (starts, starts + timedelta(minutes=30))
        }
        desk.clock.forward(timedelta(seconds=5))
        desk.bot.dispatcher.wake()
        desk.quiet()
        assert accounts.contradictions(desk.engine, desk.world) == []
        events = desk.events("alex@example.com")
        assert {datetime.fromisoformat(event["start"]["dateTime"]) for event in events} == {starts}
        assert {event["start"]["timeZone"] for event in events} == {zone.key}
        for message in desk.control.messages(AGENT, at.BOOKINGS):
            assert german in message["text"], message["text"]
            assert "09:00" in message["text"], message["text"]


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK])
def test_the_form_begins_on_the_day_that_it_is_there(sqlite_url: str, zone: ZoneInfo) -> None:
    """A minute before midnight and a minute after it, also at the end of a year."""
    with open_desk(sqlite_url, clock=Clock(local(zone, 2026, 12, 31, 23, 58)), team=in_zone(zone)) as desk:
        for now, today in (
            (local(zone, 2026, 12, 31, 23, 58), "2026-12-31"),
            (local(zone, 2027, 1, 1, 0, 0, 1), "2027-01-01"),
            (local(zone, 2027, 3, 14, 0, 0, 1), "2027-03-14"),
        ):
            desk.clock.set(now)
            view = desk.open_form(AGENT)
            picked = [
                b["element"].get("initial_date")
                for b in view["blocks"]
                if b.get("element", {}).get("type") == "datepicker"
            ]
            assert picked == [today]
            desk.control.close(AGENT, view["id"], everything=True)


def first_runs(
    database_url: str, zone: ZoneInfo, moment: str, begin: datetime, end: datetime, step: timedelta, failing: int = 0
) -> list[str]:
    """The local times at which a daily job gets its turn, when it is looked for every `step` and fails `failing` times."""
    now = [begin]
    clock: Callable[[], datetime] = lambda: now[0]  # noqa: E731
    engine = engine_of(database_url, clock)
    at.load_team(engine, in_zone(zone))
    services = Services(engine, WebClient(), Registry())
    ran: list[str] = []

    def work(_: Services, __: str) -> None:
        ran.append(now[0].astimezone(zone).strftime("%d.%m. %H:%M"))
        if len(ran) <= failing:
            raise DatabaseBusy("just now")

    job = Job("held.daily", work, None, moment)
    while now[0] < end:
        with suppress(DatabaseBusy):
            run_due(services, job, at.TEAM)
        now[0] += step
    engine.database.dispose()
    return ran


JOBS = [
    (BERLIN, "21:00", (2026, 10, 24, 20), (2026, 10, 26, 22), ["24.10. 21:00", "25.10. 21:00", "26.10. 21:00"]),
    (BERLIN, "21:00", (2027, 3, 27, 20), (2027, 3, 29, 22), ["27.03. 21:00", "28.03. 21:00", "29.03. 21:00"]),
    (BERLIN, "02:30", (2026, 10, 25, 0), (2026, 10, 26, 4), ["25.10. 02:30", "26.10. 02:30"]),  # 02:30 comes twice
    (BERLIN, "02:30", (2027, 3, 28, 0), (2027, 3, 29, 4), ["28.03. 03:00", "29.03. 02:30"]),  # there is no 02:30
    (BERLIN, "00:00", (2026, 12, 31, 12), (2027, 1, 1, 12), ["31.12. 12:00", "01.01. 00:00"]),
    (NEW_YORK, "21:00", (2026, 10, 31, 20), (2026, 11, 1, 22), ["31.10. 21:00", "01.11. 21:00"]),
    (NEW_YORK, "21:00", (2026, 12, 31, 20), (2027, 1, 1, 22), ["31.12. 21:00", "01.01. 21:00"]),
]


@pytest.mark.parametrize(("zone", "moment", "begin", "end", "ran"), JOBS)
def test_a_daily_job_has_one_turn_a_local_day(
    sqlite_url: str, zone: ZoneInfo, moment: str, begin: tuple[int, ...], end: tuple[int, ...], ran: list[str]
) -> None:
    found = first_runs(sqlite_url, zone, moment, local(zone, *begin), local(zone, *end), timedelta(minutes=15))
    assert found == ran


def test_a_daily_job_that_was_missed_runs_late_on_the_same_day(sqlite_url: str) -> None:
    begin, end = local(BERLIN, 2026, 10, 25, 23, 30), local(BERLIN, 2026, 10, 26, 1)
    assert first_runs(sqlite_url, BERLIN, "21:00", begin, end, timedelta(minutes=15)) == ["25.10. 23:30"]


def test_a_daily_job_that_failed_is_tried_again_on_the_same_day(sqlite_url: str) -> None:
    begin, end = local(BERLIN, 2026, 10, 26, 20), local(BERLIN, 2026, 10, 27, 20)
    ran = first_runs(sqlite_url, BERLIN, "21:00", begin, end, timedelta(minutes=15), failing=2)
    assert ran == ["26.10. 21:00", "26.10. 21:15", "26.10. 21:30"]


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 3, 28), date(2026, 12, 31)])
def test_the_evening_asks_about_the_days_appointments(sqlite_url: str, day: date) -> None:
    morning = datetime.combine(day, time(8), tzinfo=BERLIN).astimezone(UTC)
    with open_desk(sqlite_url, clock=Clock(morning), team=firm(), rate_limits=False) as desk:
        view_id, values = choose(desk, AGENT, BERLIN, day, 18)
        assert desk.control.submit(AGENT, view_id, values)["action"] == "update"
        desk.clock.set(datetime.combine(day, time(21), tzinfo=BERLIN).astimezone(UTC))
        desk.run("outcomes.evening")
        desk.quiet()
        asked = desk.control.wait_for_message(at.ALEX, "U0SLOTBOT1", "18:00")
        at.valid_message(asked)
        desk.run("outcomes.evening")
        desk.quiet()
        assert len([m for m in desk.control.messages(at.ALEX, "U0SLOTBOT1") if "18:00" in m["text"]]) == 1
