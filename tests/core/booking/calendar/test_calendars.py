"""Which calendars are kept in step, when they are due, and how Google tells of changes."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from core.booking.calendar.calendars import calendars, due_calendars, end_leases, ensure_calendars, interval
from core.booking.calendar.sync import SyncEnd, sync_calendar
from core.booking.calendar.watching import Notified, notified, renew_watches
from storage.tables import Consultant
from tests.core.booking.calendar.practice import ALEX, BEA, CENTRAL, Practice


def kept(practice: Practice) -> list[str]:
    with practice.engine.view(practice.w) as view:
        return [one.google_id for one in calendars(view)]


def due(practice: Practice) -> list[str]:
    with practice.engine.view(practice.w) as view:
        names = {one.id: one.google_id for one in calendars(view)}
        return [names[one] for one in due_calendars(view)]


def change(practice: Practice, name: str, **values: object) -> None:
    with practice.engine.transaction(practice.w) as tx:
        row = tx.session.get_one(Consultant, practice.ids[name])
        for key, value in values.items():
            setattr(row, key, value)
        tx.add(row)


def test_the_used_calendars_are_kept_and_asking_twice_changes_nothing(practice: Practice) -> None:
    practice.act(None, lambda tx: ensure_calendars(tx, CENTRAL))
    assert kept(practice) == [ALEX, BEA, CENTRAL]
    before = practice.calendar(ALEX).id
    practice.act(None, lambda tx: ensure_calendars(tx, CENTRAL))
    assert practice.calendar(ALEX).id == before
    practice.act(None, lambda tx: ensure_calendars(tx, None))
    assert kept(practice) == [ALEX, BEA]


def test_who_left_counts_while_appointments_are_to_come(practice: Practice) -> None:
    practice.sync()
    practice.book(9)
    practice.flush()
    change(practice, "alex", active=False)
    practice.act(None, lambda tx: ensure_calendars(tx, CENTRAL))
    assert ALEX in kept(practice)
    practice.tick(days=2)
    practice.act(None, lambda tx: ensure_calendars(tx, CENTRAL))
    assert ALEX not in kept(practice)


def test_a_new_calendar_takes_the_coming_events_from_the_old_one(practice: Practice) -> None:
    practice.sync()
    booked = practice.book(9)
    practice.flush()
    practice.google.add_calendar("new@example.com", "Neu")
    practice.google.share("new@example.com", "bot@slotquest-sandbox.iam.gserviceaccount.com")
    change(practice, "alex", calendar="new@example.com")
    practice.act(None, lambda tx: ensure_calendars(tx, CENTRAL))
    practice.sync("new@example.com", BEA, CENTRAL)
    practice.flush()
    assert practice.events(ALEX) == {}
    assert set(practice.events("new@example.com")) == {f"sq{booked}"}
    change(practice, "alex", calendar=None)
    practice.act(None, lambda tx: ensure_calendars(tx, CENTRAL))
    practice.sync(BEA, CENTRAL)
    practice.flush()
    assert practice.events("new@example.com") == {}
    assert set(practice.events(CENTRAL)) == {f"sq{booked}"}


def test_a_booking_that_moved_out_of_the_shared_calendar_leaves_it(practice: Practice) -> None:
    practice.sync()
    booked = practice.book(9, "cem")
    practice.flush()
    change(practice, "cem", calendar=BEA)
    practice.sync()
    practice.flush()
    assert practice.events(CENTRAL) == {}
    assert set(practice.events(BEA)) == {f"sq{booked}"}


@pytest.mark.parametrize(
    ("local", "minutes"),
    [
        ("2026-11-18T07:00+01:00", 5),
        ("2026-11-18T06:59+01:00", 60),
        ("2026-11-18T19:59+01:00", 5),
        ("2026-11-18T20:00+01:00", 60),
        ("2026-11-21T12:00+01:00", 60),
        ("2026-07-01T07:00+02:00", 5),
    ],
)
def test_every_five_minutes_in_working_hours(practice: Practice, local: str, minutes: int) -> None:
    practice.now = datetime.fromisoformat(local).astimezone(UTC)
    with practice.engine.view(practice.w) as view:
        assert interval(view) == timedelta(minutes=minutes)


def test_who_waited_is_due_and_who_failed_waits(practice: Practice) -> None:
    assert due(practice) == kept_by_id(practice)
    practice.sync(BEA)
    assert BEA not in due(practice)
    practice.tick(minutes=5)
    assert due(practice)[-1] == BEA
    practice.near.breaks["list"] = ["down"]
    assert sync_calendar(practice.engine, practice.port, practice.w, practice.calendar(ALEX).id) is SyncEnd.FAILED
    assert ALEX not in due(practice)
    practice.tick(minutes=1)
    assert ALEX in due(practice)


def test_after_a_sync_that_did_not_reach_google_it_is_tried_again_within_a_minute_although_it_is_fresh(
    practice: Practice,
) -> None:
    practice.sync(ALEX)
    practice.near.breaks["list"] = ["down"]
    assert sync_calendar(practice.engine, practice.port, practice.w, practice.calendar(ALEX).id) is SyncEnd.FAILED
    assert ALEX not in due(practice)
    practice.tick(minutes=1)
    assert ALEX in due(practice)
    practice.sync(ALEX)
    practice.tick(minutes=1)
    assert ALEX not in due(practice)


def kept_by_id(practice: Practice) -> list[str]:
    with practice.engine.view(practice.w) as view:
        return [one.google_id for one in sorted(calendars(view), key=lambda c: c.id)]


def test_a_killed_sync_frees_its_calendar_when_the_process_starts(practice: Practice) -> None:
    practice.near.meanwhile["list"] = lambda: (_ for _ in ()).throw(SystemExit())
    with pytest.raises(SystemExit):
        practice.sync(ALEX)
    assert ALEX not in due(practice)
    practice.act(None, end_leases)
    practice.sync(ALEX)


def test_channels_are_opened_once_and_renewed_before_they_end(practice: Practice) -> None:
    def renew() -> int:
        return renew_watches(practice.engine, practice.port, practice.w, "https://bot.example.com/")

    assert renew() == 3
    assert renew() == 0
    first = practice.calendar(ALEX)
    assert {one.address for one in practice.google.channels.values()} == {
        "https://bot.example.com/google/notifications"
    }
    assert first.channel_expires_at
    practice.now = first.channel_expires_at - timedelta(hours=23)
    assert renew() == 3
    second = practice.calendar(ALEX)
    assert second.channel_id != first.channel_id
    assert len(practice.google.channels) == 3


def test_a_calendar_that_cannot_be_watched_does_not_stop_the_others(practice: Practice) -> None:
    practice.near.breaks["watch"] = ["down"]
    assert renew_watches(practice.engine, practice.port, practice.w, "https://bot.example.com") == 2
    assert renew_watches(practice.engine, practice.port, practice.w, "https://bot.example.com") == 1


def test_only_genuine_notices_count(practice: Practice) -> None:
    renew_watches(practice.engine, practice.port, practice.w, "https://bot.example.com")
    row = practice.calendar(ALEX)
    channel, token, resource = row.channel_id or "", row.channel_token or "", row.channel_resource or ""
    assert notified(practice.engine, channel, token, resource) == (practice.w, row.id)
    for wrong in (
        ("", "", ""),
        (channel, "", resource),
        (channel, token + "x", resource),
        (channel, token, "ümlaut"),
        (channel, practice.calendar(BEA).channel_token or "", resource),
        ("unknown", token, resource),
    ):
        assert notified(practice.engine, *wrong) is None


def test_a_notice_during_a_sync_waits_for_the_next_one_and_one_waits_for_all(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    pausing, over = threading.Event(), threading.Event()

    def pause(_seconds: float) -> None:
        pausing.set()
        assert over.wait(60)

    monkeypatch.setattr("core.booking.calendar.watching.time", SimpleNamespace(sleep=pause))
    practice.sync()
    renew_watches(practice.engine, practice.port, practice.w, "https://bot.example.com")
    row = practice.calendar(ALEX)
    notice = (row.channel_id or "", row.channel_token or "", row.channel_resource or "")
    submitted: list[threading.Thread] = []

    def submit(work: Callable[..., object], *arguments: object) -> None:
        submitted.append(threading.Thread(target=work, args=arguments))

    told = Notified(practice.engine, practice.port, submit)

    def meanwhile() -> None:
        practice.person_adds(ALEX, 9, "Zu spät für diese Liste")
        told(*notice)
        told(*notice)
        submitted[1].start()
        assert pausing.wait(60), "it finds the sync under way"
        told(*notice)

    practice.near.meanwhile["list"] = meanwhile
    told(*notice)
    submitted[0].run()
    over.set()
    submitted[1].join(60)
    assert [event.title for event in practice.mirror(ALEX).values()] == ["Zu spät für diese Liste"]
    assert len(submitted) == 2
