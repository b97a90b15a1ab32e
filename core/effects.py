"""The outbox dispatcher: claims what is due, hands it to its handler, and writes down what became of it.

A handler answers with `Arrived`, `Later` or `Never`. What it raises counts as "later, and it may have arrived". Waiting grows
from a second to about a minute, so a service that was away for a day is caught up with within a minute of its return.
"""

import logging
import random
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.transaction import Engine
from storage import outbox
from storage.database import DatabaseUnavailable
from storage.outbox import Claim as Claim
from storage.outbox import Draft as Draft

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # longer than any handler's time-outs together
LONGEST_WAIT_S = 64.0
POLL_S = 2.0
UNEXPECTED_ATTEMPTS = 20  # after so many unexpected failures in a row an effect is given up


@dataclass(frozen=True)
class Arrived:
    """Done. The lane rests for `rest` before its next effect."""

    rest: timedelta = timedelta(0)


@dataclass(frozen=True)
class Later:
    """Not now. `after` None: the dispatcher's own growing wait. `known`: the attempt surely had no effect outside."""

    reason: str
    after: timedelta | None = None
    known: bool = True


@dataclass(frozen=True)
class Never:
    """It will not work, however often it is tried."""

    reason: str


Answer = Arrived | Later | Never
Handler = Callable[[Claim], Answer]


def wait(attempts: int) -> timedelta:
    """How long to wait after the given number of attempts: 2^n seconds plus up to one, 64 at most."""
    return timedelta(seconds=min(2.0 ** min(attempts - 1, 6) + random.random(), LONGEST_WAIT_S))


class Dispatcher:
    """Worker threads over the outbox. `wake` says that something was committed; without it, the table is polled."""

    def __init__(
        self, engine: Engine, handlers: Mapping[str, Handler], *, workers: int = 8, lease: timedelta = LEASE
    ) -> None:
        self._engine = engine
        self._handlers = handlers
        self._lease = lease
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="outbox")
        self._signal = threading.Event()
        self._stopping = threading.Event()
        self._counting = threading.Lock()  # over the two below: workers and the loop change them
        self._resting: dict[str, datetime] = {}
        self._running = 0
        self._thread = threading.Thread(target=self._loop, name="outbox", daemon=True)

    def start(self) -> None:
        """Begin to dispatch in the background. An SQLite database has one process: leases left by a crash end now."""
        if self._engine.database.sqlite:
            with self._engine.database.write() as session:
                outbox.release_leases(session)
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Claim nothing more and wait for what is under way."""
        self._stopping.set()
        self._signal.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def wake(self) -> None:
        """Something was committed."""
        self._signal.set()

    def run_due(self) -> int:
        """Dispatch everything that is due, in this thread, and what becomes due by it; how many. For tools and tests."""
        count = 0
        while claims := self._claim(self._workers):
            for claim in claims:
                self._handle(claim)
            count += len(claims)
        return count

    def _loop(self) -> None:
        while not self._stopping.is_set():
            self._signal.clear()
            try:
                room = self._workers - self._running
                claims = self._claim(room) if room else []
                for claim in claims:
                    with self._counting:
                        self._running += 1
                    self._pool.submit(self._handle, claim).add_done_callback(self._done)
                pause = 0.0 if claims and room else self._pause()
            except DatabaseUnavailable as error:
                log.warning("outbox: the database is unavailable: %s", error)
                pause = POLL_S
            except Exception:  # whatever it is, the next round may go well; without this thread nothing leaves any more
                log.exception("outbox: a round failed")
                pause = POLL_S
            if pause:
                self._signal.wait(pause)

    def _pause(self) -> float:
        """Seconds until there may be something to do without a wake."""
        now = self._engine.clock()
        with self._counting:
            ends = [until for until in self._resting.values() if until > now]
        with self._engine.database.read() as session:
            due = outbox.next_due(session)
        soonest = min((*ends, *((due,) if due and due > now else ())), default=None)
        return min(POLL_S, max(0.01, (soonest - now).total_seconds())) if soonest else POLL_S

    def _done(self, future: "Future[None]") -> None:
        with self._counting:
            self._running -= 1
        if not future.cancelled() and (error := future.exception()) is not None:
            log.error("outbox: a result is not written; the lease ends by itself", exc_info=error)
        self._signal.set()

    def _claim(self, limit: int) -> list[Claim]:
        now = self._engine.clock()
        with self._counting:
            self._resting = {lane: until for lane, until in self._resting.items() if until > now}
            resting = list(self._resting)
        with self._engine.database.read() as session:
            due = outbox.next_due(session)
        if due is None or due > now:
            return []
        with self._engine.database.write() as session:
            return outbox.claim(session, now, self._lease, limit, resting)

    def _handle(self, claim: Claim) -> None:
        answer = self._ask(claim)
        now = self._engine.clock()
        if isinstance(answer, Arrived) and answer.rest:
            with self._counting:
                self._resting[claim.lane] = now + answer.rest
        try:
            with self._engine.database.write() as session:
                match answer:
                    case Arrived():
                        outbox.finish(session, claim.id, now)
                    case Later(reason, after, known):
                        due = now + (after or wait(claim.attempts))
                        sure = known and not claim.maybe_sent  # what an earlier attempt left open stays open
                        outbox.postpone(session, claim, due, reason, known=sure)
                    case Never(reason):
                        log.error("outbox: gave up %s %s: %s", claim.kind, claim.id, reason)
                        outbox.give_up(session, claim.id, now, reason)
        except DatabaseUnavailable as error:
            # The lease ends by itself, and the next claim knows that it may have arrived.
            log.warning("outbox: the result of %s is not written: %s", claim.id, error)

    def _ask(self, claim: Claim) -> Answer:
        handler = self._handlers.get(claim.kind)
        if handler is None:
            return Never(f"nobody handles {claim.kind}")
        try:
            return handler(claim)
        except DatabaseUnavailable as error:
            return Later(f"the database is unavailable: {error}", known=False)
        except Exception as error:  # one broken effect must not stop the others
            log.exception("outbox: %s %s failed", claim.kind, claim.id)
            reason = f"{type(error).__name__}: {error}"
            return Never(reason) if claim.attempts >= UNEXPECTED_ATTEMPTS else Later(reason, known=False)
