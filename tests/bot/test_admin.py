"""`/slotadmin` through the front door: every area shows, changes, says what it did, and takes it back."""

from contextlib import suppress

import pytest
from sqlmodel import select

from core.booking.setup.consultants import list_consultants, week_of
from core.booking.setup.members import member_by_slack, members_with
from core.booking.setup.week_text import format_week
from sandbox.client import ControlRefused
from storage.tables import Effect, EffectState, Role
from tests.bot.admin_desk import (
    button_in,
    fill,
    has,
    press,
    press_in_place,
    refused,
    said,
    slotadmin,
    undo,
    workspace,
)
from tests.desk import (
    ACHIEVEMENTS,
    ADMIN,
    AGENT,
    AGENT_EN,
    ALEX,
    BEA,
    BOT,
    GENERAL,
    LEAD,
    NOON,
    TEAM,
    Desk,
    words_in,
)

AREAS = ("consultants", "weeks", "off", "rules", "region", "channels", "roles", "colours", "calendars", "changes")


@pytest.mark.parametrize("user", [ADMIN, LEAD])
@pytest.mark.parametrize("area", AREAS)
def test_every_area_opens_from_the_console_and_by_name(desk: Desk, user: str, area: str) -> None:
    console = slotadmin(desk, user)
    pushed = press(desk, user, console, f"admin.area:{area}")
    direct = slotadmin(desk, user, area)
    assert pushed["callback_id"] == direct["callback_id"] == f"admin_{area}"
    assert ("submit" in pushed and bool(pushed["submit"])) == (user == ADMIN and has_form(pushed))


def has_form(view: dict) -> bool:
    return any(block["type"] == "input" for block in view["blocks"])


def test_members_are_told_clearly_that_it_is_not_for_them(desk: Desk) -> None:
    refusal = said(desk, AGENT_EN, "/slotadmin")
    assert refusal["text"] == "Only leads and admins may do this."
    assert refusal["ephemeral"]
    assert said(desk, AGENT, "/slotadmin rules")["ephemeral"]
    assert desk.control.views(AGENT) == []


@pytest.mark.parametrize(
    ("words", "callback", "text"),
    [
        ("Berater", "admin_consultants", "Alex"),
        ("Regeln", "admin_rules", ""),
        ("FEIERTAGE", "admin_region", ""),
        ("Urlaub", "admin_off", ""),
        ("Alex", "admin_consultants", "Alex"),
        ("be", "admin_consultants", "Bea"),
        ("rück", "admin_changes", ""),
        ("Letzte Änderungen", "admin_changes", ""),
    ],
)
def test_words_jump_to_an_area_or_a_consultant(desk: Desk, words: str, callback: str, text: str) -> None:
    view = slotadmin(desk, ADMIN, words)
    assert view["callback_id"] == callback
    assert text in words_in(view)


def test_unknown_words_are_answered_with_what_there_is(desk: Desk) -> None:
    message = said(desk, ADMIN, "/slotadmin *quark* <!channel>")
    assert "<!channel>" not in message["text"]
    assert "Berater" in message["text"]


def test_a_consultant_is_added_changed_and_removed_with_a_way_back(desk: Desk) -> None:
    page = press(desk, ADMIN, slotadmin(desk, ADMIN), "admin.area:consultants")
    form = press(desk, ADMIN, page, "admin.consultant_add")
    done = fill(
        desk,
        ADMIN,
        form,
        name="Chris",
        week="mon-fri 8 10\nsat 9x1",
        capacity="2",
        minutes="45",
        calendar="chris@example.com",
    )
    assert "Chris" in words_in(done)
    assert week(desk, "Chris") == "Mon-Fri 08:00 10:00\nSat 09:00x1"
    stack = desk.control.wait_for(
        lambda: views if len(views := desk.control.views(ADMIN)) == 3 and "Chris" in words_in(views[1]) else None
    )
    assert "3 Berater" in words_in(stack[0])

    listed = slotadmin(desk, ADMIN, "Chris")
    form = press(desk, ADMIN, listed, "admin.consultant_edit")
    done = fill(desk, ADMIN, form, name="Chris Neu", capacity="4")
    assert "Chris → Chris Neu" in words_in(done)
    assert week(desk, "Chris Neu") == "Mon-Fri 08:00 10:00\nSat 09:00x1"
    back = undo(desk, ADMIN, done)
    assert "rückgängig" in words_in(back).lower() or "zurückgenommen" in words_in(back).lower()
    assert week(desk, "Chris")

    question = press(desk, ADMIN, slotadmin(desk, ADMIN, "Chris"), "admin.consultant_remove")
    done = fill(desk, ADMIN, question)
    assert "Chris" not in consultants(desk)
    undo(desk, ADMIN, done)
    assert "Chris" in consultants(desk)


