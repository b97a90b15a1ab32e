"""Whether the process does its work, part by part, for a load balancer or a person with a browser."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.services import Services
from core.booking.calendar.calendars import oldest_sync
from core.errors import DatabaseUnavailable
from storage import outbox

if TYPE_CHECKING:
    from bot.sockets import Sockets

OUTBOX_LATE = timedelta(minutes=10)  # older than this, something waits that should have left long ago


class Health:
    """Called by /healthz: (well, parts). Only what this process itself cannot mend makes it unwell."""

    def __init__(self, services: Services, sockets: "Sockets | None") -> None:
        self._services = services
        self._sockets = sockets

    def __call__(self) -> tuple[bool, dict[str, Any]]:
        database, outbox_part, sync = self._stored()
        slack = self._slack()
        parts = {"process": {"ok": True}, "database": database, "outbox": outbox_part, "sync": sync, "slack": slack}
        well = all(part["ok"] for part in parts.values())
        return well, {"ok": well, **parts}

    def _stored(self) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        now = self._services.engine.clock()
        try:
            with self._services.engine.database.read() as session:
                oldest = outbox.oldest_pending(session)
                synced = oldest_sync(session)
        except DatabaseUnavailable as error:
            unknown = {"ok": True, "unknown": True}
            return {"ok": False, "why": str(error)[:200]}, unknown, unknown
        age = (now - oldest).total_seconds() if oldest else 0.0
        late = age >= OUTBOX_LATE.total_seconds()
        return (
            {"ok": True},
            _part(
                {"oldest_seconds": round(age, 1)},
                "something waits to leave: Slack or Google may be away" if late else "",
            ),
            {
                "ok": True,
                "last": synced.isoformat() if synced else None,
                "connected": self._services.calendars is not None,
            },
        )

    def _slack(self) -> dict[str, Any]:
        known = self._services.me is not None
        why = "" if known else "Slack has not said who we are: `slotquest doctor` says why"
        if self._sockets is None:
            return _part({"mode": "http", "introduced": known}, why)
        alive = self._sockets.alive
        why = why or ("" if alive else "no WebSocket to Slack: `slotquest doctor` says why")
        return _part({"mode": "socket", "introduced": known, "connected": alive}, why)


def _part(facts: dict[str, Any], why: str) -> dict[str, Any]:
    """A part that is well unless there is something to say."""
    return {"ok": not why, **facts, **({"why": why} if why else {})}
