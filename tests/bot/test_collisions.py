"""Somebody puts something into Google over booked appointments: one alert to each booker and to the leads, and what it offers."""

from datetime import datetime, timedelta
from itertools import pairwise

from sqlmodel import select

from core.booking.calendar.conflicts import ignore
from core.booking.setup.time_off import remove_time_off, take_time_off
from storage.tables import Conflict
from tests.bot.front_desk import Json, block, buttons, close_all, said, top, typed
from tests.desk import ADMIN, AGENT, AGENT_EN, BERLIN, BOT, DAY, LEAD, TEAM, Desk, valid_message, words_in

OURS = "alex@example.com"
FIRST = DAY + timedelta(days=4)  # a Monday


def foreign(desk: Desk, day: int, hour: int, title: str, *, wait: bool = True, **more: object) -> str:
    """An event that a person puts into Alex's calendar over an hour of FIRST + day; its id, after the sync."""
    begin = datetime(FIRST.year, FIRST.month, FIRST.day, hour, 15, tzinfo=BERLIN) + timedelta(days=day)
    event = {
        "summary": title,
        "start": {"dateTime": begin.isoformat()},
        "end": {"dateTime": (begin + timedelta(minutes=30)).isoformat()},
        **more,
    }
    made = desk.control.add_event(OURS, event)
    sync(desk, wait=wait)
    return str(made["id"])


def gone(desk: Desk, event_id: str) -> None:
    desk.control.remove_event(OURS, event_id)
    sync(desk)


def sync(desk: Desk, *, wait: bool = True) -> None:
    desk.clock.forward(timedelta(minutes=6))
    desk.run("calendar.sync")
    if wait:
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


def test_one_alert_to_the_booker_and_the_lead_and_none_to_others(desk: Desk) -> None:
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
    desk.control.edit_event(OURS, event, summary="Kurz weg, wirklich")
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


def rows(message: Json) -> dict[str, Json]:
    """What the alert says of each appointment that waits -> the row of its buttons."""
    blocks = message["blocks"]
    pairs = [(a, b) for a, b in pairwise(blocks) if b["type"] == "actions"]
    return {words_in(above): below for above, below in pairs}


def choose(desk: Desk, user: str, message: Json, name: str, action_id: str) -> None:
    row = next(row for words, row in rows(message).items() if name in words)
    desk.control.click(user, BOT, message["ts"], action_id, row["block_id"])


def settled(desk: Desk, appointment_id: str) -> None:
    desk.control.wait_for(lambda: True if conflict_of(desk, appointment_id).state != "open" else None)
    desk.quiet()


def test_three_seats_under_one_event_are_one_message_a_reader(desk: Desk) -> None:
    keys = [booked(desk, 3, 9, "Frau Eins"), booked(desk, 3, 9, "Herr Zwei"), booked(desk, 3, 9, "Ms Three", AGENT_EN)]
    event = foreign(desk, 3, 9, "Feuerprobe")
    lead, agent, other = (alert(desk, user, "Feuerprobe") for user in (LEAD, AGENT, AGENT_EN))
    assert "3 Termine überschneiden sich" in lead["text"]
    assert [len(rows(message)) for message in (lead, agent, other)] == [3, 2, 1]
    assert "Frau Eins" not in words_in(other)
    assert "An appointment overlaps" in other["text"]
    choose(desk, AGENT, agent, "Herr Zwei", "conflict.ignore")
    settled(desk, keys[1])
    lead, agent = alert(desk, LEAD, "Feuerprobe"), alert(desk, AGENT, "Feuerprobe")
    assert [len(rows(message)) for message in (lead, agent)] == [2, 1]
    for message in (lead, agent):
        assert "Herr Zwei: bleibt so, sagt Emre" in words_in(message)
    choose(desk, LEAD, lead, "Frau Eins", "conflict.hand")
    move = top(desk, LEAD, "reschedule")
    assert desk.control.submit(LEAD, move["id"])["action"] == "update"
    settled(desk, keys[0])
    assert "Bea · Frau Eins: verschoben" in words_in(alert(desk, AGENT, "Feuerprobe"))
    choose(desk, AGENT_EN, other, "Ms Three", "conflict.ignore")
    settled(desk, keys[2])
    for user in (LEAD, AGENT, AGENT_EN):
        message = alert(desk, user, "Feuerprobe")
        assert not buttons(message)
        assert message["ts"] in {lead["ts"], agent["ts"], other["ts"]}
    gone(desk, event)


