"""/my: coming and past appointments, moving them with their calendar event, cancelling, taking back, booking again."""

import json
from datetime import datetime, timedelta

from core.booking.appointments import BookingRequest, book
from core.booking.setup.time_off import take_time_off
from tests.bot.front_desk import (
    block,
    buttons,
    close_all,
    fill_up,
    forged_action,
    forged_submission,
    form_on,
    has,
    mentions,
    press,
    top,
    typed,
)
from tests.desk import AGENT, AGENT_EN, ALEX, BEA, BERLIN, CENTRAL, DAY, LEAD, TEAM, Desk, words_in

FRIDAY = DAY + timedelta(days=1)
ONLY_THEIRS = "Only whoever booked it, the consultant or a lead may do this."


def my(desk: Desk, user: str = AGENT) -> dict:
    desk.control.command(user, "/my")
    return top(desk, user, "my")


def at_work(desk: Desk, calendar: str, key: str) -> bool:
    desk.quiet()
    return any(event["id"] == f"sq{key}" for event in desk.events(calendar))


def test_an_empty_list_leads_to_the_form(desk: Desk) -> None:
    view = my(desk, BEA)
    assert "You have no upcoming appointments." in words_in(view)
    desk.control.use(BEA, view["id"], "book.open")
    assert top(desk, BEA, "book")["previous_view_id"] == view["id"]
    form = desk.choose_day(BEA, top(desk, BEA, "book"), FRIDAY)
    desk.control.submit(BEA, form["id"], desk.fill(form, desk.slot("Bea", 9, FRIDAY), "Frau Erste"))
    assert "Frau Erste" in words_in(desk.changed(BEA, view["id"], view["hash"]))
    shown = desk.control.views(BEA)[0]["hash"]
    desk.control.use(BEA, form["id"], "book.undo")
    assert "Frau Erste" not in words_in(desk.changed(BEA, view["id"], shown))
    close_all(desk, BEA)
    past = press(desk, BEA, my(desk, BEA), "my.page:past")
    assert "You have no past appointments yet." in words_in(past)


def test_the_list_says_when_with_whom_and_what_can_be_done(desk: Desk) -> None:
    booked = desk.book(9, "Alex", "Frau Liste", user=AGENT_EN)
    view = my(desk, AGENT_EN)
    assert "*Thu 19 Nov 09:00* · Alex\nFrau Liste" in words_in(view)
    labels = [e["text"]["text"] for e in block(view, f"do:{booked.id}")["elements"]]
    assert labels[:2] == ["Move", "Cancel it"]
    assert labels[2].startswith("Take back (until 12:1")


def test_moving_with_the_same_consultant_moves_the_event(desk: Desk) -> None:
    booked = desk.book(9, "Alex", "Frau Zug")
    desk.quiet()
    view = my(desk)
    desk.control.use(AGENT, view["id"], "my.move", f"do:{booked.id}")
    move = top(desk, AGENT, "reschedule")
    assert typed(move, "consultant") == desk.consultant("Alex")
    assert "Frau Zug" in words_in(move)
    move = press(desk, AGENT, move, "pick.date", selected_date=FRIDAY.isoformat())
    slot = desk.slot("Alex", 16, FRIDAY)
    answer = desk.control.submit(AGENT, move["id"], {block(move, "slot")["block_id"]: {"pick.slot": slot}})
    assert answer["action"] == "update"
    done = top(desk, AGENT, "my_done")
    assert "Freitag, 20. November um 16:00 Uhr · Alex · Frau Zug" in words_in(done)
    assert "Vorher: Donnerstag, 19. November um 09:00 Uhr" in words_in(done)
    below = desk.changed(AGENT, view["id"], view["hash"])
    assert "Fr 20.11. 16:00" in words_in(below)
    desk.quiet()
    (event,) = [e for e in desk.events("alex@example.com") if e["id"] == f"sq{booked.id}"]
    assert "2026-11-20T16:00" in event["start"]["dateTime"] or "2026-11-20T15:00" in event["start"]["dateTime"]


