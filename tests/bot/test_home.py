"""App Home by role and language, and the welcome that comes once."""

import json
from functools import partial
from pathlib import Path

from core.booking.setup.members import member_by_slack
from sandbox.slack.blockkit import check_view
from storage.tables import Effect, EffectState
from tests.bot.front_desk import Json, buttons, close_all, newest, said, shared_desk, top
from tests.desk import ADMIN, AGENT, AGENT_EN, ALEX, BEA, BOT, LEAD, NOON, TEAM, Desk, words_in


def home(desk: Desk, user: str, matches: str = "") -> Json:
    """The home after it was opened."""
    before = desk.control.home(user)
    desk.control.open_home(user)
    shown = desk.control.wait_for_home(user, changed_from=before["hash"] if before else None)
    assert matches in words_in(shown)
    return valid_home(shown)


def valid_home(view: Json) -> Json:
    """The home, after Slack's own rules have been held against it."""
    assert check_view({key: view[key] for key in ("type", "blocks")}) == []
    return view


def test_the_first_visit_is_welcomed_once(desk: Desk) -> None:
    for user, words in ((AGENT, "Hallo Emre, ich bin Slotquest"), (AGENT_EN, "Hello Priya, I'm Slotquest")):
        home(desk, user)
        assert words in words_in(said(desk, user, BOT))
        home(desk, user)
        desk.control.open_home(user, "messages")
        desk.control.settle()
        desk.quiet()
        assert len(desk.control.messages(user, BOT)) == 1
        assert {"book.open", "help.open"} <= set(buttons(said(desk, user, BOT)))


def test_the_welcome_names_what_the_role_has(desk: Desk) -> None:
    for user, wanted, foreign in (
        (ALEX, "`/off morgen", "/slotadmin"),
        (ADMIN, "`/slotadmin`", "/off"),
        (LEAD, "", "/off"),
    ):
        home(desk, user)
        told = words_in(said(desk, user, BOT, matches="ich bin Slotquest"))
        assert wanted in told
        assert foreign not in told


def test_an_agent_sees_buttons_own_bookings_and_open_times(desk: Desk) -> None:
    shown = home(desk, AGENT)
    assert {"book.open", "slots.open", "my.open", "help.open"} <= set(buttons(shown))
    assert "admin.open" not in buttons(shown)
    for words in ("Von dir gebucht", "keine kommenden Termine", "Heute frei", "14:00"):
        assert words in words_in(shown)
    assert "Dein Tag als Berater" not in words_in(shown)
    english = home(desk, AGENT_EN)
    for words in ("Booked by you", "You have no upcoming appointments.", "Open times today"):
        assert words in words_in(english)


def test_home_follows_a_booking_by_itself(desk: Desk) -> None:
    before = home(desk, AGENT)
    desk.book(9, "Alex", "Frau Heim")
    shown = desk.control.wait_for_home(AGENT, changed_from=before["hash"])
    assert "Frau Heim" in words_in(valid_home(shown))
    close_all(desk, AGENT)


def test_a_consultant_sees_who_comes_today(desk: Desk) -> None:
    assert "niemand bei dir gebucht" in words_in(home(desk, ALEX))
    view = desk.open_form(AGENT)
    slot = desk.slot("Alex", 16, NOON.date())
    desk.control.submit(AGENT, view["id"], desk.fill(view, slot, "Frau Heute <!here>", phone="0171 6660001"))
    desk.quiet()
    shown = home(desk, ALEX)
    assert "Dein Tag als Berater" in words_in(shown)
    assert "Frau Heute &lt;!here&gt; · 0171 6660001" in words_in(shown)
    close_all(desk, AGENT)


def test_an_admin_sees_settings_and_what_is_wrong(desk: Desk) -> None:
    shown = home(desk, ADMIN)
    assert "admin.open" in buttons(shown)
    assert "konnte nicht zugestellt werden" not in words_in(shown)
    with desk.engine.transaction(TEAM) as tx:
        stuck = {"lane": "slack:C1", "kind": "slack.message", "payload": {}, "created_at": NOON, "due_at": NOON}
        tx.add(Effect(workspace_id=TEAM, state=EffectState.GIVEN_UP, **stuck))
    assert "1 Nachricht konnte nicht zugestellt werden" in words_in(home(desk, ADMIN))
    assert "zugestellt" not in words_in(home(desk, LEAD))


