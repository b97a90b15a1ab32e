"""Somebody puts something into Google over a booked appointment: one alert to the booker and one lead, and what it offers."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from storage.tables import Conflict
from tests.bot.front_desk import Json, block, buttons, close_all, said, shared_desk, top, typed
from tests.desk import ADMIN, AGENT, AGENT_EN, BERLIN, BOT, DAY, LEAD, TEAM, Desk, words_in

OURS = "alex@example.com"
FIRST = DAY + timedelta(days=4)  # a Monday


@pytest.fixture(scope="module")
def desk(database_folder: Path) -> Iterator[Desk]:
    with shared_desk(database_folder) as opened:
        yield opened


@pytest.fixture(autouse=True)
def closed(desk: Desk) -> Iterator[None]:
    yield
    for user in (AGENT, AGENT_EN, LEAD, ADMIN):
        close_all(desk, user)


def foreign(desk: Desk, day: int, hour: int, title: str, **more: object) -> str:
    """An event that a person puts into Alex's calendar over an hour of FIRST + day; its id, after the sync."""
    begin = datetime(FIRST.year, FIRST.month, FIRST.day, hour, 15, tzinfo=BERLIN) + timedelta(days=day)
    event = {
        "summary": title,
        "start": {"dateTime": begin.isoformat()},
        "end": {"dateTime": (begin + timedelta(minutes=30)).isoformat()},
        **more,
    }
    made = desk.control._post("/events", calendar=OURS, event=event)
    sync(desk)
    return str(made["event"]["id"])


def gone(desk: Desk, event_id: str) -> None:
    desk.control._call("DELETE", f"/events/{OURS}/{event_id}")
    sync(desk)


def sync(desk: Desk) -> None:
    desk.clock.forward(timedelta(minutes=6))
    desk.run("calendar.sync")
    desk.quiet()


def booked(desk: Desk, day: int, hour: int, name: str, user: str = AGENT) -> str:
    view = desk.choose_day(user, desk.open_form(user), FIRST + timedelta(days=day))
    slot = desk.slot("Alex", hour, FIRST + timedelta(days=day))
    assert desk.control.submit(user, view["id"], desk.fill(view, slot, name))["action"] == "update"
    close_all(desk, user)
    desk.quiet()
    return desk.appointments()[-1].id


def alerts(desk: Desk, user: str, name: str) -> list[Json]:
    return [m for m in desk.control.messages(user, BOT) if name in words_in(m)]


def alert(desk: Desk, user: str, name: str) -> Json:
    (found,) = alerts(desk, user, name)
    return found


def conflict_of(desk: Desk, appointment_id: str) -> Conflict:
    with desk.engine.view(TEAM) as view:
        return view.session.exec(select(Conflict).where(Conflict.appointment_id == appointment_id)).one()


def test_one_alert_to_the_booker_and_one_lead_and_none_to_others(desk: Desk) -> None:
    booked(desk, 0, 9, "Frau Alarm")
    event = foreign(desk, 0, 9, "Zahnarzt <!channel> *jetzt*")
    told = said(desk, AGENT, BOT, matches="Frau Alarm")
    for words in ("Montag, 23. November um 09:00 Uhr", "Alex", "09:15–09:45", "Zahnarzt &lt;!channel&gt; ∗jetzt∗"):
        assert words in words_in(told)
    assert {"conflict.move", "conflict.hand", "conflict.ignore"} <= set(buttons(told))
    assert alert(desk, LEAD, "Frau Alarm")
    assert alerts(desk, ADMIN, "Frau Alarm") == []
    assert alerts(desk, AGENT_EN, "Frau Alarm") == []
    sync(desk)
    assert len(alerts(desk, AGENT, "Frau Alarm")) == 1
    gone(desk, event)
    for user in (AGENT, LEAD):
        settled = alert(desk, user, "Frau Alarm")
        assert "✅" in words_in(settled)
        assert not buttons(settled)


def test_a_private_event_keeps_its_title(desk: Desk) -> None:
    booked(desk, 0, 11, "Ms Private", AGENT_EN)
    event = foreign(desk, 0, 11, "Therapie", visibility="private")
    told = said(desk, AGENT_EN, BOT, matches="Ms Private")
    assert "Therapie" not in words_in(told)
    assert "private" in words_in(told)
    gone(desk, event)


def test_moving_from_the_alert_settles_it(desk: Desk) -> None:
    key = booked(desk, 0, 14, "Frau Verschoben")
    event = foreign(desk, 0, 14, "Werkstatt")
    told = said(desk, AGENT, BOT, matches="Frau Verschoben")
    desk.control.click(AGENT, BOT, told["ts"], "conflict.move")
    move = top(desk, AGENT, "reschedule")
    assert typed(move, "consultant") == desk.consultant("Alex")
    assert "Werkstatt" in words_in(move)
    slot = desk.slot("Alex", 16, FIRST)
    assert (
        desk.control.submit(AGENT, move["id"], {block(move, "slot")["block_id"]: {"pick.slot": slot}})["action"]
        == "update"
    )
    desk.quiet()
    settled = desk.control.wait_for_message(AGENT, BOT, lambda m: m["ts"] == told["ts"] and "✅" in words_in(m))
    assert "16:00" in words_in(settled)
    assert conflict_of(desk, key).state == "settled"
    assert "✅" in words_in(alert(desk, LEAD, "Frau Verschoben"))
    gone(desk, event)


