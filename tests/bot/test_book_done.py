"""What a submitted booking leads to: the confirmation and its Undo, the next booking, the post in the channel."""

from datetime import timedelta

from sqlmodel import col, select

from storage.tables import CalendarEvent, JournalEntry
from tests.bot.front_desk import (
    block,
    both_databases,
    buttons,
    close_all,
    fill_up,
    forged_submission,
    form_on,
    press,
    said,
    submitted,
    top,
    typed,
)
from tests.desk import AGENT, AGENT_EN, BOOKINGS, DAY, LEAD, TEAM, Desk, valid_message, words_in

MONDAY = DAY + timedelta(days=4)

pytestmark = both_databases


def event_ids(desk: Desk) -> set[str]:
    return {event["id"] for event in desk.events("alex@example.com")}


def post_of(desk: Desk, words: str) -> dict:
    return said(desk, AGENT, BOOKINGS, matches=words)


def test_the_confirmation_says_what_was_booked_and_until_when_it_can_be_taken_back(desk: Desk) -> None:
    for user, title, expected in (
        (AGENT, "Gebucht", ("Donnerstag, 19. November um 09:00 Uhr · Alex", "Frau Weber · 0171 2345678", "Bis 12:1")),
        (AGENT_EN, "Booked", ("Thursday, 19 November at 09:00 · Alex", "Ms Webber · 0171 2345679", "until 12:1")),
    ):  # fmt: skip
        view = form_on(desk, DAY, user)
        name, phone = expected[1].split(" · ")
        submitted(desk, user, view, desk.slot("Alex", 9), name, phone=phone)
        done = top(desk, user, "book_more")
        assert done["id"] == view["id"]
        assert done["title"]["text"] == title
        for words in expected:
            assert words in words_in(done)


def test_undo_takes_everything_back(desk: Desk) -> None:
    view = form_on(desk, DAY)
    submitted(desk, AGENT, view, desk.slot("Alex", 11), "Frau Rück")
    booked = desk.appointments()[-1]
    desk.quiet()
    assert f"sq{booked.id}" in event_ids(desk)
    gone = press(desk, AGENT, top(desk, AGENT, "book_more"), "book.undo")
    assert "Die Buchung ist zurückgenommen: Donnerstag, 19. November um 11:00 Uhr" in words_in(gone)
    desk.quiet()
    assert f"sq{booked.id}" not in event_ids(desk)
    assert next(a for a in desk.appointments() if a.id == booked.id).state == "undone"
    assert "zurückgenommen" in words_in(post_of(desk, "11:00"))
    assert "11:00 · Alex · 3/3 frei" in words_in(form_on(desk, DAY))


def test_what_was_taken_back_is_there_to_be_corrected(desk: Desk) -> None:
    view = form_on(desk, DAY)
    slot = desk.slot("Alex", 11)
    submitted(desk, AGENT, view, slot, "Frau Falsch", phone="0171 5550199")
    gone = press(desk, AGENT, top(desk, AGENT, "book_more"), "book.undo")
    assert gone["submit"]["text"] == "Erneut buchen"
    desk.control.submit(AGENT, gone["id"])
    again = top(desk, AGENT, "book")
    known = {name: typed(again, name) for name in ("date", "slot", "name", "phone")}
    assert known == {"date": DAY.isoformat(), "slot": slot, "name": "Frau Falsch", "phone": "0171 5550199"}


def test_undo_is_too_late_after_ten_minutes_and_says_so(desk: Desk) -> None:
    view = form_on(desk, DAY)
    submitted(desk, AGENT, view, desk.slot("Alex", 14), "Frau Bleibt")
    booked = desk.appointments()[-1]
    desk.clock.forward(timedelta(minutes=10, seconds=1))
    try:
        desk.control.use(AGENT, view["id"], "book.undo")
        told = top(desk, AGENT, "words")
        assert "Zurücknehmen geht nur zehn Minuten lang" in words_in(told)
        assert desk.appointments()[-1].state == "booked"
    finally:
        desk.clock.forward(-timedelta(minutes=10, seconds=1))
    assert booked.id == desk.appointments()[-1].id


