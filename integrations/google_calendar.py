"""Google Calendar v3 behind the calendar port.

The client is imported and built on first use: it is slow to import, and a workspace without credentials never needs it.
httplib2 is not safe between threads, so each thread has a connection of its own. Nothing is repeated here (`num_retries=0`):
the outbox and the next sync repeat, and know how long to wait.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from core.ports import (
    CalendarAccess,
    CalendarRefused,
    ChangePage,
    EventChanged,
    EventDraft,
    RemoteEvent,
    SyncTokenExpired,
    WatchChannel,
)
from integrations.google_answers import BAD_KEY, Failed, answered, body_of, change_of, remote_event, says

TIMEOUT_S = 12.0
PAGE = 2500  # Google's largest
SCOPES = ["https://www.googleapis.com/auth/calendar.events"]
EVENT_FIELDS = (
    "id,status,summary,colorId,etag,updated,visibility,transparency,eventType,start,end,"
    "attendees(self,responseStatus),extendedProperties/private"
)
LIST_FIELDS = f"nextPageToken,nextSyncToken,timeZone,items({EVENT_FIELDS})"


class GoogleCalendar:
    """`credentials_info`: a service account's key as Google hands it out; its own token_uri is honoured.

    `base_url` ends in /calendar/v3/.
    """

    def __init__(self, credentials_info: dict[str, Any], base_url: str) -> None:
        self._info = credentials_info
        self._base_url = base_url if base_url.endswith("/") else f"{base_url}/"
        self._building = threading.Lock()
        self._client: Any = None
        self._credentials: Any = None
        self._local = threading.local()

    @property
    def account(self) -> str:
        """The address that calendars have to be shared with."""
        return str(self._info.get("client_email", ""))

    def changes(self, calendar: str, sync_token: str | None, since: datetime) -> Iterator[ChangePage]:
        """Pages until Google gives no further one. The token of the first run allows for no filter later on."""
        asked: dict[str, Any] = {
            "calendarId": calendar,
            "singleEvents": True,
            "maxResults": PAGE,
            "fields": LIST_FIELDS,
            **({"syncToken": sync_token} if sync_token else {"timeMin": since.astimezone(UTC).isoformat()}),
        }
        page_token: str | None = None
        while True:
            try:
                answer = self._read(partial(_page, asked=asked, token=page_token))
            except Failed as failed:
                if failed.status == 410:
                    raise SyncTokenExpired(failed.said) from failed
                raise failed.as_error(write=False) from failed
            zone = ZoneInfo(answer.get("timeZone") or "UTC")
            events = tuple(remote_event(item, zone) for item in answer.get("items", ()))
            page_token = answer.get("nextPageToken")
            yield ChangePage(events, answer.get("nextSyncToken") if not page_token else None, answer.get("timeZone"))
            if not page_token:
                return

    def put(self, calendar: str, event: EventDraft, etag: str | None) -> RemoteEvent:
        """One call, except where the id was used before (then: look, and bring a deleted event back).

        A living event that says something else raises EventChanged: a person was there in the meantime.
        """
        body = body_of(event)
        try:
            if etag is not None:
                return self._patch(calendar, event, etag)
            made = self._write(lambda events: events.insert(calendarId=calendar, body={"id": event.id, **body}))
            return remote_event(made, ZoneInfo(event.timezone))
        except Failed as failed:
            if failed.status == 412 or (failed.status == 410 and etag is not None):
                raise EventChanged(failed.said) from failed
            if failed.status == 404 and etag is not None:
                return self.put(calendar, event, None)
            if failed.status != 409:
                raise failed.as_error(write=True) from failed
        return self._revive(calendar, event)

    def _patch(self, calendar: str, event: EventDraft, etag: str) -> RemoteEvent:
        made = self._write(
            lambda events: events.patch(calendarId=calendar, eventId=event.id, body=change_of(event)), etag=etag
        )
        return remote_event(made, ZoneInfo(event.timezone))

    def _revive(self, calendar: str, event: EventDraft) -> RemoteEvent:
        """The id is taken: by our own insert whose answer was lost, or by the same event, deleted since."""
        zone = ZoneInfo(event.timezone)
        try:
            there = self._read(lambda events: events.get(calendarId=calendar, eventId=event.id))
            found = remote_event(there, zone)
            if not found.gone:
                if says(there, event, zone):
                    return found
                raise EventChanged("the event is there already and says something else")
            body = body_of(event)
            if event.colour is None and found.colour is not None:
                body["colorId"] = found.colour
            made = self._write(
                lambda events: events.update(calendarId=calendar, eventId=event.id, body=body), etag=found.etag
            )
            return remote_event(made, zone)
        except Failed as failed:
            if failed.status == 412:
                raise EventChanged(failed.said) from failed
            raise failed.as_error(write=True) from failed

    def get(self, calendar: str, event_id: str) -> RemoteEvent | None:
        """A deleted event is answered as gone, as long as Google remembers it."""
        try:
            found = self._read(lambda events: events.get(calendarId=calendar, eventId=event_id, fields=EVENT_FIELDS))
            zone = ZoneInfo("UTC")
            if "date" in found.get("start", {}):
                zone = ZoneInfo(self.access(calendar).timezone)
            return remote_event(found, zone)
        except Failed as failed:
            if failed.status == 404:
                return None
            if failed.status == 410:
                return RemoteEvent(id=event_id, gone=True)
            raise failed.as_error(write=False) from failed

    def remove(self, calendar: str, event_id: str) -> None:
        """Delete; 404 (never was there) and 410 (is gone) are as good."""
        try:
            self._write(lambda events: events.delete(calendarId=calendar, eventId=event_id))
        except Failed as failed:
            if failed.status not in (404, 410):
                raise failed.as_error(write=True) from failed

    def watch(self, calendar: str, channel_id: str, address: str, token: str, ttl: timedelta) -> WatchChannel:
        """Google wants an https address whose certificate it trusts."""
        body = {
            "id": channel_id,
            "type": "web_hook",
            "address": address,
            "token": token,
            "params": {"ttl": str(int(ttl.total_seconds()))},
        }
        try:
            made = self._write(lambda events: events.watch(calendarId=calendar, body=body))
        except Failed as failed:
            raise failed.as_error(write=True) from failed
        expires = datetime.fromtimestamp(int(made["expiration"]) / 1000, UTC)
        return WatchChannel(made["id"], made["resourceId"], expires)

    def stop(self, channel_id: str, resource: str) -> None:
        """End a channel; 404 means that it has ended."""
        body = {"id": channel_id, "resourceId": resource}
        try:
            self._call(lambda client: client.channels().stop(body=body))
        except Failed as failed:
            if failed.status != 404:
                raise failed.as_error(write=True) from failed

    def access(self, calendar: str) -> CalendarAccess:
        """One call that a reader may make, too."""
        try:
            answer = self._read(
                lambda events: events.list(calendarId=calendar, maxResults=1, fields="summary,timeZone,accessRole")
            )
        except Failed as failed:
            raise failed.as_error(write=False) from failed
        writable = answer.get("accessRole") in ("writer", "owner")
        return CalendarAccess(answer.get("summary") or calendar, answer.get("timeZone") or "UTC", writable)

    def _read(self, ask: Callable[[Any], Any]) -> dict[str, Any]:
        return self._call(lambda client: ask(client.events())) or {}

    def _write(self, ask: Callable[[Any], Any], etag: str | None = None) -> dict[str, Any]:
        return self._call(lambda client: ask(client.events()), etag) or {}

    def _call(self, ask: Callable[[Any], Any], etag: str | None = None) -> Any:
        """One request on this thread's connection. Raises Failed with what is known of the failure."""
        import httplib2
        from google.auth import exceptions
        from googleapiclient.errors import HttpError

        client = self._connect()
        request = ask(client)
        if etag is not None:
            request.headers["If-Match"] = etag
        try:
            return request.execute(http=self._http(), num_retries=0)
        except HttpError as error:
            raise answered(error) from error
        except exceptions.RefreshError as error:
            raise Failed(f"no access token: {error}", 401 if not error.retryable else 503, known=True) from error
        except (httplib2.error.ServerNotFoundError, ConnectionRefusedError, exceptions.TransportError) as error:
            raise Failed(f"Google cannot be reached: {error}", known=True) from error
        except (OSError, httplib2.error.HttpLib2Error) as error:
            self._local.http = None
            raise Failed(f"the connection to Google broke: {type(error).__name__} {error}", known=False) from error
        except ValueError as error:  # an answer that is not JSON: something between us and Google spoke
            raise Failed(f"unreadable answer: {error}", known=False) from error

    def _connect(self) -> Any:
        with self._building:
            if self._client is None:
                from google.oauth2 import service_account
                from googleapiclient.discovery import build

                account: Any = service_account.Credentials
                try:
                    self._credentials = account.from_service_account_info(self._info, scopes=SCOPES)
                except (ValueError, KeyError, TypeError) as error:
                    raise CalendarRefused(BAD_KEY) from error
                self._client = build(
                    "calendar",
                    "v3",
                    credentials=self._credentials,
                    client_options={"api_endpoint": self._base_url},
                    cache_discovery=False,
                )
            return self._client

    def _http(self) -> Any:
        http = getattr(self._local, "http", None)
        if http is None:
            import google_auth_httplib2
            import httplib2

            authorized: Any = google_auth_httplib2.AuthorizedHttp
            plain: Any = httplib2.Http
            http = self._local.http = authorized(self._credentials, http=plain(timeout=TIMEOUT_S))
        return http


def _page(events: Any, asked: dict[str, Any], token: str | None) -> Any:
    return events.list(**asked, pageToken=token)
