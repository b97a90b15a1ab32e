"""Push channels: Google tells of changes within seconds, where the bot has a public address. Syncs by the clock go on."""

import hmac
import logging
from datetime import timedelta

from sqlalchemy import or_, update
from sqlmodel import col, select

from core.ports import CalendarError, CalendarPort, WatchChannel
from core.transaction import Engine
from storage.tables import Calendar

log = logging.getLogger(__name__)

NOTICE_PATH = "/google/notifications"
TTL = timedelta(days=7)
RENEW_BEFORE = timedelta(days=1)


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
