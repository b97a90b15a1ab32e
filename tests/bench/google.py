"""Calls to Google, counted at the sandbox."""

from datetime import timedelta
from pathlib import Path

from tests import services
from tests.bench.table import Figure
from tests.desk import AGENT, ALEX, GENERAL, Desk, open_desk

COMMANDS = ("/book", "/book morgen 14 Uhr bei Alex, Frau Weber", "/slots", "/slots week", "/my", "/slotquest")


def count(folder: Path) -> list[Figure]:
    """Per command, per idle sync of a calendar, per booking."""
    with services.fresh_database("sqlite", folder) as url, open_desk(url) as desk:
        desk.quiet()
        before = calls(desk)
        for command in COMMANDS:
            desk.control.command(AGENT, command, GENERAL)
        desk.control.command(ALEX, "/day", GENERAL)
        desk.control.settle()
        commands = calls(desk) - before
        desk.clock.forward(timedelta(minutes=6))
        before = calls(desk)
        desk.run("calendar.sync")
        syncs = calls(desk) - before
        before = calls(desk)
        desk.book(9)
        desk.quiet()
        booking = calls(desk) - before
        calendars = len(desk.control.calendars())
    return [
        _figure(f"calls to Google for {len(COMMANDS) + 1} commands", commands, 0),
        _figure(f"calls to Google for an idle sync of {calendars} calendars", syncs, calendars),
        _figure("calls to Google for a booking", booking, 1),
    ]


def calls(desk: Desk) -> int:
    """How many requests Google has had until now; fetching an access token, once an hour, is not counted."""
    return sum("/token" not in call["path"] for call in desk.control.google_calls())


def _figure(what: str, found: int, goal: int) -> Figure:
    return Figure(what, str(found), goal=str(goal), met=found == goal)
