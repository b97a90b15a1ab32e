"""A desk that a module's tests share, without pauses between messages, and shortcuts to read what a person sees."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from core.booking import appointments
from core.booking.appointments import BookingRequest
from sandbox.slack import payloads
from tests import services
from tests.desk import AGENT, BOT, LEAD, TEAM, Desk, open_desk, option_of, state_of, valid, valid_message, words_in

Json = dict[str, Any]
MENTION = re.compile(r"<[!@#]|<https?:|<mailto:")
DATE_TOKEN = re.compile(r"<!date\^[^>]*>")


both_databases = pytest.mark.parametrize("desk", ["sqlite", "postgresql"], indirect=True, scope="module")


@contextmanager
def shared_desk(folder: Path, kind: str = "sqlite", **options: Any) -> Iterator[Desk]:
    """A desk for a whole module."""
    with (
        pytest.MonkeyPatch.context() as patch,
        services.fresh_database(kind, folder) as url,
        open_desk(url, rate_limits=False, **options) as desk,
    ):
        patch.setattr("bot.delivery.CHANNEL_PACE", timedelta(0))
        patch.setattr("bot.notify.BOARD_DELAY", timedelta(seconds=0.05))
        yield desk


def block(view: Json, prefix: str) -> Json:
    """The block whose id begins so."""
    return next(b for b in view["blocks"] if b.get("block_id", "").startswith(prefix))


def has(view: Json, prefix: str) -> bool:
    return any(b.get("block_id", "").startswith(prefix) for b in view["blocks"])


def typed(view: Json, prefix: str) -> Any:
    """What stands in the input whose block's id begins so."""
    entry = next(iter(state_of(view)[block(view, prefix)["block_id"]].values()))
    option = entry.get("selected_option")
    return option["value"] if option else entry.get("selected_date") or entry.get("value")


def buttons(thing: Any) -> dict[str, Json]:
    """action_id -> button, of a message or view; of several with one action_id the last."""
    if isinstance(thing, dict):
        own = {thing["action_id"]: thing} if thing.get("type") == "button" else {}
        return own | {key: value for part in thing.values() for key, value in buttons(part).items()}
    return {key: value for part in thing for key, value in buttons(part).items()} if isinstance(thing, list) else {}


def times(view: Json) -> list[str]:
    """The options of the time select, as shown."""
    element = block(view, "slot")["element"]
    groups = element.get("option_groups") or [{"options": element["options"]}]
    return [o["text"]["text"] for g in groups for o in g["options"]]


def press(desk: Desk, user: str, view: Json, action_id: str, **more: Any) -> Json:
    """Use an element of a modal that refreshes it in place; the refreshed modal."""
    desk.control.use(user, view["id"], action_id, **more)
    return desk.changed(user, view["id"], view["hash"])


def top(desk: Desk, user: str, callback_id: str | None = None, *, other_than: str | None = None) -> Json:
    """The modal on top."""
    return valid(desk.control.wait_for_view(user, callback_id, other_than=other_than))


def close_all(desk: Desk, user: str) -> None:
    """Close every modal of a person."""
    while views := desk.control.views(user):
        desk.control.close(user, views[-1]["id"], everything=True)


def submitted(desk: Desk, user: str, view: Json, slot: str, name: str = "Frau Weber", **more: str) -> Json:
    """Submit a booking modal; the control's answer."""
    return desk.control.submit(user, view["id"], desk.fill(view, slot, name, **more))


def form_on(desk: Desk, day: date, user: str = AGENT, words: str = "") -> Json:
    """/book with that day chosen."""
    return desk.choose_day(user, desk.open_form(user, words), day)


def chosen(view: Json, slot: str) -> Json:
    """The time select's values with this slot."""
    one = block(view, "slot")
    return {one["block_id"]: {"pick.slot": {"type": "static_select", "selected_option": option_of(one, slot)}}}


def said(desk: Desk, user: str, place: str, after: str = "0", matches: str = "") -> Json:
    """The newest message there whose words hold `matches`, valid for Slack."""
    return valid_message(desk.control.wait_for_message(user, place, lambda m: matches in words_in(m), after=after))


def newest(desk: Desk, user: str, place: str = BOT) -> str:
    """The ts of the newest message there."""
    return next((m["ts"] for m in reversed(desk.control.messages(user, place))), "0")


def mentions(thing: Any) -> list[str]:
    """Every text in a payload that Slack would read as a mention or a link."""
    if isinstance(thing, dict):
        if thing.get("type") == "plain_text":
            return []
        return [
            found for key, part in thing.items() if key not in ("value", "private_metadata") for found in mentions(part)
        ]
    if isinstance(thing, list):
        return [found for part in thing for found in mentions(part)]
    text = DATE_TOKEN.sub("", thing) if isinstance(thing, str) else ""
    return [text] if MENTION.search(text) else []


def posted(desk: Desk, since: int) -> list[Json]:
    """What the bot sent to Slack: messages, ephemeral words and views, with JSON fields read."""
    found = []
    for call in desk.control.calls(since):
        sent = call.get("args") or call.get("body") or call
        found.append(_read(sent))
    return found


def _read(sent: Any) -> Any:
    if isinstance(sent, dict):
        return {key: _read(value) for key, value in sent.items()}
    if isinstance(sent, str) and sent[:1] in "[{":
        try:
            return json.loads(sent)
        except ValueError:
            return sent
    return sent


def forge(desk: Desk, payload: Json) -> Json:
    """Deliver an interaction that no client of Slack would send, properly signed."""
    body = urlencode({"payload": json.dumps(payload)})
    return desk.control.raw(body, {"Content-Type": "application/x-www-form-urlencoded"})


def forged_submission(desk: Desk, user: str, view: Json, **changed: Any) -> Json:
    """Submit a modal's view with parts of it replaced (state, private_metadata, …)."""
    slack = desk.world.slack
    payload = payloads.common(slack, "view_submission", slack.user(user)) | {
        "trigger_id": slack.issue_trigger(user, view["id"]),
        "view": {**view, **changed},
        "response_urls": [],
    }
    return forge(desk, payload)


def forged_action(
    desk: Desk, user: str, action_id: str, value: Any = None, view: Json | None = None, **more: Any
) -> Json:
    """Press a button that nobody was shown, in a direct message or in a view."""
    slack = desk.world.slack
    payload = payloads.common(slack, "block_actions", slack.user(user)) | {
        "trigger_id": slack.issue_trigger(user, view["id"] if view else None),
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "action_ts": slack.next_ts(), "value": value}
                    | more],
    }  # fmt: skip
    if view is not None:
        payload |= {"view": view, "container": {"type": "view", "view_id": view["id"]}}
    else:
        channel = slack.direct_channel(slack.bot.id, user)
        payload |= {
            "channel": {"id": channel.id, "name": "directmessage"},
            "container": {"type": "message", "channel_id": channel.id, "is_ephemeral": False},
        }
    return forge(desk, payload)


def fill_up(desk: Desk, consultant: str, hour: int, day: date) -> None:
    """Every seat of a slot is taken by somebody, booked by the lead."""
    key, seconds = desk.slot(consultant, hour, day).split("|")
    at = datetime.fromtimestamp(int(seconds), UTC)
    with desk.engine.transaction(TEAM, desk.member(LEAD)) as tx:
        for n in range(3):
            appointments.book(tx, BookingRequest(key, at, f"Kunde {consultant} {hour} {day} {n}"))