def consultants(desk: Desk) -> list[str]:
    with desk.engine.view(TEAM) as view:
        return [one.name for one in list_consultants(view)]


def week(desk: Desk, name: str) -> str:
    with desk.engine.view(TEAM) as view:
        one = next(c for c in list_consultants(view) if c.name == name)
        return format_week(week_of(view, one.id), "en", one.minutes, one.capacity)


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"name": "  "}, "name", "Namen"),
        ({"name": "alex"}, "name", "Alex"),
        ({"name": "Neu", "member": ALEX}, "member", "Alex"),
        ({"name": "Neu", "calendar": "kalender"}, "calendar", "alex@example.com"),
        ({"name": "Neu", "week": "mon 9 quark"}, "week", "quark"),
        ({"name": "Neu", "week": "mon 9 9:30"}, "week", "Mo 09:30"),
        ({"name": "Neu", "week": "mon 9 9:00"}, "week", "Mo 09:00"),
        ({"name": "Neu", "week": "9:00"}, "week", "9:00"),
    ],
)
def test_mistakes_are_said_at_the_field(desk: Desk, values: dict, field: str, words: str) -> None:
    form = press(desk, ADMIN, slotadmin(desk, ADMIN, "consultants"), "admin.consultant_add")
    errors = refused(desk, ADMIN, form, **{"name": "Neu", **values})
    assert list(errors) == [field]
    assert words in errors[field]


def test_names_that_would_like_to_be_markup(desk: Desk) -> None:
    form = press(desk, ADMIN, slotadmin(desk, ADMIN, "consultants"), "admin.consultant_add")
    done = fill(desk, ADMIN, form, name="<!channel> *Max* `x` \u202eגבר 🎈", week="")
    assert "<!channel>" not in words_in(done)
    undo(desk, ADMIN, done)
    assert "<!channel>" not in words_in(slotadmin(desk, ADMIN, "changes"))


def test_removing_a_consultant_lists_what_remains_to_be_moved(desk: Desk) -> None:
    desk.book(14, "Bea", "Frau Sommer")
    question = press(desk, ADMIN, slotadmin(desk, ADMIN, "Bea"), "admin.consultant_remove")
    assert "Frau Sommer" in words_in(question)
    done = fill(desk, ADMIN, question)
    assert "Frau Sommer" in words_in(done)
    undo(desk, ADMIN, done)
    assert "Bea" in consultants(desk)


def test_a_new_week_says_which_appointments_it_no_longer_offers(desk: Desk) -> None:
    desk.book(9, "Bea", "Herr Winter")
    form = press(desk, ADMIN, slotadmin(desk, ADMIN, "weeks"), "admin.week", desk.consultant("Bea"))
    before = week(desk, "Bea")
    done = fill(desk, ADMIN, form, week="thu 10-12/60", valid_from="2026-11-19", valid_until="2026-11-25")
    assert "Herr Winter" in words_in(done)
    undo(desk, ADMIN, done)
    assert week(desk, "Bea") == before
    errors = refused(
        desk,
        ADMIN,
        press(desk, ADMIN, slotadmin(desk, ADMIN, "weeks"), "admin.week"),
        valid_from="2026-12-02",
        valid_until="2026-12-01",
    )
    assert list(errors) == ["valid_until"]


def test_rules(desk: Desk) -> None:
    console = slotadmin(desk, ADMIN)
    form = press(desk, ADMIN, console, "admin.area:rules")
    done = fill(desk, ADMIN, form, min_notice_minutes="120", daily_cap="5")
    assert "60 → 120" in words_in(done)
    assert (workspace(desk).min_notice_minutes, workspace(desk).daily_cap) == (120, 5)
    undo(desk, ADMIN, done)
    assert (workspace(desk).min_notice_minutes, workspace(desk).daily_cap) == (60, None)
    done = fill(desk, ADMIN, slotadmin(desk, ADMIN, "rules"))
    assert not has(done, "admin.undo")


def test_what_was_changed_again_is_not_taken_back(desk: Desk) -> None:
    done = fill(desk, ADMIN, slotadmin(desk, ADMIN, "rules"), horizon_days="10")
    with desk.engine.transaction(TEAM) as tx:
        tx.workspace.horizon_days = 20
    assert "⚠️" in words_in(undo(desk, ADMIN, done))
    assert workspace(desk).horizon_days == 20
    fill(desk, ADMIN, slotadmin(desk, ADMIN, "rules"), horizon_days="28")