def test_moving_to_another_consultant_moves_the_event_to_the_other_calendar(desk: Desk) -> None:
    booked = desk.book(11, "Alex", "Frau Wechsel")
    assert at_work(desk, "alex@example.com", booked.id)
    desk.control.use(AGENT, my(desk)["id"], "my.move", f"do:{booked.id}")
    move = press(desk, AGENT, top(desk, AGENT, "reschedule"), "pick.consultant", selected_option=desk.consultant("Bea"))
    slot = desk.slot("Bea", 14)
    desk.control.submit(AGENT, move["id"], {block(move, "slot")["block_id"]: {"pick.slot": slot}})
    assert "· Bea · Frau Wechsel" in words_in(top(desk, AGENT, "my_done"))
    assert at_work(desk, CENTRAL, booked.id)
    assert not at_work(desk, "alex@example.com", booked.id)
    close_all(desk, AGENT)
    desk.control.use(AGENT, my(desk)["id"], "my.move", f"do:{booked.id}")
    move = press(
        desk, AGENT, top(desk, AGENT, "reschedule"), "pick.consultant", selected_option=desk.consultant("Alex")
    )
    slot = desk.slot("Alex", 11)
    desk.control.submit(AGENT, move["id"], {block(move, "slot")["block_id"]: {"pick.slot": slot}})
    assert "· Alex · Frau Wechsel" in words_in(top(desk, AGENT, "my_done"))
    assert at_work(desk, "alex@example.com", booked.id)
    assert not at_work(desk, CENTRAL, booked.id)


def test_a_time_that_closed_meanwhile_is_told_and_an_offer_moves(desk: Desk) -> None:
    day = DAY + timedelta(days=4)
    booked = desk.book(14, "Alex", "Frau Pech")
    desk.control.use(AGENT, my(desk)["id"], "my.move", f"do:{booked.id}")
    move = press(desk, AGENT, top(desk, AGENT, "reschedule"), "pick.date", selected_date=day.isoformat())
    fill_up(desk, "Alex", 9, day)
    slot = desk.slot("Alex", 9, day)
    assert (
        desk.control.submit(AGENT, move["id"], {block(move, "slot")["block_id"]: {"pick.slot": slot}})["action"]
        == "update"
    )
    move = top(desk, AGENT, "reschedule")
    assert "voll 3/3" in words_in(move)
    offer = block(move, "offers")["elements"][0]
    move = press(desk, AGENT, move, offer["action_id"])
    assert typed(move, "slot") == offer["value"]
    desk.control.submit(AGENT, move["id"])
    assert top(desk, AGENT, "my_done")["title"]["text"] == "Verschoben"
    assert desk.appointment(booked.id).starts_at.timestamp() == int(offer["value"].split("|")[1])


def test_a_customer_with_two_appointments_is_not_moved_onto_the_other(desk: Desk) -> None:
    desk.book(16, "Alex", "Frau Zwei", phone="0171 8880001")
    second = desk.book(18, "Alex", "Frau Zwei", phone="0171 8880001")
    desk.control.use(AGENT, my(desk)["id"], "my.move", f"do:{second.id}")
    move = top(desk, AGENT, "reschedule")
    slot = desk.slot("Alex", 16)
    answer = desk.control.submit(AGENT, move["id"], {block(move, "slot")["block_id"]: {"pick.slot": slot}})
    (words,) = answer["errors"].values()
    assert "Dieser Kunde hat dann schon einen Termin" in words


def test_cancelling_asks_for_a_reason_and_can_be_taken_back(desk: Desk) -> None:
    booked = desk.book(14, "Bea", "Frau Krank")
    assert at_work(desk, CENTRAL, booked.id)
    view = my(desk)
    desk.control.use(AGENT, view["id"], "my.cancel", f"do:{booked.id}")
    ask = top(desk, AGENT, "cancel")
    assert desk.control.submit(AGENT, ask["id"], {"reason": "   "})["errors"] == {
        "reason": "Bitte gib einen Grund an, damit alle wissen, warum."
    }
    assert desk.control.submit(AGENT, ask["id"], {"reason": "Grippe <!channel>"})["action"] == "update"
    assert (desk.appointment(booked.id).state, desk.appointment(booked.id).cancel_reason) == (
        "cancelled",
        "Grippe <!channel>",
    )
    assert not at_work(desk, CENTRAL, booked.id)
    assert "Frau Krank" not in words_in(desk.changed(AGENT, view["id"], view["hash"]))
    listed = desk.control.views(AGENT)[0]["hash"]
    back = press(desk, AGENT, top(desk, AGENT, "my_done"), "my.reinstate")
    assert "ist wieder gebucht" in words_in(back)
    assert desk.appointment(booked.id).state == "booked"
    assert "Frau Krank" in words_in(desk.changed(AGENT, view["id"], listed))
    assert at_work(desk, CENTRAL, booked.id)


