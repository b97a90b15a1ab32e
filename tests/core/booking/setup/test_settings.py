from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from core.booking.setup import workspace as settings
from core.booking.setup.changes import last_change
from core.booking.setup.holiday_calendar import STATES, holidays_between
from core.booking.setup.members import claim_admin, ensure_member, member_by_slack, members_with, set_role
from core.booking.setup.undo import get_change, recent_changes, undo_change
from core.booking.setup.workspace import ensure_workspace
from core.errors import AlreadyDone, Invalid, NotAllowed, NotFound
from storage.database import Database
from storage.tables import Member, Role, Workspace

from .conftest import TEAM, engine_of


def workspace(engine):
    with engine.view(TEAM) as view:
        return view.workspace


def test_a_workspace_is_made_once_with_a_key_of_its_own(sqlite_url):
    first, second = engine_of(Database(sqlite_url)), engine_of(Database(sqlite_url))
    second.sealer = first.sealer
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda engine: ensure_workspace(engine, TEAM, "Rheinblick", "U1BOT"), (first, second)))
    with first.view(TEAM) as one:
        key = one.index_key
    ensure_workspace(second, TEAM, "Renamed", "U2BOT")
    with second.view(TEAM) as view:
        assert (view.workspace.name, view.workspace.bot_user) == ("Renamed", "U2BOT")
        assert view.index_key == key
        assert len(key) > 40


def test_members_follow_what_slack_says(house):
    with house.engine.transaction(TEAM) as tx:
        new = ensure_member(tx, "U00000009Z")
        assert (new.name, new.locale, new.timezone, new.role) == ("U00000009Z", "de", "Europe/Berlin", Role.MEMBER)
        assert new.refreshed_at is None
        ensure_member(tx, "U00000009Z", "  Zoë\u202e ", "en-US", "Europe/London", active=False)
    with house.engine.view(TEAM) as view:
        known = member_by_slack(view, "U00000009Z")
        assert (known.id, known.name, known.locale, known.timezone, known.active) == (
            new.id,
            "Zoë",
            "en",
            "Europe/London",
            False,
        )
        assert known.refreshed_at == view.now
        assert member_by_slack(view, "U404") is None
    with pytest.raises(Invalid), house.engine.transaction(TEAM) as tx:
        ensure_member(tx, "not a user")
    assert house.count(Member) == 4


@pytest.mark.parametrize(
    ("setter", "wanted", "column", "value"),
    [
        (settings.set_rules, {"min_notice_minutes": 0}, "min_notice_minutes", 0),
        (settings.set_rules, {"daily_cap": 8}, "daily_cap", 8),
        (settings.set_locale, {"language": "en"}, "locale", "en"),
        (settings.set_timezone, {"zone": "Europe/Lisbon"}, "timezone", "Europe/Lisbon"),
        (settings.set_holidays, {"code": "de-nw"}, "holidays", "DE-NW"),
        (settings.set_channels, {"bookings": "C123"}, "bookings_channel", "C123"),
        (settings.set_colours, {"colours": {"1": "no_show"}}, "colours", {"1": "no_show"}),
    ],
)
def test_a_setting_is_changed_once_and_taken_back(house, setter, wanted, column, value):
    before = getattr(workspace(house.engine), column)
    with house.engine.transaction(TEAM, house.admin) as tx:
        seq = setter(tx, **wanted)
        assert last_change(tx, TEAM) == seq
        assert setter(tx, **wanted) is None
    assert getattr(workspace(house.engine), column) == value
    entry = house.journal("SettingsChanged")[-1]
    assert (entry.seq, entry.actor, entry.data["before"], entry.data["after"]) == (
        seq,
        house.admin.id,
        {column: before},
        {column: value},
    )
    with house.engine.transaction(TEAM, house.admin) as tx:
        back = undo_change(tx, seq)
    assert getattr(workspace(house.engine), column) == before
    with pytest.raises(AlreadyDone, match="taken_back"), house.engine.transaction(TEAM, house.admin) as tx:
        undo_change(tx, seq)
    with house.engine.transaction(TEAM, house.admin) as tx:
        undo_change(tx, back)
    assert getattr(workspace(house.engine), column) == value


def test_slots_are_told_of_what_opens_and_closes_them(house):
    with house.engine.transaction(TEAM) as tx:
        settings.set_locale(tx, "en")
        settings.set_channels(tx, admin="C1AB")
        settings.set_colours(tx, {"1": "completed"})
    assert house.journal("AvailabilityChanged") == []
    with house.engine.transaction(TEAM) as tx:
        settings.set_rules(tx, horizon_days=10)
        settings.set_timezone(tx, "UTC")
        settings.set_holidays(tx, "DE-BY")
    assert [entry.subject for entry in house.journal("AvailabilityChanged")] == ["all"] * 3


def test_the_zone_of_the_transaction_follows(house):
    with house.engine.transaction(TEAM) as tx:
        assert tx.zone.key == "Europe/Berlin"
        settings.set_timezone(tx, "America/New_York")
        assert tx.zone.key == "America/New_York"


