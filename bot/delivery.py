"""Slack's side of the outbox: an effect becomes a message or a Home, and Slack's answer becomes done, later or never.

Slack has no key that makes a post happen once. So each post carries our key as metadata, and where an attempt ended without
an answer (a crash, a lost reply), the channel's newest messages are looked through for that key before anything is posted.
"""

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPException
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot import home
from bot.answers import Message
from bot.blocks import clip
from bot.blocks.fitting import LONGEST_TEXT, fitting
from bot.notify import member as find_member
from bot.people import translator_for
from bot.services import Services
from core.booking.setup.members import member_by_slack
from core.effects import Answer, Arrived, Claim, Handler, Later, Never
from core.posts import find_post, forget_post, remember_post
from core.transaction import View

log = logging.getLogger(__name__)

CHANNEL_PACE = timedelta(seconds=1)  # Slack: about one message a second and channel
LOOK_BACK = 200  # messages a page, when a channel is looked through for a post that may have arrived
PAGES = 10
PASSING = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
METADATA = "slotquest_post"


@dataclass(frozen=True)
class _Stands:
    """Where our message stands in Slack; `digest` of what it says, "" where that is not known."""

    channel: str
    ts: str
    digest: str = ""


def handlers(services: Services) -> dict[str, Handler]:
    """The outbox kinds that Slack fulfils."""
    return {
        "slack.message": _told(lambda claim: _deliver(services, claim)),
        "slack.home": _told(lambda claim: _publish(services, claim)),
    }


def _told(work: Callable[[Claim], Answer]) -> Handler:
    """Slack's ways of failing as answers: a definite refusal never works, a limit says when, the rest may have arrived."""

    def handle(claim: Claim) -> Answer:
        try:
            return work(claim)
        except SlackApiError as error:
            return _refused(error)
        except (OSError, HTTPException) as error:
            return Later(f"Slack: {type(error).__name__}: {error}", known=False)

    return handle


def _refused(error: SlackApiError) -> Answer:
    response = error.response
    code, said = response.get("error"), {name.lower(): value for name, value in response.headers.items()}
    if response.status_code == 429 or code == "ratelimited":
        seconds = str(said.get("retry-after", "1"))
        return Later("Slack: ratelimited", timedelta(seconds=int(seconds) if seconds.isdigit() else 1))
    if response.status_code >= 500 or code in PASSING:
        return Later(f"Slack: {code}", known=False)
    return Never(f"Slack: {code}")


def _publish(services: Services, claim: Claim) -> Answer:
    with services.engine.view(claim.workspace_id) as view:
        owner = find_member(view, claim.payload["member"])
    if owner is not None and owner.active:
        home.publish(services, owner)
    return Arrived()


def _deliver(services: Services, claim: Claim) -> Answer:
    """Make the message in Slack what it should be now: post it, edit it, delete it, or leave it as it is."""
    key, to = claim.payload["key"], claim.payload["to"]
    with services.engine.view(claim.workspace_id) as view:
        message, metadata = _build(services, view, claim), {"event_type": METADATA, "event_payload": {"key": key}}
        post = find_post(view, key)
    stands = _Stands(post.channel, post.ts, post.digest) if post else None
    if stands is None and claim.maybe_sent:
        stands = _find(services, claim)
    if message is None:
        if stands is not None:
            _delete(services, claim, stands)
        return Arrived()
    text, blocks = clip(message.text, LONGEST_TEXT), fitting(message.blocks)
    digest = hashlib.sha256(json.dumps([text, blocks]).encode()).hexdigest()
    if stands is not None and stands.digest == digest:
        return Arrived()
    content: dict[str, Any] = {"text": text, "blocks": blocks or None}
    if stands is not None:
        try:
            services.slack.chat_update(channel=stands.channel, ts=stands.ts, metadata=metadata, **content)
        except SlackApiError as error:
            if error.response["error"] in ("message_not_found", "cant_update_message"):
                return Arrived()  # somebody deleted it; saying it again would only puzzle
            raise
        _remember(services, claim, _Stands(stands.channel, stands.ts, digest))
        return Arrived()
    sent = _post(services, channel=to, metadata=metadata, unfurl_links=False, unfurl_media=False, **content)
    _remember(services, claim, _Stands(sent["channel"], sent["ts"], digest))
    return Arrived(CHANNEL_PACE)


def _post(services: Services, **message: Any) -> SlackResponse:
    """Post; into a public channel that the bot was not invited to, it goes by itself. Into a private one it cannot."""
    try:
        return services.slack.chat_postMessage(**message)
    except SlackApiError as error:
        if error.response["error"] != "not_in_channel":
            raise
    services.slack.conversations_join(channel=message["channel"])
    return services.slack.chat_postMessage(**message)


def _build(services: Services, view: View, claim: Claim) -> Message | None:
    build = services.declared.messages[claim.payload["message"]]
    to = claim.payload["to"]
    reader = member_by_slack(view, to) if to[:1] in "UW" else None
    if reader is not None:
        if not reader.active:
            return None
        view.actor = reader
    return build(view, translator_for(view, reader), claim.payload["facts"])


def _find(services: Services, claim: Claim) -> _Stands | None:
    """Our post with this key among what the channel has heard since, after an attempt whose end is not known."""
    to = claim.payload["to"]
    channel = services.slack.conversations_open(users=to)["channel"]["id"] if to[:1] in "UW" else to
    oldest, cursor = str(claim.created_at.timestamp() - 60), ""
    for _ in range(PAGES):
        page = services.slack.conversations_history(
            channel=channel, limit=LOOK_BACK, include_all_metadata=True, oldest=oldest, cursor=cursor
        )
        for message in page["messages"]:
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("key") == claim.payload["key"]:
                return _Stands(channel, message["ts"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            break
    return None


def _delete(services: Services, claim: Claim, stands: _Stands) -> None:
    try:
        services.slack.chat_delete(channel=stands.channel, ts=stands.ts)
    except SlackApiError as error:
        if error.response["error"] != "message_not_found":
            raise
    with services.engine.transaction(claim.workspace_id) as tx:
        forget_post(tx, claim.payload["key"])


def _remember(services: Services, claim: Claim, stands: _Stands) -> None:
    with services.engine.transaction(claim.workspace_id) as tx:
        remember_post(tx, claim.payload["key"], stands.channel, stands.ts, stands.digest)
