"""/slots: the board of a day, the week, and live boards that keep themselves up to date in a channel."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from core.booking.setup.time_off import take_time_off
from storage.tables import Board
from tests.bot.front_desk import Json, buttons, fill_up, newest, said, shared_desk, top, typed
from tests.desk import (
    ACHIEVEMENTS,
    ADMINS,
    AGENT,
    AGENT_EN,
    BERLIN,
    BOT,
    DAY,
    LEAD,
    TEAM,
    Desk,
    valid,
    valid_message,
    words_in,
)

FRIDAY = DAY + timedelta(days=1)


def slots(desk: Desk, words: str = "", user: str = AGENT, channel: str = BOT) -> Json:
    """What /slots answers."""
    after = newest(desk, user, channel)
    desk.control.command(user, f"/slots {words}".strip(), channel)
    return said(desk, user, channel, after)


def press_in(desk: Desk, user: str, channel: str, message: Json, action_id: str, **more: object) -> None:
    for part in message["blocks"]:
        for element in [*(part.get("elements") or []), part.get("accessory") or {}]:
            if element.get("action_id") == action_id:
                desk.control.click(user, channel, message["ts"], action_id, part["block_id"], **more)
                return
    raise AssertionError(action_id)


def turned(desk: Desk, user: str, channel: str, message: Json, action_id: str, matches: str, **more: object) -> Json:
    """The message after it replaced itself."""
    press_in(desk, user, channel, message, action_id, **more)
    found = desk.control.wait_for_message(user, channel, lambda m: m["ts"] == message["ts"] and matches in words_in(m))
    return valid_message(found)


def live(desk: Desk, channel: str, matches: str, user: str = AGENT) -> Json:
    """The newest live board there that holds these words."""

    def right(message: Json) -> bool:
        return not message["ephemeral"] and matches in words_in(message)

    return valid_message(desk.control.wait_for_message(user, channel, right))


def boards(desk: Desk) -> list[Board]:
    with desk.engine.view(TEAM) as view:
        return list(view.session.exec(select(Board).where(col(Board.ended_at).is_(None))).all())


@pytest.mark.parametrize(
    ("user", "words", "title"),
    [
        (AGENT, "", "Freie Zeiten am Mittwoch, 18. November"),
        (AGENT, "morgen", "Freie Zeiten am Donnerstag, 19. November"),
        (AGENT, "24.11.", "Freie Zeiten am Dienstag, 24. November"),
        (AGENT_EN, "tomorrow", "Open times on Thursday, 19 November"),
        (AGENT_EN, "24 Nov", "Open times on Tuesday, 24 November"),
        (AGENT, "woche", "Die Woche im Überblick"),
        (AGENT_EN, "week", "The week at a glance"),
        (AGENT, "diese Woche", "Die Woche im Überblick"),
        (AGENT, "nächste Woche", "Die Woche ab Montag, 23. November"),
        (AGENT_EN, "next week", "The week from Monday, 23 November"),
        (AGENT_EN, "in 2 weeks", "Open times on Wednesday, 2 December"),
    ],
)
def test_a_day_or_the_week_in_both_languages(desk: Desk, user: str, words: str, title: str) -> None:
    shown = slots(desk, words, user)
    assert shown["ephemeral"]
    assert title in words_in(shown)


def test_a_board_has_a_button_per_open_time_that_opens_the_form(desk: Desk) -> None:
    shown = slots(desk, "morgen")
    labels = [
        e["text"]["text"]
        for b in shown["blocks"]
        if b["type"] == "actions"
        for e in b["elements"]
        if "slot.book" in e["action_id"]
    ]
    assert labels == ["Alex 3/3", "Bea 3/3", "Alex 3/3", "Alex 3/3", "Bea 3/3", "Alex 3/3", "Alex 3/3"]
    assert "21 Plätze frei" in words_in(shown)
    press_in(desk, AGENT, BOT, shown, "slot.book:1")
    form = top(desk, AGENT, "book")
    assert typed(form, "slot") == desk.slot("Bea", 9)


def test_a_board_says_why_times_are_closed(desk: Desk) -> None:
    day = DAY + timedelta(days=7)
    fill_up(desk, "Bea", 14, day)
    shown = words_in(slots(desk, day.isoformat()))
    assert "Bea: voll 3/3" in shown
    assert "Alex: " not in shown
    assert "*14:00* · voll 3/3" in words_in(slots(desk, f"{day.isoformat()} bei Bea"))


def test_an_unreadable_day_is_said_back_with_examples(desk: Desk) -> None:
    assert "Ich weiß nicht, welcher Tag" in words_in(slots(desk, "irgendwann mal"))
    assert "welcher Tag oder Berater „Zorro“" in words_in(slots(desk, "Zorro"))
    assert "I don't know which day" in words_in(slots(desk, "some time", AGENT_EN))


@pytest.mark.parametrize(
    ("words", "expected"), [("gestern", "ichts mehr"), ("25.12.2026", "Weihnachtstag"), ("5.1.2099", "zu weit")]
)
def test_days_outside_of_the_horizon(desk: Desk, words: str, expected: str) -> None:
    shown = words_in(slots(desk, words))
    assert expected in shown


def test_days_consultants_and_the_week_are_turned_in_place_and_the_filter_stays(desk: Desk) -> None:
    shown = slots(desk, "morgen")
    shown = turned(desk, AGENT, BOT, shown, "slots.show:after", "Freitag, 20. November")
    shown = turned(
        desk, AGENT, BOT, shown, "slots.show:who", "6 Plätze", selected_option=f"{FRIDAY}||{desk.consultant('Bea')}"
    )
    assert "Alex 3/3" not in words_in(shown)
    shown = turned(desk, AGENT, BOT, shown, "slots.show:before", "Donnerstag, 19. November")
    assert "Alex 3/3" not in words_in(shown)
    shown = turned(desk, AGENT, BOT, shown, "slots.show:week", "Die Woche im Überblick")
    shown = turned(desk, AGENT, BOT, shown, "slots.show:day0", "Mittwoch, 18. November")
    assert "slots.show:before" not in buttons(shown)


@pytest.mark.parametrize(
    ("words", "title", "seats"),
    [
        ("Bea", "Mittwoch, 18. November", "3 Plätze frei"),
        ("bei Alex am Montag", "Montag, 23. November", "15 Plätze frei"),
        ("morgen Bea", "Donnerstag, 19. November", "6 Plätze frei"),
        ("Wann hat Bea am Freitag frei?", "Freitag, 20. November", "6 Plätze frei"),
    ],
)
def test_a_board_of_one_consultant_alone(desk: Desk, words: str, title: str, seats: str) -> None:
    board = slots(desk, words)
    shown = words_in(board)
    assert f"Freie Zeiten am {title}" in shown
    assert f"💺 {seats} · " in shown
    assert "2/3 heißt" in shown
    beside = [row["accessory"]["text"]["text"] for row in board["blocks"] if row["block_id"].startswith("row:")]
    assert set(beside) == {"Buchen"}, "a start is one line, its button beside it"


def test_the_weeks_are_turned_in_place_up_to_the_horizon(desk: Desk) -> None:
    shown = slots(desk, "week")
    assert "slots.show:week_before" not in buttons(shown)
    for title in ("Mittwoch, 25. November", "Mittwoch, 2. Dezember", "Mittwoch, 9. Dezember", "Mittwoch, 16. Dezember"):
        shown = turned(desk, AGENT, BOT, shown, "slots.show:week_after", f"Die Woche ab {title}")
    assert "slots.show:week_after" not in buttons(shown)
    assert "Donnerstag, 17. Dezember" not in words_in(shown)
    for title in ("ab Mittwoch, 9. Dezember", "ab Mittwoch, 2. Dezember", "ab Mittwoch, 25. November", "im Überblick"):
        shown = turned(desk, AGENT, BOT, shown, "slots.show:week_before", f"Die Woche {title}")
    shown = turned(
        desk, AGENT, BOT, shown, "slots.show:who", "6 von 6", selected_option=f"week||{desk.consultant('Bea')}"
    )
    shown = turned(desk, AGENT, BOT, shown, "slots.show:day1", "6 Plätze frei")
    assert "Alex 3/3" not in words_in(shown)


def test_a_day_that_is_closed_as_a_whole_is_not_counted_as_well(desk: Desk) -> None:
    shown = words_in(slots(desk, "Samstag", AGENT))
    assert "🌙 An diesem Tag gibt es keine Sprechzeiten." in shown
    assert "💺" not in shown


def test_what_is_over_is_not_counted_as_taken(desk: Desk) -> None:
    """At noon the morning is gone, which does not make the rest of the day look full."""
    assert "*Wednesday, 18 November*\n▰▰▰▰▰▰▰▰▰▰  12 of 12 seats free" in words_in(slots(desk, "week", AGENT_EN))


def test_the_week_says_how_much_is_free_and_why_nothing_is(desk: Desk) -> None:
    shown = words_in(slots(desk, "week", AGENT_EN))
    assert "*Friday, 20 November*\n▰▰▰▰▰▰▰▰▰▰  21 of 21 seats free" in shown
    assert "*Saturday, 21 November*\nnothing on offer" in shown


def test_a_live_board_needs_the_bot_in_the_channel(desk: Desk) -> None:
    """Into a public channel it goes by itself; into a private one it is invited."""
    desk.world.slack.add_channel("C00000PRIV", "geheim", is_private=True, members=[AGENT])
    shown = slots(desk, "", AGENT, "C00000PRIV")
    after = newest(desk, AGENT, "C00000PRIV")
    press_in(desk, AGENT, "C00000PRIV", shown, "slots.pin")
    told = said(desk, AGENT, "C00000PRIV", after)
    assert "/invite @Slotquest" in words_in(told)
    assert boards(desk) == []


def test_a_live_board_keeps_itself_up_to_date_and_can_be_ended(desk: Desk) -> None:
    shown = slots(desk, "", AGENT, ACHIEVEMENTS)
    press_in(desk, AGENT, ACHIEVEMENTS, shown, "slots.pin")
    board = live(desk, ACHIEVEMENTS, "🟢 live")
    assert not board["ephemeral"]
    assert "Plätze frei" in words_in(board)
    desk.quiet()
    calls = desk.control.last_call()
    today = date(2026, 11, 18)
    for n in range(5):
        view = desk.choose_day(AGENT, desk.open_form(AGENT), today)
        slot = desk.slot("Alex", 18 if n < 3 else 16, today)
        desk.control.submit(AGENT, view["id"], desk.fill(view, slot, f"Kunde Tafel {n}"))
    desk.quiet()
    now = live(desk, ACHIEVEMENTS, "Alex: voll 3/3")
    assert now["ts"] == board["ts"]
    assert "Alex 1/3" in words_in(now)
    assert "Kunde" not in words_in(now)
    edits = [c for c in desk.control.calls(calls, "chat.update") if c["args"].get("ts") == board["ts"]]
    assert 1 <= len(edits) <= 5
    assert len([m for m in desk.control.messages(AGENT, ACHIEVEMENTS) if not m["ephemeral"]]) == 1
    press_in(desk, AGENT_EN, ACHIEVEMENTS, now, "slots.unpin")
    refused = said(desk, AGENT_EN, ACHIEVEMENTS, after=now["ts"])
    assert "Only leads and admins" in words_in(refused)
    assert len(boards(desk)) == 1
    press_in(desk, LEAD, ACHIEVEMENTS, now, "slots.unpin")
    ended = live(desk, ACHIEVEMENTS, "beendet")
    assert ended["ts"] == board["ts"]
    assert boards(desk) == []


def test_several_changes_at_once_reach_a_board_as_one_edit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.notify.BOARD_DELAY", timedelta(seconds=0.6))
    shown = slots(desk, "", AGENT, ACHIEVEMENTS)
    press_in(desk, AGENT, ACHIEVEMENTS, shown, "slots.pin")
    board = live(desk, ACHIEVEMENTS, "🟢 live")
    desk.quiet()
    calls = desk.control.last_call()
    fill_up(desk, "Bea", 14, date(2026, 11, 18))
    desk.quiet()
    edits = [c for c in desk.control.calls(calls, "chat.update") if c["args"].get("ts") == board["ts"]]
    assert len(edits) == 1
    calls = desk.control.last_call()
    desk.run("boards")
    desk.quiet()
    assert desk.control.calls(calls, "chat.update") == []


def test_the_second_board_of_a_channel_is_refused_and_the_week_is_another(desk: Desk) -> None:
    shown = slots(desk, "", AGENT, ACHIEVEMENTS)
    after = newest(desk, AGENT, ACHIEVEMENTS)
    press_in(desk, AGENT, ACHIEVEMENTS, shown, "slots.pin")
    assert "Diese Live-Übersicht gibt es in diesem Channel schon" in words_in(
        said(desk, AGENT, ACHIEVEMENTS, after, "schon")
    )
    week = slots(desk, "week", AGENT, ACHIEVEMENTS)
    press_in(desk, AGENT, ACHIEVEMENTS, week, "slots.pin")
    pinned = said(desk, AGENT, ACHIEVEMENTS, week["ts"], "🟢 live")
    assert "Die Woche im Überblick" in words_in(pinned)
    assert {board.span for board in boards(desk)} == {"today", "week"}


def test_a_board_turns_with_the_day(desk: Desk) -> None:
    desk.clock.forward(timedelta(days=1))
    try:
        desk.run("boards")
        desk.quiet()
        assert live(desk, ACHIEVEMENTS, "Freie Zeiten am Donnerstag, 19. November")
    finally:
        desk.clock.forward(-timedelta(days=1))
        desk.run("boards")
        desk.quiet()


def test_a_channel_does_not_read_what_calendars_and_times_off_are_about(desk: Desk) -> None:
    """The caller alone reads why; the channel only that."""
    begin = datetime(2026, 11, 18, 13, 30, tzinfo=BERLIN)
    with desk.engine.transaction(TEAM, desk.member(LEAD)) as tx:
        take_time_off(tx, desk.consultant("Alex"), begin, begin + timedelta(hours=2), "Zahnarzt Dr. Weber")
    desk.quiet()
    assert "Zahnarzt" in words_in(slots(desk))
    for message in desk.control.messages(AGENT, ACHIEVEMENTS):
        assert "Zahnarzt" not in words_in(message) + message["text"]
    assert "abwesend 13:30–15:30" in words_in(live(desk, ACHIEVEMENTS, "Freie Zeiten am"))


def test_a_boards_buttons_answer_whoever_presses_them_alone(desk: Desk) -> None:
    board = live(desk, ACHIEVEMENTS, "Freie Zeiten am", AGENT_EN)
    after = newest(desk, AGENT_EN, ACHIEVEMENTS)
    press_in(desk, AGENT_EN, ACHIEVEMENTS, board, "slots.show:after")
    own = said(desk, AGENT_EN, ACHIEVEMENTS, after)
    assert own["ephemeral"]
    assert "Open times on Thursday" in words_in(own)
    assert "Freie Zeiten am Mittwoch" in words_in(live(desk, ACHIEVEMENTS, "Freie Zeiten am"))


def test_the_board_opens_from_home_as_a_modal_that_turns_in_place(desk: Desk) -> None:
    desk.control.open_home(AGENT)
    home = desk.control.wait_for_home(AGENT)
    desk.control.use(AGENT, home["id"], "slots.open")
    view = top(desk, AGENT, "slots")
    desk.control.use(AGENT, view["id"], "slots.show:after")
    view = desk.changed(AGENT, view["id"], view["hash"])
    assert "Donnerstag, 19. November" in words_in(valid(view))
    desk.control.use(AGENT, view["id"], "slot.book:0")
    assert top(desk, AGENT, "book")["previous_view_id"] == view["id"]


def test_the_admins_channel_is_a_channel_like_any_other(desk: Desk) -> None:
    assert "slots.pin" in buttons(slots(desk, "morgen", LEAD, ADMINS))


def test_two_who_pin_at_once_make_one_board(database_folder: Path) -> None:
    with shared_desk(database_folder, "postgresql", google=False) as desk:
        boards_of = [slots(desk, "", user, ACHIEVEMENTS) for user in (AGENT, AGENT_EN, LEAD)]
        pairs = zip((AGENT, AGENT_EN, LEAD), boards_of, strict=True)
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda pair: press_in(desk, pair[0], ACHIEVEMENTS, pair[1], "slots.pin"), pairs))
        desk.control.wait_for(lambda: True if boards(desk) else None)
        for user in (AGENT, AGENT_EN, LEAD):
            said(desk, user, ACHIEVEMENTS, boards_of[-1]["ts"])
        desk.quiet()
        assert len(boards(desk)) == 1
