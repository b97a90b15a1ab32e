"""What only a real database decides: locks, unique rows and bulk inserts, on SQLite and PostgreSQL."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from core.booking.setup.consultants import list_consultants, week_of
from core.booking.setup.history import import_history
from core.booking.setup.members import ensure_member, member_by_slack, members_with, set_role
from core.booking.setup.staffing import ConsultantForm, add_consultant, replace_week
from core.booking.setup.team_file import apply, parse_team, plan
from core.booking.setup.time_off import coming_time_off, take_time_off
from core.booking.setup.undo import recent_changes, undo_change
from core.booking.setup.week_text import parse_week
from core.booking.setup.workspace import ensure_workspace
from core.errors import Refusal
from core.transaction import Engine
from storage.crypto import Sealer, new_key, parse_keys
from storage.database import Database
from storage.tables import Role

from .conftest import TEAM
from .test_history import line
from .test_team_file import FILE

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WORKERS = 6


@pytest.fixture
def both(database_url: str) -> Iterator[Engine]:
    database = Database(database_url)
    sealer = Sealer(parse_keys(new_key()))
    yield Engine(database, sealer, lambda: NOW, lambda: uuid.uuid4().hex, {})
    database.dispose()


def at_once(work: Callable[[int], object]) -> list[object]:
    """What each of several simultaneous attempts came to: its answer, or how it was refused."""

    def attempt(number: int) -> object:
        try:
            return work(number)
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(attempt, range(WORKERS)))


def test_a_workspace_made_many_times_at_once_has_one_key(both: Engine) -> None:
    def make(_number: int) -> str:
        ensure_workspace(both, TEAM, "Rheinblick", "UBOT")
        with both.view(TEAM) as view:
            return view.index_key

    assert len(set(at_once(make))) == 1


def test_a_member_met_many_times_at_once_is_one(both: Engine) -> None:
    ensure_workspace(both, TEAM, "Rheinblick", None)

    def meet(_number: int) -> str:
        with both.transaction(TEAM) as tx:
            return ensure_member(tx, "U0NEW", "Nora").id

    assert len(set(at_once(meet))) == 1


def test_one_of_many_equal_names_is_taken(both: Engine) -> None:
    ensure_workspace(both, TEAM, "Rheinblick", None)

    def add(number: int) -> str:
        with both.transaction(TEAM) as tx:
            return add_consultant(tx, ConsultantForm("ALEX" if number % 2 else "Alex")).id

    assert sum(isinstance(result, str) for result in at_once(add)) == 1
    with both.view(TEAM) as view:
        assert len(list_consultants(view)) == 1


def test_admins_who_demote_each_other_at_once_leave_one(both: Engine) -> None:
    ensure_workspace(both, TEAM, "Rheinblick", None)
    with both.transaction(TEAM) as tx:
        for number in range(WORKERS):
            set_role(tx, ensure_member(tx, f"U00{number}").id, Role.ADMIN)

    def demote(number: int) -> object:
        with both.transaction(TEAM) as tx:
            other = member_by_slack(tx, f"U00{number}")
            return set_role(tx, other.id, Role.MEMBER)

    at_once(demote)
    with both.view(TEAM) as view:
        assert len(members_with(view, Role.ADMIN)) == 1


def test_a_team_file_twice_and_everything_taken_back(both: Engine) -> None:
    ensure_workspace(both, TEAM, "Rheinblick", None)
    with both.transaction(TEAM) as tx:
        assert len(apply(tx, parse_team(FILE))) == 8
    with both.view(TEAM) as view:
        assert plan(view, parse_team(FILE)) == []
        alex = list_consultants(view)[0]
    with both.transaction(TEAM) as tx:
        replace_week(tx, alex.id, parse_week("wed 8", 60, 3), NOW.date(), NOW.date() + timedelta(days=7))
        take_time_off(tx, None, NOW, NOW + timedelta(hours=1), "Feier")
        assert len(week_of(tx, alex.id)) == 15
    with both.view(TEAM) as view:
        changes = recent_changes(view, 50)
    for change in changes:
        with suppress(Refusal), both.transaction(TEAM) as tx:
            undo_change(tx, change.seq)
    with both.view(TEAM) as view:
        assert list_consultants(view) == []
        assert coming_time_off(view) == []
        assert view.workspace.holidays is None


def test_an_import_by_two_at_once_adds_everything_once(both: Engine) -> None:
    ensure_workspace(both, TEAM, "Rheinblick", None)
    with both.transaction(TEAM) as tx:
        add_consultant(tx, ConsultantForm("Alex"))
    lines = [
        line(n, customer={"name": f"K{n}", "phone": f"+4915550{n:06d}", "email": None}, outcome=None)
        for n in range(1, 1201)
    ]
    reports = at_once(lambda _number: import_history(both, TEAM, lines))
    assert sum(report.added for report in reports) == 1200
    assert sum(report.already for report in reports) == 1200 * (WORKERS - 1)
    assert [report.bad for report in reports] == [[]] * WORKERS