@pytest.mark.parametrize(
    ("setter", "wanted", "field", "why"),
    [
        (settings.set_rules, {"min_notice_minutes": -1}, "min_notice_minutes", "range"),
        (settings.set_rules, {"horizon_days": 367}, "horizon_days", "range"),
        (settings.set_rules, {"horizon_days": None}, "horizon_days", "range"),
        (settings.set_rules, {"daily_cap": 0}, "daily_cap", "range"),
        (settings.set_rules, {"colour": 3}, "colour", "unknown"),
        (settings.set_locale, {"language": "fr"}, "locale", "language"),
        (settings.set_timezone, {"zone": "Europe/Bonn"}, "timezone", "zone"),
        (settings.set_timezone, {"zone": "../etc/passwd"}, "timezone", "zone"),
        (settings.set_timezone, {"zone": "Europe"}, "timezone", "zone"),
        (settings.set_timezone, {"zone": ""}, "timezone", "zone"),
        (settings.set_holidays, {"code": "DE-XX"}, "holidays", "state"),
        (settings.set_channels, {"admin": "#general"}, "admin", "channel"),
        (settings.set_colours, {"colours": {"12": "completed"}}, "colours", "colour"),
        (settings.set_colours, {"colours": {"1": "great"}}, "colours", "outcome"),
    ],
)
def test_wrong_values_are_refused_and_change_nothing(house, setter, wanted, field, why):
    before = workspace(house.engine).model_dump()
    with pytest.raises(Invalid) as caught, house.engine.transaction(TEAM) as tx:
        setter(tx, **wanted)
    assert (caught.value.field, caught.value.why) == (field, why)
    assert workspace(house.engine).model_dump() == before
    assert house.journal("SettingsChanged") == []


def test_only_admins_change_settings(house):
    for who in (house.lead, house.member):
        with pytest.raises(NotAllowed), house.engine.transaction(TEAM, who) as tx:
            settings.set_rules(tx, horizon_days=3)
        with pytest.raises(NotAllowed), house.engine.transaction(TEAM, who) as tx:
            set_role(tx, who.id, Role.ADMIN)


def test_the_last_admin_stays(house):
    with pytest.raises(Invalid) as caught, house.engine.transaction(TEAM) as tx:
        set_role(tx, house.admin.id, Role.LEAD)
    assert caught.value.why == "last_admin"
    with house.engine.transaction(TEAM, house.admin) as tx:
        promoted = set_role(tx, house.lead.id, Role.ADMIN)
    with house.engine.transaction(TEAM) as tx:
        set_role(tx, house.admin.id, Role.MEMBER)
    with house.engine.view(TEAM) as view:
        assert [member.name for member in members_with(view, Role.ADMIN)] == ["Lea"]
    with pytest.raises(Invalid), house.engine.transaction(TEAM) as tx:
        undo_change(tx, promoted)


def test_admins_do_not_lock_themselves_out(house):
    with house.engine.transaction(TEAM, house.admin) as tx:
        set_role(tx, house.lead.id, Role.ADMIN)
    with pytest.raises(Invalid) as caught, house.engine.transaction(TEAM, house.admin) as tx:
        set_role(tx, house.admin.id, Role.LEAD)
    assert caught.value.why == "own"


def test_a_member_who_left_is_no_admin_that_counts(house):
    with house.engine.transaction(TEAM) as tx:
        set_role(tx, house.lead.id, Role.ADMIN)
        ensure_member(tx, house.lead.slack_id, active=False)
    with pytest.raises(Invalid), house.engine.transaction(TEAM) as tx:
        set_role(tx, house.admin.id, Role.MEMBER)


def test_a_workspace_without_admin_can_be_claimed_once(house):
    with pytest.raises(AlreadyDone), house.engine.transaction(TEAM, house.member) as tx:
        claim_admin(tx, house.member)
    with house.engine.transaction(TEAM) as tx:
        ensure_member(tx, house.admin.slack_id, active=False)
    with house.engine.transaction(TEAM, house.member) as tx:
        claim_admin(tx, house.member)
        assert tx.actor == house.member
    with house.engine.view(TEAM) as view:
        assert [member.name for member in members_with(view, Role.ADMIN)] == ["Max"]


def test_recent_changes_name_who_and_what(house):
    with house.engine.transaction(TEAM, house.admin) as tx:
        settings.set_locale(tx, "en")
        seq = set_role(tx, house.member.id, Role.LEAD)
    with house.engine.view(TEAM) as view:
        newest, older = recent_changes(view)
        assert (newest.seq, newest.kind, newest.subject_name, newest.actor) == (seq, "role", "Max", "Ada")
        assert newest.can_undo
        assert (older.kind, older.subject_name) == ("locale", "")
        assert recent_changes(view, before_seq=newest.seq) == [older]
        assert get_change(view, seq) == newest


def test_only_settings_changes_of_this_workspace_are_undone(house):
    ensure_workspace(house.engine, "T2", "Other", None)
    with house.engine.transaction("T2") as tx:
        foreign = settings.set_locale(tx, "en")
    for seq in (foreign, 999):
        with pytest.raises(NotFound), house.engine.transaction(TEAM) as tx:
            undo_change(tx, seq)
        with pytest.raises(NotFound), house.engine.view(TEAM) as view:
            get_change(view, seq)
    assert house.count(Workspace) == 2


def test_holidays_by_state_and_language():
    epiphany = date(2027, 1, 6)
    new_year = date(2027, 1, 1)
    span = (date(2026, 12, 28), date(2027, 1, 10))
    assert holidays_between("DE-NW", *span) == {new_year: "Neujahr"}
    assert holidays_between("DE-BY", *span, "de") == {new_year: "Neujahr", epiphany: "Heilige Drei Könige"}
    assert holidays_between("DE-NW", *span, "en") == {new_year: "New Year's Day"}
    assert holidays_between("DE-NW", *span, "fr") == holidays_between("DE-NW", *span, "en")
    assert holidays_between(None, *span) == {}


@pytest.mark.parametrize("code", STATES)
def test_every_state_has_its_holidays_in_2027(code):
    named = holidays_between(code, date(2027, 1, 1), date(2027, 12, 31))
    assert date(2027, 10, 3) in named
    assert 10 <= len(named) <= 14