def test_a_second_click_on_undo_is_no_mistake(desk: Desk) -> None:
    done = fill(desk, ADMIN, slotadmin(desk, ADMIN, "rules"), horizon_days="12")
    block_id, element = button_in(done, "admin.undo")
    desk.control.use(ADMIN, done["id"], element["action_id"], block_id)
    with suppress(ControlRefused):  # the first click may have taken the button away already
        desk.control.use(ADMIN, done["id"], element["action_id"], block_id)
    after = desk.changed(ADMIN, done["id"], done["hash"])
    assert "⚠️" not in words_in(after)
    assert workspace(desk).horizon_days == 28


def test_region(desk: Desk) -> None:
    done = fill(desk, ADMIN, slotadmin(desk, ADMIN, "region"), holidays="DE-BY", locale="en")
    assert "Nordrhein-Westfalen → Bayern" in words_in(done)
    assert (workspace(desk).holidays, workspace(desk).locale) == ("DE-BY", "en")
    once = undo(desk, ADMIN, done)
    undo(desk, ADMIN, once)
    assert (workspace(desk).holidays, workspace(desk).locale) == ("DE-NW", "de")
    form = slotadmin(desk, ADMIN, "region")
    found = desk.control.suggest(ADMIN, {"type": "view", "view_id": form["id"]}, "timezone", "admin.zone", "lisb")
    assert [option["value"] for option in found["options"]] == ["Europe/Lisbon"]
    none = fill(desk, ADMIN, form, holidays="none")
    assert workspace(desk).holidays is None
    undo(desk, ADMIN, none)


def test_into_public_channels_the_bot_goes_and_into_private_ones_it_asks_to_be_invited(desk: Desk) -> None:
    slack = desk.world.slack
    assert BOT not in slack.channels[GENERAL].members
    went = fill(desk, ADMIN, slotadmin(desk, ADMIN, "channels"), bookings=GENERAL)
    desk.control.wait_for(lambda: True if BOT in slack.channels[GENERAL].members else None)
    undo(desk, ADMIN, went)
    closed = slack.add_channel("C000000009", "geheim", is_private=True, members=[ADMIN]).id
    fill(desk, ADMIN, slotadmin(desk, ADMIN, "channels"), achievements=closed)
    warned = desk.control.wait_for(
        lambda: next((v for v in desk.control.views(ADMIN) if "/invite" in words_in(v) and "⚠️" in words_in(v)), None)
    )
    assert workspace(desk).achievements_channel == closed
    undo(desk, ADMIN, warned)
    assert workspace(desk).achievements_channel == ACHIEVEMENTS


def test_roles_and_the_last_admin(desk: Desk) -> None:
    form = press(desk, ADMIN, slotadmin(desk, ADMIN), "admin.area:roles")
    assert list(refused(desk, ADMIN, form, member=ADMIN, role="member")) == ["role"]
    done = fill(desk, ADMIN, form, member=BEA, role="lead")
    with desk.engine.view(TEAM) as view:
        assert {m.slack_id for m in members_with(view, Role.LEAD)} == {LEAD, BEA}
    undo(desk, ADMIN, done)
    with desk.engine.view(TEAM) as view:
        assert {m.slack_id for m in members_with(view, Role.LEAD)} == {LEAD}


def test_leads_see_but_do_not_change(desk: Desk) -> None:
    for area in AREAS:
        view = slotadmin(desk, LEAD, area)
        assert not any(has(view, name) for name in ("admin.undo", "admin.consultant_", "admin.week:", "admin.sync"))
        assert has_form(view) is False
    forged = slotadmin(desk, LEAD, "off")
    desk.bot.services.slack.views_update(
        view_id=forged["id"],
        view={
            key: rules_of(desk)[key] for key in ("type", "title", "blocks", "callback_id", "submit", "private_metadata")
        },
    )
    desk.control.submit(LEAD, forged["id"], {"horizon_days": "3"})
    assert workspace(desk).horizon_days == 28


def rules_of(desk: Desk) -> dict:
    return slotadmin(desk, ADMIN, "rules")


