"""Two processes on one PostgreSQL: one outbox, each effect once, every lane in order, with Redis and without."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from bot.wiring import Bot
from core.booking import appointments as booking
from core.booking.appointments import BookingRequest
from core.errors import CustomerBusy, SlotNotOpen
from storage.tables import State
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
            return datetime.combine(at.DAY, time(hour), tzinfo=at.BERLIN).astimezone(at.UTC)

        def live(number: int) -> int:
            """Book, move and cancel in turns on both; how often the database asked for patience."""
            refused = 0
            for n in range(3 * STRESS):
                engine = bots[(number + n) % 2].engine
                try:
                    request = BookingRequest(alex, start(9 + n % 9), f"Frau {number} {n}", request_key=f"{number}:{n}")
                    with engine.transaction(at.TEAM, actor) as tx:
                        key = booking.book(tx, request).id
                    if number % 3 == 0:
                        with engine.transaction(at.TEAM, actor) as tx:
                            booking.reschedule(tx, key, bea, start(9 + (n + number) % 9))
                    if number % 4 == 1:
                        with engine.transaction(at.TEAM, actor) as tx:
                            booking.cancel(tx, key, "krank")
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