def test_every_button_of_home_leads_somewhere(desk: Desk) -> None:
    shown = home(desk, ADMIN)
    for action_id in ("book.open", "slots.open", "my.open", "help.open", "admin.open"):
        desk.control.use(ADMIN, shown["id"], action_id)
        assert top(desk, ADMIN)["type"] == "modal"
        close_all(desk, ADMIN)


def test_a_change_of_language_is_followed(desk: Desk) -> None:
    desk.control.change_user(LEAD, locale="en-GB")
    desk.control.settle()
    desk.control.wait_for(lambda: True if "Booked by you" in words_in(home(desk, LEAD)) else None)


def test_whoever_left_is_told_nothing_more_and_may_all_again_once_back(desk: Desk) -> None:
    def known_as(name: str, *, active: bool) -> bool | None:
        found = desk.member(BEA)
        return True if (found.name, found.active) == (name, active) else None

    last = newest(desk, BEA)
    for name in ("Bea L.", "Bea Lang"):
        desk.control.change_user(BEA, deleted=True, real_name=name)
        desk.control.wait_for(partial(known_as, name, active=False))
    assert newest(desk, BEA) == last
    desk.control.change_user(BEA, deleted=False, real_name="Bea")
    desk.control.wait_for(lambda: known_as("Bea", active=True))
    assert desk.open_form(BEA, channel=BOT)["callback_id"] == "book"


def test_apps_are_nobody_whom_slack_tells_of(desk: Desk) -> None:
    told = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event_time": 1}
    for event in ({"id": "U0ROBOT", "is_bot": True}, {"id": "U0PERSON", "name": "Neu"}):
        body = told | {"event": {"type": "team_join", "user": event}}
        assert desk.control.raw(json.dumps(body), {"Content-Type": "application/json"})["status"] == 200
    desk.control.wait_for(lambda: True if slack_known(desk, "U0PERSON") else None)
    assert not slack_known(desk, "U0ROBOT")


def test_people_of_another_company_in_a_shared_channel_may_nothing(desk: Desk) -> None:
    told = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev2", "event_time": 1}
    for team, may in (("T0OTHER", False), (TEAM, True)):
        event = {"type": "user_change", "user": {"id": BEA, "name": "Bea", "locale": "en-US", "team_id": team}}
        desk.control.raw(json.dumps(told | {"event": event}), {"Content-Type": "application/json"})
        desk.control.wait_for(lambda may=may: True if desk.member(BEA).active is may else None)
        last = newest(desk, BEA)
        desk.control.command(BEA, "/slots")
        assert ("Only members of this workspace" in words_in(said(desk, BEA, BOT, last))) is not may


def slack_known(desk: Desk, slack_id: str) -> bool:
    with desk.engine.view(TEAM) as view:
        return member_by_slack(view, slack_id) is not None


def test_nobody_set_up_yet_says_what_to_do(database_folder: Path) -> None:
    empty = f'[workspace]\nteam_id = "{TEAM}"\nadmins = ["{ADMIN}"]\n'
    with shared_desk(database_folder, team=empty, google=False) as desk:
        assert "Ein Admin legt mit `/slotadmin` Berater an" in words_in(home(desk, AGENT))
        shown = words_in(home(desk, ADMIN))
        assert "Noch ist niemand buchbar" in shown
        assert "Kein Google Kalender" in shown or "Google" in shown
        for words in ("", "week", "morgen"):
            desk.control.command(AGENT_EN, f"/slots {words}")
            told = desk.control.wait_for_message(AGENT_EN, BOT, lambda m: "/slotadmin" in words_in(m))
            assert "An admin adds consultants" in words_in(told)
        form = desk.open_form(AGENT_EN, "tomorrow 2pm with Alex, Ms Weber")
        assert "An admin adds consultants with `/slotadmin`" in words_in(form)
        answer = desk.control.submit(AGENT_EN, form["id"])
        assert "choose a time" in "".join(answer["errors"].values())
        after = desk.control.message(AGENT, BOT, "morgen 14 Uhr Frau Weber")["ts"]
        assert "Ein Admin legt mit `/slotadmin` Berater an" in words_in(said(desk, AGENT, BOT, after))