def test_colours(desk: Desk) -> None:
    done = fill(desk, ADMIN, slotadmin(desk, ADMIN, "Farben"), colour__1="no_show")
    assert workspace(desk).colours["1"] == "no_show"
    assert workspace(desk).colours["11"] == "no_show"
    undo(desk, ADMIN, done)
    assert workspace(desk).colours == {}
    nothing = {f"colour:{n}": "none" for n in range(1, 12)}
    assert list(refused(desk, ADMIN, slotadmin(desk, ADMIN, "Farben"), **nothing)) == ["colour:1"]
    assert not has(fill(desk, ADMIN, slotadmin(desk, ADMIN, "Farben")), "admin.undo")


def test_calendars_say_how_they_are_and_are_read_on_demand(desk: Desk) -> None:
    view = slotadmin(desk, ADMIN, "calendars")
    assert "alex@example.com" in words_in(view)
    desk.control.faults(google={"mode": "status", "status": 403, "reason": "forbidden"})
    failed = press_in_place(desk, ADMIN, view, "admin.sync")
    desk.control.heal()
    assert "⚠️" in words_in(failed)
    assert "⚠️" in words_in(failed)
    while "⚠️" in words_in(failed):
        failed = press_in_place(desk, ADMIN, failed, "admin.sync")
    assert "⚠️" not in words_in(slotadmin(desk, ADMIN))


def test_time_off_for_everybody_by_a_lead(desk: Desk) -> None:
    desk.book(16, "Alex", "Frau Herbst")
    page = press(desk, LEAD, slotadmin(desk, LEAD), "admin.area:off")
    form = press(desk, LEAD, page, "admin.off_add")
    question = fill(desk, LEAD, form, who="all", starts_at__date="2026-11-19", reason="Betriebsausflug")
    assert "Frau Herbst" in words_in(question)
    done = fill(desk, LEAD, question)
    assert "Betriebsausflug" in words_in(done)
    page = slotadmin(desk, LEAD, "off")
    assert "Betriebsausflug" in words_in(page)
    removed = press_in_place(desk, LEAD, page, "admin.off_remove")
    assert "Betriebsausflug" not in words_in({"blocks": removed["blocks"][1:]})
    again = press_in_place(desk, LEAD, removed, "off.undo")
    assert "Betriebsausflug" in words_in(again)
    press_in_place(desk, LEAD, again, "admin.off_remove")


def test_who_is_no_lead_any_more_sees_no_more_of_an_area_that_is_still_open(desk: Desk) -> None:
    form = press(desk, LEAD, slotadmin(desk, LEAD, "off"), "admin.off_add")
    fill(desk, LEAD, form, who="all", starts_at__date="2026-11-26", reason="Umzug")
    removed = press_in_place(desk, LEAD, slotadmin(desk, LEAD, "off"), "admin.off_remove")
    as_lead(desk, Role.MEMBER)
    assert "nur die Leitung und Admins" in words_in(press(desk, LEAD, removed, "off.undo"))
    as_lead(desk, Role.LEAD)


def as_lead(desk: Desk, role: Role) -> None:
    with desk.engine.transaction(TEAM) as tx:
        member = member_by_slack(tx, LEAD)
        assert member is not None
        member.role = role
        tx.add(member)


def test_recent_changes_can_be_taken_back_there(desk: Desk) -> None:
    fill(desk, ADMIN, slotadmin(desk, ADMIN, "rules"), buffer_before="15")
    view = press(desk, ADMIN, slotadmin(desk, ADMIN), "admin.area:changes")
    assert "0 → 15" in words_in(view)
    press_in_place(desk, ADMIN, view, "admin.undo")
    assert workspace(desk).buffer_before == 0
    older = press_in_place(desk, ADMIN, slotadmin(desk, ADMIN, "changes"), "admin.changes:older")
    assert has(older, "admin.changes:first")


def test_what_was_given_up_is_shown_and_tried_again(desk: Desk) -> None:
    with desk.engine.transaction(TEAM) as tx:
        tx.add(
            Effect(
                workspace_id=TEAM, lane="x", kind="slack.home", payload={"member": "nobody"}, state=EffectState.GIVEN_UP,
                created_at=NOON, due_at=NOON, done_at=NOON, error="channel_not_found <!here>",
            )
        )  # fmt: skip
    console = slotadmin(desk, ADMIN)
    assert "channel_not_found" in words_in(console)
    assert "<!here>" not in words_in(console)
    after = press_in_place(desk, ADMIN, console, "admin.retry")
    assert not has(after, "admin.retry") or "channel_not_found" not in words_in(after)
    with desk.engine.transaction(TEAM) as tx:
        for row in tx.session.exec(select(Effect).where(Effect.lane == "x")).all():
            tx.session.delete(row)