def test_an_event_that_changes_while_it_is_in_the_way_is_shown_as_it_is(desk: Desk) -> None:
    booked(desk, 3, 11, "Frau Umbenannt")
    event = foreign(desk, 3, 11, "Vorläufig")
    before = alert(desk, AGENT, "Frau Umbenannt")
    desk.control.edit_event(OURS, event, summary="Endgültig")
    sync(desk)
    after = alert(desk, AGENT, "Frau Umbenannt")
    assert after["ts"] == before["ts"]
    assert "Endgültig" in words_in(after)
    assert "Vorläufig" not in words_in(after)
    gone(desk, event)


def test_what_comes_back_after_it_was_settled_is_told_anew(desk: Desk) -> None:
    booked(desk, 3, 14, "Frau Wieder")
    event = foreign(desk, 3, 14, "Pendel")
    for transparency in ("transparent", "opaque"):
        desk.control.edit_event(OURS, event, transparency=transparency)
        sync(desk)
    old, new = alerts(desk, AGENT, "Frau Wieder")
    assert not buttons(old)
    assert "nichts steht mehr im Weg" in words_in(old)
    assert len(rows(new)) == 1
    gone(desk, event)


def test_a_day_over_more_than_a_message_holds_shows_the_rest_as_they_are_settled(desk: Desk) -> None:
    hours = (9, 11, 14, 16, 18)
    keys = [booked(desk, 4, hour, f"Kunde {hour}-{n}") for hour in hours for n in range(3)]
    day = FIRST + timedelta(days=4)
    whole = {"summary": "Hausmesse", "start": {"date": str(day)}, "end": {"date": str(day + timedelta(days=1))}}
    event = str(desk.control.add_event(OURS, whole)["id"])
    sync(desk)
    told = valid_message(alert(desk, AGENT, "Hausmesse"))
    assert "15 Termine" in told["text"]
    assert "„Hausmesse“, ganztägig" in words_in(told)
    assert len(rows(told)) == 10
    assert "Weitere erscheinen hier" in words_in(told)
    assert "Kunde 18-0" not in words_in(told)
    with desk.engine.transaction(TEAM, desk.member(LEAD)) as tx:
        for key in keys[:6]:
            ignore(tx, conflict_of(desk, key).id)
    desk.quiet()
    told = valid_message(alert(desk, AGENT, "Hausmesse"))
    assert "9 Termine" in told["text"]
    assert "Kunde 18-2" in words_in(told)
    assert "Weitere erscheinen hier" not in words_in(told)
    gone(desk, event)
    told = words_in(valid_message(alert(desk, AGENT, "Hausmesse")))
    assert "9 Termine: nichts steht mehr im Weg" in told
    assert told.count("bleibt so, sagt Lena") == 6


def test_what_ends_before_it_could_be_told_is_not_told(desk: Desk) -> None:
    key = booked(desk, 7, 9, "Frau Kurz")
    desk.control.faults(slack={"mode": "down", "methods": ["chat.postMessage"]})
    event = foreign(desk, 7, 9, "Irrtum", wait=False)
    desk.control.remove_event(OURS, event)
    sync(desk, wait=False)
    assert conflict_of(desk, key).state == "settled"
    desk.control.heal()
    desk.clock.forward(timedelta(minutes=2))
    desk.quiet()
    assert alerts(desk, AGENT, "Frau Kurz") == []


def test_a_time_off_over_an_appointment_is_an_alert_too(desk: Desk) -> None:
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
    desk.control.edit_event(OURS, f"sq{key}", **when)
    sync(desk)
    told = said(desk, AGENT, BOT, matches="Frau Kalender")
    assert "16:00" in words_in(told)
    assert "14:00" in words_in(told)
    gone(desk, f"sq{key}")
    told = said(desk, AGENT, BOT, told["ts"], "Frau Kalender")
    assert next(a for a in desk.appointments() if a.id == key).state == "cancelled"
    desk.control.click(AGENT, BOT, told["ts"], "book.again")
    assert typed(top(desk, AGENT, "book"), "name") == "Frau Kalender"