def test_book_another_is_a_second_booking_in_the_same_modal(desk: Desk) -> None:
    view = form_on(desk, MONDAY)
    submitted(desk, AGENT, view, desk.slot("Alex", 9, MONDAY), "Frau Eins")
    before = len(desk.appointments())
    desk.control.submit(AGENT, view["id"])
    again = top(desk, AGENT, "book")
    assert again["id"] == view["id"]
    assert (typed(again, "date"), typed(again, "name")) == (MONDAY.isoformat(), None)
    submitted(desk, AGENT, again, desk.slot("Alex", 9, MONDAY), "Frau Zwei")
    assert "Frau Zwei" in words_in(top(desk, AGENT, "book_more"))
    first, second = desk.appointments()[before - 1 :]
    assert (first.seat, second.seat, second.starts_at) == (1, 2, first.starts_at)


def test_the_same_submission_again_is_one_booking(desk: Desk) -> None:
    view = form_on(desk, MONDAY)
    before, since = len(desk.appointments()), desk.control.last_delivery()
    submitted(desk, AGENT, view, desk.slot("Alex", 11, MONDAY), "Frau Doppel")
    (delivery,) = [d for d in desk.control.deliveries(since, "interactive") if d["name"] == "view_submission"]
    for _ in range(2):
        answer = desk.control.replay(delivery["n"])
        assert (answer["status"], answer["body"]["response_action"]) == (200, "update")
        assert "Frau Doppel" in words_in(answer["body"]["view"])
    assert len(desk.appointments()) == before + 1


def test_the_same_customer_at_the_same_time_is_refused_at_the_name(desk: Desk) -> None:
    day = DAY + timedelta(days=5)
    submitted(desk, LEAD, form_on(desk, day, LEAD), desk.slot("Alex", 9, day), "Frau Zweimal", phone="0171 7770001")
    for user, words in (
        (AGENT, "Dieser Kunde hat dann schon einen Termin"),
        (AGENT_EN, "This customer already has an appointment"),
    ):
        view = form_on(desk, day, user)
        answer = submitted(desk, user, view, desk.slot("Bea", 9, day), "Fr. Zweimal", phone="+49 171 7770001")
        ((field, said_),) = answer["errors"].items()
        assert field.startswith("name")
        assert words in said_
        kept = top(desk, user, "book")
        assert (typed(kept, "name"), typed(kept, "phone")) == ("Fr. Zweimal", "+49 171 7770001")


def test_the_same_for_a_customer_chosen_from_the_known_ones(desk: Desk) -> None:
    day = DAY + timedelta(days=6)
    submitted(desk, LEAD, form_on(desk, day, LEAD), desk.slot("Alex", 9, day), "Frau Bekannt", phone="0171 7770002")
    view = form_on(desk, day)
    option = desk.control.suggest(AGENT, {"type": "view", "view_id": view["id"]}, "known", "book.customer", "bekannt")[
        "options"
    ][0]
    view = press(desk, AGENT, view, "book.customer", selected_option=option)
    answer = submitted(desk, AGENT, view, desk.slot("Bea", 9, day), "Frau Bekannt", phone="0171 7770002")
    assert [key.split(":")[0] for key in answer["errors"]] == ["name"]


def test_a_time_that_was_taken_while_the_modal_was_open_is_told_with_others(desk: Desk) -> None:
    day = DAY + timedelta(days=7)
    for user, words in ((AGENT, "voll 3/3"), (AGENT_EN, "full 3/3")):
        hour = 9 if user == AGENT else 14
        view = form_on(desk, day, user)
        slot = desk.slot("Bea", hour, day)
        fill_up(desk, "Bea", hour, day)
        before = len(desk.appointments())
        assert submitted(desk, user, view, slot, "Frau Spät", note="Rollstuhl")["action"] == "update"
        view = top(desk, user, "book")
        assert words in words_in(view)
        assert (typed(view, "name"), typed(view, "note")) == ("Frau Spät", "Rollstuhl")
        assert len(block(view, "offers")["elements"]) == 5
        assert len(desk.appointments()) == before


