"""The objects as Slack's API writes them."""

from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sandbox.slack.elements import state
from sandbox.slack.model import Channel, File, Json, Message, User, View
from sandbox.slack.state import Slack


def user(slack: Slack, person: User, *, locale: bool = False) -> Json:
    first, _, last = person.real_name.partition(" ")
    picture = f"{slack.base_url}/avatar/{person.id}.svg"
    profile: Json = {
        "title": person.title,
        "phone": "",
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.real_name,
        "display_name_normalized": person.real_name,
        "status_text": "",
        "status_emoji": "",
        "first_name": first,
        "last_name": last,
        "team": slack.team.id,
        **{f"image_{size}": picture for size in (24, 32, 48, 72, 192, 512)},
    }
    if person.email and "users:read.email" in slack.manifest.scopes:
        profile["email"] = person.email
    if person.is_bot:
        profile |= {"api_app_id": slack.app_id, "bot_id": person.bot_id, "always_active": True}
    raw: Json = {
        "id": person.id,
        "team_id": slack.team.id,
        "name": person.name,
        "deleted": person.deleted,
        "color": "9f69e7",
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": person.tz,
        "tz_offset": _offset(slack, person.tz),
        "profile": profile,
        "is_admin": person.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": person.updated,
    }
    if locale:
        raw["locale"] = person.locale
    return raw


def _offset(slack: Slack, zone: str) -> int:
    """Seconds east of Greenwich right now."""
    try:
        ahead = datetime.fromtimestamp(slack.clock(), ZoneInfo(zone)).utcoffset()
    except (KeyError, ValueError, OSError):
        return 0
    return int(ahead.total_seconds()) if ahead else 0


def channel(slack: Slack, place: Channel, *, locale: bool = False, count: bool = False) -> Json:
    raw: Json = {"id": place.id, "created": place.created, "is_archived": place.is_archived}
    if place.kind == "im":
        raw |= {"is_im": True, "is_org_shared": False, "user": place.partner(slack.bot.id), "is_user_deleted": False}
        raw |= {"priority": 0, "is_open": True}
    else:
        raw |= {
            "name": place.name,
            "name_normalized": place.name,
            "is_channel": not place.is_private,
            "is_group": place.is_private,
            "is_im": False,
            "is_mpim": False,
            "is_private": place.is_private,
            "is_general": place.is_general,
            "is_shared": False,
            "is_org_shared": False,
            "is_ext_shared": False,
            "is_member": slack.bot.id in place.members,
            "unlinked": 0,
            "creator": place.creator,
            "context_team_id": slack.team.id,
            "topic": {"value": place.topic, "creator": place.creator, "last_set": place.created if place.topic else 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "previous_names": [],
        }
    if locale:
        raw["locale"] = "de-DE"
    if count:
        raw["num_members"] = len(place.members)
    return raw


def message(slack: Slack, place: Channel, item: Message, *, metadata: bool = False) -> Json:
    raw: Json = {"type": "message", "user": item.user, "ts": item.ts, "text": item.text, "team": slack.team.id}
    if item.subtype:
        raw["subtype"] = item.subtype
    if item.bot:
        raw |= {"bot_id": slack.bot_id, "app_id": slack.app_id, "bot_profile": bot_profile(slack)}
        if item.username:
            raw["username"] = item.username
    elif item.client_msg_id:
        raw["client_msg_id"] = item.client_msg_id
    if item.blocks:
        raw["blocks"] = item.blocks
    if item.attachments:
        raw["attachments"] = item.attachments
    if item.edited:
        raw["edited"] = item.edited
    if item.reactions:
        raw["reactions"] = [{**r, "count": len(r["users"])} for r in item.reactions]
    if item.files:
        raw["files"] = [file(slack, slack.files[id]) for id in item.files if id in slack.files]
    if item.metadata:
        raw["metadata"] = item.metadata if metadata else {"event_type": item.metadata["event_type"]}
    if item.thread_ts:
        raw["thread_ts"] = item.thread_ts
        parent = place.messages.get(item.thread_ts)
        if parent is not None and parent is not item:
            raw["parent_user_id"] = parent.user
    if not item.thread_ts or item.thread_ts == item.ts:
        replies = place.replies(item.ts) if item.thread_ts else []
        if replies:
            people = list(dict.fromkeys(reply.user for reply in replies))
            raw |= {"reply_count": len(replies), "reply_users_count": len(people), "reply_users": people[:5]}
            raw |= {"latest_reply": replies[-1].ts, "is_locked": False, "subscribed": False}
    return raw


def bot_profile(slack: Slack) -> Json:
    picture = f"{slack.base_url}/avatar/{slack.bot.id}.svg"
    icons = {f"image_{size}": picture for size in (36, 48, 72)}
    facts = {"name": slack.bot.real_name, "deleted": False, "updated": slack.bot.updated, "team_id": slack.team.id}
    return {"id": slack.bot_id, "app_id": slack.app_id, "user_id": slack.bot.id, "icons": icons, **facts}


def view(slack: Slack, item: View, *, inputs: bool = True) -> Json:
    """`inputs` False leaves the state of input blocks out, as view_closed does."""
    content = item.content
    raw: Json = {
        "id": item.id,
        "team_id": slack.team.id,
        "type": item.type,
        "blocks": item.blocks,
        "private_metadata": content.get("private_metadata", ""),
        "callback_id": content.get("callback_id", ""),
        "state": state(item.blocks, item.typed, inputs=inputs),
        "hash": item.hash,
        "title": content.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
        "clear_on_close": bool(content.get("clear_on_close", False)),
        "notify_on_close": bool(content.get("notify_on_close", False)),
        "close": content.get("close"),
        "submit": content.get("submit"),
        "previous_view_id": item.previous,
        "root_view_id": item.root,
        "app_id": slack.app_id,
        "external_id": item.external_id,
        "app_installed_team_id": slack.team.id,
        "bot_id": slack.bot_id,
    }
    if item.type == "modal" and content.get("submit_disabled"):
        raw["submit_disabled"] = True
    return raw


def file(slack: Slack, item: File) -> Json:
    address = f"{slack.base_url}/files/{item.id}/{quote(item.name)}"
    raw: dict[str, Any] = {
        "id": item.id,
        "created": item.created,
        "timestamp": item.created,
        "name": item.name,
        "title": item.title,
        "mimetype": item.mimetype,
        "filetype": item.name.rpartition(".")[2] or "binary",
        "user": item.user,
        "size": item.size,
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "url_private": address,
        "url_private_download": address,
        "permalink": address,
        "channels": [c for c in item.channels if not c.startswith("D")],
        "ims": [c for c in item.channels if c.startswith("D")],
        "groups": [],
    }
    if item.alt_text:
        raw["alt_txt"] = item.alt_text
    return raw
