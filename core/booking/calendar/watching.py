"""Push channels: Google tells of changes within seconds, where the bot has a public address. Syncs by the clock go on."""

import hmac
import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import or_, update
from sqlmodel import col, select

from core.booking.calendar.sync import SyncEnd, sync_calendar
from core.ports import CalendarError, CalendarPort, WatchChannel
from core.transaction import Engine
from storage.tables import Calendar

log = logging.getLogger(__name__)

NOTICE_PATH = "/google/notifications"
TTL = timedelta(days=7)
RENEW_BEFORE = timedelta(days=1)
TRIES, PAUSE_S = 20, 0.5  # a notice waits that long for a sync under way; then the clock has to do


def renew_watches(engine: Engine, port: CalendarPort, workspace_id: str, public_url: str) -> int:
    """Open a channel for each calendar that has none, or whose channel ends within a day; how many.

    The new one is open before the old one is stopped, so nothing is missed; told twice is harmless. A calendar that cannot
    be watched is left to the clock.
    """
    with engine.view(workspace_id) as view:
        ending = or_(
            col(Calendar.channel_expires_at).is_(None), col(Calendar.channel_expires_at) <= view.now + RENEW_BEFORE
        )
        statement = select(Calendar).where(Calendar.workspace_id == workspace_id, ending).order_by(col(Calendar.id))
        due = view.session.exec(statement).all()
    opened = 0
    for calendar in due:
        token = engine.new_id()
        try:
            address = public_url.rstrip("/") + NOTICE_PATH
            channel = port.watch(calendar.google_id, engine.new_id(), address, token, TTL)
        except CalendarError as error:
            log.warning("calendar: %s cannot be watched: %s", calendar.id, error)
            continue
        if _store(engine, calendar, channel, token):
            opened += 1
            if calendar.channel_id and calendar.channel_resource:
                _stop(port, calendar.channel_id, calendar.channel_resource)
        else:
            _stop(port, channel.id, channel.resource)  # another process was faster
    return opened


def notified(engine: Engine, channel_id: str, token: str, resource_id: str) -> tuple[str, str] | None:
    """The workspace and the calendar (row) that a notification is about.

    None unless channel, token and resource are those of a channel of ours.
    """
    with engine.database.read() as session:
        rows = session.exec(select(Calendar).where(Calendar.channel_id == channel_id)).all()
    for row in rows:
        genuine = [
            hmac.compare_digest((known or "").encode(), said.encode())
            for known, said in ((row.channel_token, token), (row.channel_resource, resource_id))
        ]
        if all(genuine) and row.channel_token and row.channel_resource:
            return row.workspace_id, row.id
    return None


class Notified:
    """Google says that a calendar has changed: it is synced, if the notice is one that we asked for.

    What changes while a sync is under way may not stand in its list any more, so that notice waits for the next one. One
    waits for all. `submit` has a function called in the background.
    """

    def __init__(self, engine: Engine, port: CalendarPort, submit: Callable[..., object]) -> None:
        self._engine, self._port, self._submit = engine, port, submit
        self._waiting: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def __call__(self, channel_id: str, token: str, resource_id: str) -> None:
        """Returns at once."""
        place = notified(self._engine, channel_id, token, resource_id)
        if place is not None and self._waits(place):
            self._submit(self._sync, place)

    def _waits(self, place: tuple[str, str]) -> bool:
        """Whether it did not wait before."""
        with self._lock:
            new = place not in self._waiting
            self._waiting.add(place)
            return new

    def _sync(self, place: tuple[str, str]) -> None:
        for _ in range(TRIES):
            with self._lock:
                self._waiting.discard(place)
            if sync_calendar(self._engine, self._port, *place) is not SyncEnd.BUSY or not self._waits(place):
                return
            time.sleep(PAUSE_S)
        with self._lock:
            self._waiting.discard(place)


def _store(engine: Engine, calendar: Calendar, channel: WatchChannel, token: str) -> bool:
    """Whether the calendar still had the channel that it was read with."""
    with engine.transaction(calendar.workspace_id) as tx:
        unchanged = (
            col(Calendar.channel_id).is_(None)
            if calendar.channel_id is None
            else col(Calendar.channel_id) == calendar.channel_id
        )
        statement = update(Calendar).where(col(Calendar.id) == calendar.id, unchanged)
        values = {
            "channel_id": channel.id,
            "channel_resource": channel.resource,
            "channel_token": token,
            "channel_expires_at": channel.expires_at,
        }
        return tx.session.connection().execute(statement.values(**values)).rowcount == 1


def _stop(port: CalendarPort, channel_id: str, resource: str) -> None:
    try:
        port.stop(channel_id, resource)
    except CalendarError as error:
        log.info("calendar: channel %s is left to end by itself: %s", channel_id, error)
