"""Where a message stands in Slack: remembered, corrected, forgotten."""

from concurrent.futures import ThreadPoolExecutor

from core.booking.setup.workspace import ensure_workspace
from core.posts import find_post, forget_post, remember_post
from core.transaction import Engine

KEY = "booking:1:C1"


def test_several_who_remember_the_same_message_at_once_all_succeed(standing: Engine) -> None:
    ensure_workspace(standing, "T1", "Firm", "UBOT")

    def remember(n: int) -> None:
        with standing.transaction("T1") as tx:
            remember_post(tx, KEY, "C1", str(n), "digest")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(remember, range(8)))
    remember(9)
    with standing.transaction("T1") as tx:
        found = find_post(tx, KEY)
        assert found is not None
        assert (found.ts, found.digest, found.posted_at) == ("9", "digest", tx.now)
    for _ in range(2):
        with standing.transaction("T1") as tx:
            forget_post(tx, KEY)
            tx.session.expire_all()
            assert find_post(tx, KEY) is None
