"""Two workspaces in one database, alike in everything that can be alike: neither sees or changes anything of the other's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from core.booking import agenda, appointments, availability, boards, customers
from core.booking.appointments import BookingRequest
from core.booking.calendar import calendars, causes, conflicts, mirror, sync
from core.booking.outcomes import asking, disputes, overview, recording
from core.booking.setup import changes, consultants, members, staffing, time_off, undo, workspace
from core.booking.setup import overview as situation
from core.booking.setup.staffing import ConsultantForm
from core.booking.setup.team_file import apply
from core.booking.setup.team_form import parse_team
from core.errors import NotFound, SlotNotOpen
from core.reactions import REACTIONS
from core.transaction import Engine, Transaction, View
from storage.tables import (
    CalendarEvent,
    Conflict,
    Effect,
    EffectState,
    Member,
    Outcome,
    Role,
    Workspace,
)
from tests.core.booking.house import DAY, NOON, Clock, at, engine_on

OWN, OTHER = "T0000OWN", "T0000OTHER"
HOUR = timedelta(hours=1)
TEAM = """
[workspace]
team_id = "{team}"
admins = ["U0000ADMIN"]
[[consultants]]
name = "Alex"
slack = "U0000ALEX"
calendar = "alex@example.com"
schedule = {{ mon = {week}, tue = {week}, wed = {week}, thu = {week}, fri = {week} }}
"""


@dataclass(frozen=True)
class Ids:
    """One of everything in a workspace, by id."""

    workspace: str
    member: str
    admin: str
    consultant: str
    coming: str
    cancelled: str
    over: str
    disputed: str
    customer: str
    time_off: str
    change: int
    dispute: str
    conflict: str
    calendar: str
    board: str


def furnish(engine: Engine, team: str) -> Ids:
    """The same people, names, calendars, customers, requests and events in every workspace."""
    workspace.ensure_workspace(engine, team)
    with engine.transaction(team) as tx:
        apply(tx, parse_team(TEAM.format(team=team, week='["09:00", "11:00", "14:00"]')))
        calendars.ensure_calendars(tx, None)
        [calendar] = calendars.calendars(tx)
        [alex] = consultants.list_consultants(tx)
        admin, member = members.ensure_member(tx, "U0000ADMIN"), members.ensure_member(tx, "U0000EMRE")
    clock = engine.clock
    assert isinstance(clock, Clock)
    ids = []
    with engine.transaction(team, admin) as tx:
        for day, hour in ((DAY, 9), (DAY, 11), (DAY - timedelta(days=7), 9), (DAY - timedelta(days=7), 11)):
            clock.now = at(7, day)
            tx.now = clock.now
            request = BookingRequest(
                alex.id, at(hour, day), "Anna Weber", "0171 5550001", request_key=f"V{day:%d}{hour}"
            )
            ids.append(appointments.book(tx, request).id)
        coming, cancelled, over, disputed = ids
        clock.now = tx.now = NOON
        appointments.cancel(tx, cancelled, "krank")
        off, _ = time_off.take_time_off(tx, alex.id, at(14), at(15), "Zahnarzt")
        recording.record(tx, disputed, Outcome.COMPLETED)
        row = appointments.get_appointment(tx, disputed)
        assert disputes.open_dispute(tx, row, Outcome.NO_SHOW, member.id)
        dispute = disputes.open_dispute_of(tx, disputed)
        assert dispute is not None
        board = boards.pin_board(tx, "C0000SAME", "today")
        tx.add(
            CalendarEvent(
                calendar_id=calendar.id, event_id="same", workspace_id=team, starts_at=at(9), ends_at=at(10),
                title=f"secret of {team}", changed_at=NOON, seen_at=NOON,
            ),
            Effect(
                workspace_id=team, lane="same", kind="test", state=EffectState.GIVEN_UP, created_at=NOON, due_at=NOON,
                error="no",
            ),
        )  # fmt: skip
        conflicts.reconcile_appointment(tx, appointments.get_appointment(tx, coming))
        [conflict] = tx.session.exec(select(Conflict).where(Conflict.workspace_id == team)).all()
        [change, *_] = undo.recent_changes(tx, 1)
        return Ids(
            team, member.id, admin.id, alex.id, coming, cancelled, over, disputed, row.customer_id, off.id,
            change.seq, dispute.id, conflict.id, calendar.id, board.id,
        )  # fmt: skip


@dataclass(frozen=True)
class Two:
    """Who acts, and whose things they reach for."""

    engine: Engine
    own: Ids
    other: Ids

    def admin(self) -> Member:
        with self.engine.view(OWN) as view:
            return members.get_member(view, self.own.admin)

    def everything_of(self, team: str) -> dict[str, list[dict[str, Any]]]:
        """All rows of a workspace by table."""
        found = {}
        with self.engine.database.read() as session:
            for mapper in SQLModel._sa_registry.mappers:
                table = mapper.class_
                mine = table.id if table is Workspace else table.workspace_id
                rows = session.exec(select(table).where(mine == team)).all()
                found[table.__name__] = sorted((row.model_dump() for row in rows), key=repr)
        return found


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def furnished(request: pytest.FixtureRequest, database_folder: Path) -> Iterator[Two]:
    with engine_on(request.param, database_folder) as made:
        engine = Engine(made.database, made.sealer, made.clock, made.new_id, REACTIONS)
        yield Two(engine, furnish(engine, OWN), furnish(engine, OTHER))


@pytest.fixture
def two(furnished: Two) -> Iterator[Two]:
    """And whatever the test does in the one, the other is as it was."""
    before = furnished.everything_of(OTHER)
    yield furnished
    assert furnished.everything_of(OTHER) == before


FORM = ConsultantForm("Alex B.")
REACHES: dict[str, Callable[[Transaction, Ids, Ids], object]] = {
    "see an appointment": lambda tx, own, other: appointments.get_appointment(tx, other.coming),
    "move": lambda tx, own, other: appointments.reschedule(tx, other.coming, own.consultant, at(14)),
    "cancel": lambda tx, own, other: appointments.cancel(tx, other.coming, "so"),
    "undo": lambda tx, own, other: appointments.undo(tx, other.coming),
    "reinstate": lambda tx, own, other: appointments.reinstate(tx, other.cancelled),
    "book what follows theirs": lambda tx, own, other: appointments.book(
        tx, BookingRequest(own.consultant, at(11), "Neu", follows_id=other.over)
    ),
    "record": lambda tx, own, other: recording.record(tx, other.over, Outcome.COMPLETED),
    "claim": lambda tx, own, other: recording.record(tx, other.disputed, Outcome.NO_SHOW, claim=True),
    "correct": lambda tx, own, other: recording.correct(tx, other.disputed, Outcome.NO_SHOW),
    "see how one ended": lambda tx, own, other: overview.ending(tx, other.over),
    "see a dispute": lambda tx, own, other: disputes.get_dispute(tx, other.dispute),
    "settle": lambda tx, own, other: disputes.settle(tx, other.dispute, Outcome.NO_SHOW),
    "see a conflict": lambda tx, own, other: conflicts.get_conflict(tx, other.conflict),
    "ignore a conflict": lambda tx, own, other: conflicts.ignore(tx, other.conflict),
    "see a consultant": lambda tx, own, other: consultants.get_consultant(tx, other.consultant),
    "change a consultant": lambda tx, own, other: staffing.change_consultant(tx, other.consultant, FORM),
    "remove a consultant": lambda tx, own, other: staffing.remove_consultant(tx, other.consultant),
    "change a week": lambda tx, own, other: staffing.replace_week(tx, other.consultant, []),
    "link their member": lambda tx, own, other: staffing.add_consultant(
        tx, ConsultantForm("Bea", member_id=other.member)
    ),
    "see a member": lambda tx, own, other: members.get_member(tx, other.member),
    "give a role": lambda tx, own, other: members.set_role(tx, other.member, Role.ADMIN),
    "close their consultant": lambda tx, own, other: time_off.take_time_off(tx, other.consultant, at(9), at(10)),
    "see time off": lambda tx, own, other: time_off.get_time_off(tx, other.time_off),
    "end time off": lambda tx, own, other: time_off.remove_time_off(tx, other.time_off),
    "see a change": lambda tx, own, other: undo.get_change(tx, other.change),
    "take a change back": lambda tx, own, other: undo.undo_change(tx, other.change),
    "end a board": lambda tx, own, other: boards.end_board(tx, other.board),
}


@pytest.mark.parametrize("what", REACHES)
def test_whoever_reaches_over_finds_nothing_there(two: Two, what: str) -> None:
    before = two.everything_of(OWN)
    with pytest.raises(NotFound), two.engine.transaction(OWN, two.admin()) as tx:
        REACHES[what](tx, two.own, two.other)
    assert two.everything_of(OWN) == before


def test_who_names_their_consultant_is_offered_their_own(two: Two) -> None:
    own, other = two.own, two.other
    wanted = BookingRequest(other.consultant, at(11), "Neu")
    for attempt in (
        lambda tx: appointments.book(tx, wanted),
        lambda tx: appointments.reschedule(tx, own.coming, other.consultant, at(11)),
    ):
        with pytest.raises(SlotNotOpen) as refused, two.engine.transaction(OWN, two.admin()) as tx:
            attempt(tx)
        assert (refused.value.slot.consultant, refused.value.slot.capacity) == ("", 0)
        assert {slot.consultant_id for slot in refused.value.alternatives} == {own.consultant}


LOOKS: dict[str, Callable[[View, Ids], object]] = {
    "a customer": lambda view, other: customers.get_customer(view, other.customer),
    "a week": lambda view, other: consultants.week_of(view, other.consultant),
    "coming appointments": lambda view, other: consultants.coming_appointments(view, other.consultant),
    "time off": lambda view, other: time_off.coming_time_off(view, other.consultant),
    "whom time off concerns": lambda view, other: time_off.affected_by(view, other.consultant, at(8), at(20)),
    "their slots": lambda view, other: availability.day_slots(view, [DAY], [other.consultant]),
    "agenda": lambda view, other: agenda.my_appointments(view, other.admin).items,
    "what they still owe": lambda view, other: overview.still_due(view, other.admin),
    "disputes": lambda view, other: overview.open_disputes_of(view, [other.disputed]),
    "an open dispute": lambda view, other: disputes.open_dispute_of(view, other.disputed),
    "who spoke": lambda view, other: disputes.voices(view, other.disputed),
    "Slack ids": lambda view, other: members.slack_ids(view, [other.member, other.admin]),
    "the last change": lambda view, other: changes.last_change(view, other.consultant),
}


@pytest.mark.parametrize("what", LOOKS)
def test_whoever_looks_over_sees_nothing(two: Two, what: str) -> None:
    with two.engine.view(OWN, two.admin()) as view:
        assert not LOOKS[what](view, two.other)


def test_what_is_alike_is_each_ones_own(two: Two) -> None:
    own = two.own
    with two.engine.view(OWN, two.admin()) as view:
        assert [one.id for one in consultants.list_consultants(view)] == [own.consultant]
        assert [key for key, *_ in consultants.named_consultants(view)] == [own.consultant]
        assert [one.id for one in members.members_with(view, Role.ADMIN)] == [own.admin]
        found = members.member_by_slack(view, "U0000EMRE")
        assert found is not None
        assert found.id == own.member
        for words in ("Weber", "0171 5550001"):
            assert [one.id for one in customers.find_customers(view, words)] == [own.customer]
        request = appointments.booked_by(view, f"V{DAY:%d}9")
        assert request is not None
        assert request.id == own.coming
        assert {one.consultant_id for one in availability.day_slots(view, [DAY])} == {own.consultant}
        assert [one.taken for one in availability.day_slots(view, [DAY])] == [1, 0, 0]
        assert {one.title for _, one in mirror.foreign_between(view, at(8), at(20))} == {f"secret of {OWN}"}
        assert [one.workspace_id for _, one in mirror.foreign_between(view, at(8), at(20))] == [OWN]
        assert [one.id for one in mirror.consultants_of(view, "alex@example.com")] == [own.consultant]
        assert [one.id for one in calendars.calendars(view)] == [own.calendar]
        assert set(calendars.due_calendars(view)) <= {own.calendar}
        assert causes.everybody(view) == [own.consultant]
        assert [one.id for one in time_off.coming_time_off(view)] == [own.time_off]
        assert list(boards.live_boards(view)) == [(own.board, "C0000SAME")]
        assert situation.given_up(view).count == 1


def test_the_sweeps_of_one_touch_nothing_of_the_other(two: Two) -> None:
    clock = two.engine.clock
    assert isinstance(clock, Clock)
    assert asking.ask_due(two.engine, OWN).asked == 1
    clock.now += timedelta(days=4)
    asking.close_day(two.engine, OWN)
    assert asking.escalate_due(two.engine, OWN).escalated >= 1
    clock.now = NOON
    with two.engine.transaction(OWN, two.admin()) as tx:
        conflicts.reconcile(tx, causes.everybody(tx))
        workspace.set_holidays(tx, "DE-BY")
        workspace.set_rules(tx, daily_cap=1)
        assert situation.retry_given_up(tx) == 1
        calendars.end_leases(tx)


def test_a_calendar_of_the_others_is_not_synced(two: Two) -> None:
    class NoPort:
        def __getattr__(self, name: str) -> object:
            raise AssertionError("nobody asks a calendar of somebody else's")

    with pytest.raises(NotFound):
        sync.sync_calendar(two.engine, NoPort(), OWN, two.other.calendar)  # type: ignore[arg-type]