def test_no_time_chosen_is_told_at_the_time_or_at_the_day(desk: Desk) -> None:
    view = form_on(desk, DAY)
    answer = forged_submission(desk, AGENT, view, state={"values": {"name": {"book.name": {"value": "Anna"}}}})
    ((field, words),) = answer["body"]["errors"].items()
    assert field.split(":")[0] in ("date", "slot")
    assert "Wähle eine Uhrzeit" in words or "Uhrzeit" in words
    saturday = form_on(desk, DAY + timedelta(days=2), AGENT_EN)
    answer = desk.control.submit(AGENT_EN, saturday["id"], {"name": "Anna"})
    assert list(answer["errors"]) == ["date"]
    assert "Please choose a time" in answer["errors"]["date"]


def test_the_post_in_the_channel_follows_every_change_and_never_tells_the_customer(desk: Desk) -> None:
    day = DAY + timedelta(days=8)
    posts = len(desk.control.messages(AGENT, BOOKINGS))
    view = form_on(desk, day)
    submitted(desk, AGENT, view, desk.slot("Alex", 18, day), "Frau Geheim", phone="0171 7770003", note="Diskret")
    booked = desk.appointments()[-1]
    desk.quiet()
    post = post_of(desk, "Freitag, 27. November um 18:00 Uhr bei Alex, gebucht von Emre")
    seen = [words_in(post)]
    desk.control.use(AGENT, view["id"], "my.open")
    mine = top(desk, AGENT, "my")
    desk.control.use(AGENT, mine["id"], "my.move", f"do:{booked.id}")
    move = press(desk, AGENT, top(desk, AGENT, "reschedule"), "pick.consultant", selected_option="all")
    target = desk.slot("Bea", 14, day)
    one = block(move, "slot")
    desk.control.submit(AGENT, move["id"], {one["block_id"]: {"pick.slot": target}})
    desk.quiet()
    seen.append(words_in(post_of(desk, "14:00 Uhr bei Bea")))
    close_all(desk, AGENT)
    desk.control.command(AGENT, "/my")
    mine = top(desk, AGENT, "my")
    desk.control.use(AGENT, mine["id"], "my.cancel", f"do:{booked.id}")
    ask = top(desk, AGENT, "cancel")
    desk.control.submit(AGENT, ask["id"], {"reason": "Frau Geheim ist krank"})
    desk.quiet()
    gone = post_of(desk, "14:00 Uhr bei Bea")
    seen.append(words_in(gone))
    assert "abgesagt" in seen[-1]
    press(desk, AGENT, top(desk, AGENT, "my_done"), "my.reinstate")
    desk.quiet()
    again = post_of(desk, "14:00 Uhr bei Bea")
    seen.append(words_in(again))
    assert "abgesagt" not in seen[-1]
    assert {m["ts"] for m in (post, gone, again)} == {post["ts"]}
    assert len(desk.control.messages(AGENT, BOOKINGS)) == posts + 1
    for words in seen:
        assert not [secret for secret in ("Geheim", "7770003", "Diskret", "krank") if secret in words]
    assert "book.open" not in buttons(again)


def test_every_message_in_the_channels_is_valid_and_without_customers(desk: Desk) -> None:
    for message in desk.control.messages(AGENT, BOOKINGS):
        valid_message(message)
        assert "Frau" not in words_in(message)


def test_the_journal_tells_each_thing_once(desk: Desk) -> None:
    with desk.engine.view(TEAM) as view:
        booked = view.session.exec(select(JournalEntry.subject).where(JournalEntry.kind == "AppointmentBooked")).all()
        mirrored = view.session.exec(
            select(CalendarEvent.event_id).where(col(CalendarEvent.appointment_id).is_not(None))
        ).all()
    assert sorted(booked) == sorted(a.id for a in desk.appointments())
    assert len(mirrored) == len(set(mirrored))