def test_a_cancellation_is_not_taken_back_after_ten_minutes(desk: Desk) -> None:
    booked = desk.book(9, "Bea", "Frau Fort")
    desk.control.use(AGENT, my(desk)["id"], "my.cancel", f"do:{booked.id}")
    ask = top(desk, AGENT, "cancel")
    desk.control.submit(AGENT, ask["id"], {"reason": "krank"})
    desk.clock.forward(timedelta(minutes=11))
    try:
        desk.control.use(AGENT, ask["id"], "my.reinstate")
        assert "nur zehn Minuten" in words_in(top(desk, AGENT, "words"))
    finally:
        desk.clock.forward(-timedelta(minutes=11))
    assert desk.appointment(booked.id).state == "cancelled"


def test_booking_again_after_a_cancellation_keeps_the_customer(desk: Desk) -> None:
    booked = desk.book(11, "Alex", "Frau Neu", phone="0171 8880002")
    desk.control.use(AGENT, my(desk)["id"], "my.cancel", f"do:{booked.id}")
    ask = top(desk, AGENT, "cancel")
    desk.control.submit(AGENT, ask["id"], {"reason": "krank"})
    desk.control.use(AGENT, ask["id"], "book.again")
    form = top(desk, AGENT, "book")
    assert (typed(form, "name"), typed(form, "phone")) == ("Frau Neu", "0171 8880002")
    form = press(desk, AGENT, form, "pick.date", selected_date=FRIDAY.isoformat())
    slot = desk.slot("Alex", 11, FRIDAY)
    assert (
        desk.control.submit(AGENT, form["id"], {block(form, "slot")["block_id"]: {"pick.slot": slot}})["action"]
        == "update"
    )
    again = desk.appointments()[-1]
    assert (again.follows_id, again.customer_id) == (booked.id, booked.customer_id)


def test_taking_back_from_the_list_takes_it_off(desk: Desk) -> None:
    booked = desk.book(18, "Alex", "Frau Irrtum")
    view = my(desk)
    desk.control.use(AGENT, view["id"], "my.undo", f"do:{booked.id}")
    assert "Frau Irrtum" not in words_in(desk.changed(AGENT, view["id"], view["hash"]))
    assert desk.appointment(booked.id).state == "undone"


def test_the_list_can_be_reached_from_the_confirmation_and_everything_done_from_there(desk: Desk) -> None:
    """Slack stacks three modals: the way confirmation, list, moving, why closed must not end before its end."""
    day = DAY + timedelta(days=5)
    for hour in (9, 14):
        fill_up(desk, "Bea", hour, day)
    for hour in (9, 11, 14, 16, 18):
        fill_up(desk, "Alex", hour, day)
    view = desk.choose_day(AGENT_EN, desk.open_form(AGENT_EN), FRIDAY)
    desk.control.submit(AGENT_EN, view["id"], desk.fill(view, desk.slot("Alex", 18, FRIDAY), "Ms Deep"))
    booked = desk.appointments()[-1]
    desk.control.use(AGENT_EN, view["id"], "my.open")
    listed = top(desk, AGENT_EN, "my")
    assert listed["id"] == view["id"]
    desk.control.use(AGENT_EN, listed["id"], "my.move", f"do:{booked.id}")
    move = press(desk, AGENT_EN, top(desk, AGENT_EN, "reschedule"), "pick.consultant", selected_option="all")
    move = press(desk, AGENT_EN, move, "pick.date", selected_date=day.isoformat())
    desk.control.use(AGENT_EN, move["id"], "pick.why")
    assert words_in(top(desk, AGENT_EN, "why")).count("full 3/3") == 5


