"""The calendar of the page: adding, changing, dragging and deleting events."""

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import httpx
import pytest

from sandbox.server import Served
from tests.sandbox.page.desk import gone, modal
from tests.sandbox.slack_desk import ANNA

if TYPE_CHECKING:
    pass


@pytest.fixture(autouse=True)
def empty(served: Served) -> None:
    for calendar in served.world.google.calendars.values():
        calendar.events.clear()


def events(served: Served) -> list[tuple[str, dict]]:
    around = datetime.now(UTC)
    found = served.control.events(*((around + timedelta(days=days)).isoformat() for days in (-14, 14)))
    return [(one["calendar"], one["event"]) for one in found]


def test_an_event_is_added_changed_moved_and_deleted(look, served: Served) -> None:
    page = look(ANNA, "calendar")
    page.get_by_role("button", name="Neuer Termin").click()
    form = modal(page)
    form.get_by_label("Titel").fill("Teamrunde")
    form.get_by_label("Kalender").select_option("bea@x.example")
    form.get_by_role("radio", name=re.compile("Farbe 11")).check(force=True)
    form.get_by_role("button", name="Speichern").click()
    gone(page)
    page.locator(".event", has_text="Teamrunde").wait_for()
    [(calendar, event)] = events(served)
    assert (calendar, event["summary"], event["colorId"]) == ("bea@x.example", "Teamrunde", "11")

    page.locator(".event", has_text="Teamrunde").click()
    form = modal(page)
    form.get_by_label("Kalender").select_option("alex@x.example")
    form.get_by_text("Ganztägig").click()
    form.get_by_label("Anzeigen als").select_option("transparent")
    form.get_by_role("button", name="Speichern").click()
    gone(page)
    page.locator(".all-day .event", has_text="Teamrunde").wait_for()
    [(calendar, event)] = events(served)
    assert calendar == "alex@x.example"
    assert "date" in event["start"]
    assert event["transparency"] == "transparent"

    page.locator(".event", has_text="Teamrunde").click()
    modal(page).get_by_role("button", name="Löschen").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Löschen").click()
    page.locator(".event", has_text="Teamrunde").wait_for(state="detached")
    assert events(served) == []
    page.get_by_role("button", name="Rückgängig").click()
    page.locator(".event", has_text="Teamrunde").wait_for()
    [(_, back)] = events(served)
    assert (back["id"], back["summary"], back["start"]) == (event["id"], event["summary"], event["start"])


def test_events_are_drawn_and_dragged(look, served: Served) -> None:
    page = look(ANNA, "calendar")
    page.get_by_role("button", name="Tag", exact=True).click()
    page.locator(".by-calendar").wait_for()
    columns = page.locator(".day-column")
    columns.nth(1).wait_for()
    assert columns.count() == 2
    hour = 56
    first, second = columns.nth(0).bounding_box(), columns.nth(1).bounding_box()
    assert first is not None
    assert second is not None
    page.mouse.move(first["x"] + 60, first["y"] + 9 * hour)
    page.mouse.down()
    page.mouse.move(first["x"] + 60, first["y"] + 10.5 * hour, steps=5)
    page.mouse.up()
    form = modal(page)
    form.get_by_label("Titel").fill("Gezogen")
    form.get_by_role("button", name="Speichern").click()
    gone(page)
    event = page.locator(".event", has_text="Gezogen")
    event.wait_for()
    assert "09:00 – 10:30" in (event.get_attribute("title") or "")
    page.mouse.move(first["x"] + 60, first["y"] + 9.5 * hour)
    page.mouse.down()
    page.mouse.move(second["x"] + 60, first["y"] + 11.5 * hour, steps=6)
    page.mouse.up()
    page.locator(".event[title^='11:00 – 12:30']").wait_for()
    [(calendar, moved)] = events(served)
    assert calendar == "bea@x.example"
    assert "T11:00:00" in moved["start"]["dateTime"]


def test_changes_elsewhere_appear_and_calendars_are_toggled(look, served: Served) -> None:
    page = look(ANNA, "calendar")
    today = datetime.now(ZoneInfo("Europe/Berlin"))  # the browser's, whose week is shown
    start = today.replace(hour=10, minute=0, second=0, microsecond=0)
    stamp = {side: {"dateTime": moment.isoformat()} for side, moment in
             (("start", start), ("end", start + timedelta(hours=1)))}  # fmt: skip
    httpx.post(
        f"{served.url}/control/events",
        json={"calendar": "alex@x.example", "event": {"summary": "Von woanders", **stamp}},
    )
    page.locator(".event", has_text="Von woanders").wait_for()
    alex, bea = (page.get_by_role("button", name=name, exact=True) for name in ("Alex", "Bea"))
    event = page.locator(".event", has_text="Von woanders")
    for chip, seen in ((bea, False), (alex, True), (bea, False), (bea, True), (bea, False)):  # one of all, another, …
        chip.click()
        event.wait_for(state="visible" if seen else "detached")
    page.get_by_role("button", name="Weiter", exact=True).click()
    page.get_by_role("button", name="Alle", exact=True).click()
    page.wait_for_function("() => !document.querySelector('.event')")
    page.get_by_role("button", name="Heute", exact=True).click()
    page.locator(".event", has_text="Von woanders").wait_for()
