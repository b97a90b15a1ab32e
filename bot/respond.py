"""Carries a listener's answer to Slack: which method, and where the words go when there is more than one way."""

import logging
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot import home
from bot.answers import Answer, Gone, Home, Message, Open, Refresh, Reply, Several
from bot.blocks import Block
from bot.call import Call

log = logging.getLogger(__name__)

REMEMBERED_VIEWS = 2000
LONGEST_WAIT_S = 5.0  # for Slack's limits, while somebody looks at the modal


@dataclass
class _Shown:
    """An open modal. Times are those of actions, as Slack writes them."""

    at: str = ""  # of the action that it was last updated for
    pressed: str = ""  # of the newest action in it
    submitted: str = ""  # of the newest action before its submission
    turn: threading.Lock = field(default_factory=threading.Lock)


class Responder:
    """Carries answers, and keeps in mind which action in an open modal was answered last."""

    def __init__(self) -> None:
        self._views: OrderedDict[str, _Shown] = OrderedDict()
        self._lock = threading.Lock()

    def carry(self, call: Call, answer: Answer) -> None:
        """Do what the answer says. Raises SlackApiError when Slack refuses."""
        match answer:
            case Open(view):
                self._open(call, view)
            case Refresh(view, view_id):
                self._refresh(call, view, view_id or call.modal["id"])
            case Reply(message, replace):
                _reply(call, message, replace)
            case Gone():
                _webhook(call).send(delete_original=True)
            case Home():
                home.publish(call.services, call.member)
            case Several(answers):
                for one in answers:
                    self.carry(call, one)

    def _open(self, call: Call, view: Block) -> None:
        """Open it, on top of the modal it was asked for in. Slack stacks three: a fourth takes the place of the third."""
        trigger = call.payload["trigger_id"]
        slack = call.services.slack
        try:
            if call.modal.get("type") == "modal":
                slack.views_push(trigger_id=trigger, view=view)
            else:
                slack.views_open(trigger_id=trigger, view=view)
        except SlackApiError as error:
            if error.response["error"] == "push_limit_reached":
                self._refresh(call, view, call.modal["id"])
                return
            if error.response["error"] == "ratelimited":
                words = call.t("There is a lot going on right now. Please try again in a moment; nothing was lost.")
                _reply(call, Message(words), replace=False)
                return
            if error.response["error"] not in ("expired_trigger_id", "exchanged_trigger_id"):
                raise
            _reply(call, Message(call.t("That took a moment too long. Please try once more.")), replace=False)

    def pressed(self, view_id: str, at: str) -> None:
        """Something in the modal was pressed at that time."""
        shown = self._shown(view_id)
        shown.pressed = max(shown.pressed, at)

    def submitted(self, view_id: str) -> None:
        """The modal was submitted and becomes something else: what was pressed in it before comes too late by now."""
        shown = self._shown(view_id)
        shown.submitted = shown.pressed

    def _refresh(self, call: Call, view: Block, view_id: str) -> None:
        """Update the modal, unless a later action in it has been answered already: the newest choice wins.

        One update at a time and modal, or an older one that is under way could still come last. A submission has no time of
        its own: what follows from it is later than whatever was pressed. Slack updates some hundred modals a minute; whoever
        is over that waits a moment, once.
        """
        shown, at = self._shown(view_id), str(call.action.get("action_ts") or "")
        with shown.turn:
            for last in (False, True):
                if at and (at < shown.at or at <= shown.submitted):
                    return
                try:
                    call.services.slack.views_update(view_id=view_id, view=view)
                except SlackApiError as error:
                    if error.response["error"] == "not_found":  # closed meanwhile
                        return
                    wait = _wait(error)
                    if wait is None or last:
                        raise
                    time.sleep(wait)
                else:
                    shown.at = at or shown.at
                    return

    def _shown(self, view_id: str) -> _Shown:
        with self._lock:
            shown = self._views.setdefault(view_id, _Shown())
            self._views.move_to_end(view_id)
            while len(self._views) > REMEMBERED_VIEWS:
                self._views.popitem(last=False)
            return shown


def _wait(error: SlackApiError) -> int | None:
    """The seconds after which Slack takes the update; None where it would not, or where that is too long to look at a modal."""
    seconds = str(error.response.headers.get("Retry-After", "1"))
    known = error.response["error"] == "ratelimited" and seconds.isdigit() and int(seconds) <= LONGEST_WAIT_S
    return int(seconds) if known else None


def _reply(call: Call, message: Message, replace: bool) -> None:
    """By response_url where there is one, else for the caller's eyes in the channel, else as a direct message.

    Only what the caller alone sees is replaced: a message in a channel belongs to everybody.
    """
    blocks = message.blocks or None
    replace = replace and bool((call.payload.get("container") or {}).get("is_ephemeral"))
    if call.payload.get("response_url"):
        sent = _webhook(call).send(
            text=message.text, blocks=blocks, response_type="ephemeral", replace_original=replace
        )
        if sent.status_code == 200:
            return
        log.warning("response_url: %s %s", sent.status_code, sent.body[:200])
    slack, me = call.services.slack, call.member.slack_id
    if call.channel:
        try:
            slack.chat_postEphemeral(channel=call.channel, user=me, text=message.text, blocks=blocks)
        except SlackApiError:
            pass  # the bot or the caller is not in that channel
        else:
            return
    slack.chat_postMessage(channel=me, text=message.text, blocks=blocks)


def _webhook(call: Call) -> WebhookClient:
    return WebhookClient(call.payload["response_url"], timeout=10)
