"""Two processes on one PostgreSQL: one outbox, each effect once, every lane in order, with Redis and without."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.wiring import Bot
from core.booking import appointments as booking
from core.booking.appointments import BookingRequest
from core.errors import CustomerBusy, SlotNotOpen
from core.transaction import Engine
from storage.database import DatabaseBusy
from storage.tables import Appointment, State
from tests import desk as at
from tests import services
from tests.held import accounts
from tests.held.stage import STRESS, firm

LONG_LEASE = timedelta(hours=9)  # the clock is put forward here, and no worker dies
THREADS = 8


@contextmanager
def pair(folder: Path, redis_url: str | None) -> Iterator[tuple[at.Desk, list[Bot]]]:
    """A desk and a second bot beside its own."""
    with (
        services.fresh_database("postgresql", folder) as url,
        at.open_desk(url, team=firm(9), rate_limits=False, lease=LONG_LEASE, redis_url=redis_url) as desk,
        at.running_bot(desk.served, url, desk.clock, lease=LONG_LEASE, redis_url=redis_url) as second,
    ):
        yield desk, [desk.bot, second]


@pytest.mark.parametrize("redis", [False, True], ids=["alone", "with Redis"])
def test_both_work_and_nothing_is_done_twice(database_folder: Path, redis: bool) -> None:
    if redis and not services.redis_runs():
        services.missing(f"no Redis at {services.REDIS}")
    with pair(database_folder, services.REDIS if redis else None) as (desk, bots):
        actor, alex, bea = desk.member(at.AGENT), desk.consultant("Alex"), desk.consultant("Bea")

        def start(hour: int) -> datetime:
            return datetime.combine(at.DAY, time(hour), tzinfo=at.BERLIN).astimezone(UTC)

        def change(engine: Engine, use_case: Callable[..., Appointment], *arguments: object) -> str:
            """Press again when the database asks for patience, as a person would; the appointment's id."""
            while True:
                try:
                    with engine.transaction(at.TEAM, actor) as tx:
                        return use_case(tx, *arguments).id
                except DatabaseBusy:
                    continue  # nothing was written: a machine under load stood still for two seconds

        def live(number: int) -> int:
            """Book, move and cancel in turns on both; how often a seat was gone."""
            refused = 0
            for n in range(3 * STRESS):
                engine = bots[(number + n) % 2].engine
                try:
                    request = BookingRequest(alex, start(9 + n % 9), f"Frau {number} {n}", request_key=f"{number}:{n}")
                    key = change(engine, booking.book, request)
                    if number % 3 == 0:
                        change(engine, booking.reschedule, key, bea, start(9 + (n + number) % 9))
                    if number % 4 == 1:
                        change(engine, booking.cancel, key, "krank")
                except (SlotNotOpen, CustomerBusy):
                    refused += 1
            return refused

        with ThreadPoolExecutor(THREADS) as threads:
            assert sum(threads.map(live, range(THREADS))) < 3 * STRESS * THREADS

        def empty() -> bool:
            desk.clock.forward(timedelta(seconds=2))
            for one in bots:
                one.dispatcher.wake()
            return not accounts.waiting(desk.engine)

        at.wait_until(empty, "an empty outbox", 60)
        assert accounts.contradictions(desk.engine, desk.world) == []
        assert any(one.state == State.CANCELLED for one in desk.appointments())