def test_handing_over_suggests_somebody_who_is_free_then(desk: Desk) -> None:
    key = booked(desk, 1, 9, "Frau Weitergabe")
    event = foreign(desk, 1, 9, "Stau")
    told = said(desk, LEAD, BOT, matches="Frau Weitergabe")
    desk.control.click(LEAD, BOT, told["ts"], "conflict.hand")
    move = top(desk, LEAD, "reschedule")
    assert typed(move, "slot") == desk.slot("Bea", 9, FIRST + timedelta(days=1))
    assert desk.control.submit(LEAD, move["id"])["action"] == "update"
    desk.quiet()
    assert next(a for a in desk.appointments() if a.id == key).consultant_id == desk.consultant("Bea")
    assert "✅" in words_in(alert(desk, AGENT, "Frau Weitergabe"))
    gone(desk, event)


def test_leaving_it_settles_it_for_good(desk: Desk) -> None:
    key = booked(desk, 1, 11, "Frau Bleibt")
    event = foreign(desk, 1, 11, "Kurz weg")
    told = said(desk, AGENT, BOT, matches="Frau Bleibt")
    desk.control.click(AGENT, BOT, told["ts"], "conflict.ignore")
    desk.control.wait_for(lambda: True if conflict_of(desk, key).state != "open" else None)
    desk.quiet()
    for user in (AGENT, LEAD):
        assert "✅" in words_in(alert(desk, user, "Frau Bleibt"))
    desk.control._call("PATCH", f"/events/{OURS}/{event}", {"summary": "Kurz weg, wirklich"})
    sync(desk)
    assert len(alerts(desk, AGENT, "Frau Bleibt")) == 1
    assert not buttons(alert(desk, AGENT, "Frau Bleibt"))
    gone(desk, event)


def test_an_alert_answered_by_somebody_else_already_says_so(desk: Desk) -> None:
    key = booked(desk, 1, 14, "Frau Doppelt")
    event = foreign(desk, 1, 14, "Messe")
    told = said(desk, AGENT, BOT, matches="Frau Doppelt")
    since = desk.control.last_delivery()
    desk.control.click(AGENT, BOT, told["ts"], "conflict.ignore")
    desk.control.wait_for(lambda: True if conflict_of(desk, key).state != "open" else None)
    desk.quiet()
    (delivery,) = [d for d in desk.control.deliveries(since, "interactive") if d["name"] == "block_actions"]
    assert desk.control.replay(delivery["n"])["status"] == 200
    assert said(desk, AGENT, BOT, told["ts"], "schon")
    gone(desk, event)


def test_a_time_off_over_an_appointment_is_an_alert_too(desk: Desk) -> None:
    from core.booking.setup.time_off import remove_time_off, take_time_off

    booked(desk, 2, 9, "Frau Urlaub")
    begin = datetime(FIRST.year, FIRST.month, FIRST.day, 8, tzinfo=BERLIN) + timedelta(days=2)
    with desk.engine.transaction(TEAM, desk.member(LEAD)) as tx:
        off, _ = take_time_off(tx, desk.consultant("Alex"), begin, begin + timedelta(hours=4), "Fortbildung")
    desk.quiet()
    assert "Fortbildung" in words_in(alert(desk, AGENT, "Frau Urlaub"))
    with desk.engine.transaction(TEAM, desk.member(LEAD)) as tx:
        remove_time_off(tx, off.id)
    desk.quiet()
    assert "✅" in words_in(alert(desk, AGENT, "Frau Urlaub"))


def test_moving_and_deleting_in_google_is_told_to_the_booker(desk: Desk) -> None:
    key = booked(desk, 2, 14, "Frau Kalender")
    begin = datetime(FIRST.year, FIRST.month, FIRST.day, 16, tzinfo=BERLIN) + timedelta(days=2)
    when = {"start": {"dateTime": begin.isoformat()}, "end": {"dateTime": (begin + timedelta(hours=1)).isoformat()}}
    desk.control._call("PATCH", f"/events/{OURS}/sq{key}", when)
    sync(desk)
    told = said(desk, AGENT, BOT, matches="Frau Kalender")
    assert "16:00" in words_in(told)
    assert "14:00" in words_in(told)
    gone(desk, f"sq{key}")
    told = said(desk, AGENT, BOT, told["ts"], "Frau Kalender")
    assert next(a for a in desk.appointments() if a.id == key).state == "cancelled"
    desk.control.click(AGENT, BOT, told["ts"], "book.again")
    assert typed(top(desk, AGENT, "book"), "name") == "Frau Kalender"