def test_consultants_and_leads_may_and_others_are_told_who_may(desk: Desk) -> None:
    booked = desk.book(16, "Alex", "Frau Fremd")
    for deed in ("my.cancel", "my.move", "book.again"):
        forged_action(desk, AGENT_EN, deed, booked.id, view=my(desk, AGENT_EN))
        refusal = top(desk, AGENT_EN, "words")
        assert ONLY_THEIRS in words_in(refusal)
        close_all(desk, AGENT_EN)
    values = desk.fill(form_on(desk, DAY, AGENT_EN), desk.slot("Alex", 14)) | {"reason": {"my.reason": {"value": "so"}}}
    ask = my(desk, AGENT_EN)
    for callback in ("cancel", "reschedule", "book_more"):
        private = json.dumps({"a": booked.id})
        changed = {"callback_id": callback, "private_metadata": private, "state": {"values": values}}
        told = forged_submission(desk, AGENT_EN, ask, **changed)["body"]
        assert ONLY_THEIRS in words_in(told["view"]), callback
    forged_action(desk, ALEX, "my.cancel", booked.id, view=my(desk, ALEX))
    ask = top(desk, ALEX, "cancel")
    assert desk.control.submit(ALEX, ask["id"], {"reason": "krank"})["action"] == "update"
    assert desk.appointment(booked.id).state == "cancelled"


def test_past_appointments_say_how_they_ended_and_can_be_booked_again(desk: Desk) -> None:
    booked = desk.book(9, "Alex", "Frau Gestern")
    desk.clock.forward(timedelta(days=1))
    try:
        view = press(desk, AGENT, my(desk), "my.page:past")
        assert "Frau Gestern\n❔ Ausgang noch offen" in words_in(view) or "Frau Gestern\n❔" in words_in(view)
        labels = [e["action_id"] for e in block(view, f"do:{booked.id}")["elements"]]
        assert labels == ["outcome.open", "book.again"]
        desk.control.use(AGENT, view["id"], "book.again", f"do:{booked.id}")
        assert typed(top(desk, AGENT, "book"), "name") == "Frau Gestern"
    finally:
        desk.clock.forward(-timedelta(days=1))


