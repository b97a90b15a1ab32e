"""The hint between processes: it arrives quickly, and nobody minds when there is no Redis."""

import threading
import time

from storage.signals import Signal
from tests.services import REDIS, missing, redis_runs


def test_one_process_wakes_the_other() -> None:
    if not redis_runs():
        missing(f"no Redis at {REDIS}")
    heard = threading.Event()
    speaker, listener = Signal(REDIS), Signal(REDIS)
    try:
        listener.start(heard.set)
        speaker.start(lambda: None)
        end = time.monotonic() + 20
        while not listener.reachable and time.monotonic() < end:
            time.sleep(0.01)
        speaker.tell()
        assert heard.wait(20)
    finally:
        speaker.stop()
        listener.stop()


def test_without_redis_nothing_waits_and_nothing_fails() -> None:
    for url in (None, "redis://127.0.0.1:1/0"):
        signal = Signal(url)
        signal.start(lambda: None)
        began = time.monotonic()
        for _ in range(100):
            signal.tell()
        assert time.monotonic() - began < 5
        assert not signal.reachable
        signal.stop()