def test_long_lists_are_turned_in_place(desk: Desk) -> None:
    with desk.engine.transaction(TEAM, desk.member(LEAD)) as tx:
        for n in range(20):
            day = DAY + timedelta(days=(11, 12, 13, 14, 15, 18, 19, 20, 21, 22)[n % 10])
            if day.weekday() > 4:
                continue
            at = datetime(day.year, day.month, day.day, (9, 14)[n // 10], tzinfo=BERLIN)
            book(tx, BookingRequest(desk.consultant("Bea"), at, f"Kundin {n:02}"))
    fresh = words_in(my(desk, LEAD))
    assert "Gerade gebucht" in fresh
    assert fresh.index("Gerade gebucht") < fresh.index("Kundin")
    assert fresh.count("Zurücknehmen (bis") == 3 + 8
    close_all(desk, LEAD)
    desk.clock.forward(timedelta(minutes=11))
    view = my(desk, LEAD)
    assert "Gerade gebucht" not in words_in(view)
    seen = [words_in(view)]
    while "my.page:more" in buttons(view):
        view = press(desk, LEAD, view, "my.page:more")
        seen.append(words_in(view))
    assert len(seen) >= 3
    names = [n for n in range(20) if any(f"Kundin {n:02}" in page for page in seen)]
    assert len(names) == sum(page.count("Kundin ") for page in seen)
    assert has(view, "turn")
    first = press(desk, LEAD, view, "my.page:first")
    assert words_in(first).count("Kunde") + words_in(first).count("Kundin") == 8


def test_the_list_can_be_of_one_customer(desk: Desk) -> None:
    desk.book(9, "Alex", "Frau Gesuchte", phone="0171 5551234")
    desk.book(11, "Alex", "Herr Anders")
    for words in ("gesuch", "Frau Gesuchte", "0171 5551234"):
        close_all(desk, AGENT)
        desk.control.command(AGENT, f"/my {words}")
        view = top(desk, AGENT, "my")
        assert "Frau Gesuchte" in words_in(view)
        assert "Herr Anders" not in words_in(view)
        assert words in words_in(view)
    past = press(desk, AGENT, view, "my.page:past")
    assert "keinen vergangenen Termin" in words_in(past)
    back = press(desk, AGENT, past, "my.page:coming")
    assert "Herr Anders" not in words_in(back)
    desk.control.use(AGENT, back["id"], "my.move")
    move = press(desk, AGENT, top(desk, AGENT, "reschedule"), "pick.date", selected_date="2026-12-07")
    slot = desk.slot("Alex", 9, DAY + timedelta(days=18))
    desk.control.submit(AGENT, move["id"], {block(move, "slot")["block_id"]: {"pick.slot": slot}})
    moved = desk.changed(AGENT, back["id"], back["hash"])
    assert ("Mo 7.12. 09:00" in words_in(moved), "Herr Anders" in words_in(moved)) == (True, False)
    desk.control.close(AGENT, move["id"])
    back = moved
    desk.control.use(AGENT, back["id"], "my.cancel")
    ask = top(desk, AGENT, "cancel")
    desk.control.submit(AGENT, ask["id"], {"reason": "krank"})
    below = desk.changed(AGENT, back["id"], back["hash"])
    assert "keinen kommenden Termin mit so einem Kunden" in words_in(below)
    desk.control.use(AGENT, ask["id"], "my.reinstate")
    back = desk.changed(AGENT, back["id"], below["hash"])
    assert ("Frau Gesuchte" in words_in(back), "Herr Anders" in words_in(back)) == (True, False)
    desk.control.close(AGENT, ask["id"])
    everybody = press(desk, AGENT, back, "my.page:all")
    assert "my.page:all" not in buttons(everybody)
    close_all(desk, AGENT)
    for words in ("Xaver", "%", "<!channel>", "x|past|y"):
        desk.control.command(AGENT, f"/my {words}")
        view = top(desk, AGENT, "my")
        assert "keinen kommenden Termin mit so einem Kunden" in words_in(view), words
        assert mentions(view["blocks"]) == []
        close_all(desk, AGENT)


def test_a_fourth_modal_takes_the_place_of_the_third(desk: Desk) -> None:
    """Slack stacks three: what is asked for in the third must still come."""
    booked = desk.book(18, "Alex", "Frau Tief", user=ALEX)
    desk.control.open_home(ALEX)
    home = desk.control.wait_for_home(ALEX)
    desk.control.use(ALEX, home["id"], "help.open")
    desk.control.use(ALEX, top(desk, ALEX, "help")["id"], "my.open")
    desk.control.use(ALEX, top(desk, ALEX, "my")["id"], "my.move", f"do:{booked.id}")
    move = press(desk, ALEX, top(desk, ALEX, "reschedule"), "pick.date", selected_date="2026-12-25")
    move = press(desk, ALEX, move, "pick.consultant", selected_option="all")
    desk.control.use(ALEX, move["id"], "pick.why")
    why = top(desk, ALEX, "why")
    assert why["id"] == move["id"]
    desk.control.close(ALEX, why["id"])
    assert top(desk, ALEX, "my")


def test_a_refusal_that_quotes_somebodys_words_mentions_nobody(desk: Desk) -> None:
    day = DAY + timedelta(days=6)
    view = desk.choose_day(AGENT, desk.open_form(AGENT), day)
    desk.control.submit(AGENT, view["id"], desk.fill(view, desk.slot("Alex", 9, day), "Frau Zitat"))
    booked = desk.appointments()[-1]
    desk.control.use(AGENT, view["id"], "my.open")
    listed = top(desk, AGENT, "my")
    while not has(listed, f"do:{booked.id}"):
        listed = press(desk, AGENT, listed, "my.page:more")
    desk.control.use(AGENT, listed["id"], "my.cancel", f"do:{booked.id}")
    ask = top(desk, AGENT, "cancel")
    desk.control.submit(AGENT, ask["id"], {"reason": "krank"})
    begin = datetime(day.year, day.month, day.day, 8, tzinfo=BERLIN)
    with desk.engine.transaction(TEAM, desk.member(LEAD)) as tx:
        take_time_off(tx, desk.consultant("Alex"), begin, begin + timedelta(hours=3), "<!channel> & *alle*")
    desk.control.use(AGENT, ask["id"], "my.reinstate")
    told = top(desk, AGENT, "words")
    assert "<!channel> & *alle*" in words_in(told)
    assert mentions(told["blocks"]) == []
