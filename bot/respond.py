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
    """What an open modal was last updated for: the time of the action, as Slack writes it."""

    at: str = ""
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

    def _refresh(self, call: Call, view: Block, view_id: str) -> None:
        """Update the modal, unless a later action in it has been answered already: the newest choice wins.

        One update at a time and modal, or an older one that is under way could still come last.
        """
        with self._lock:
            shown = self._views.setdefault(view_id, _Shown())
            self._views.move_to_end(view_id)
            while len(self._views) > REMEMBERED_VIEWS:
                self._views.popitem(last=False)
        with shown.turn:
            # A submission of the modal above has no time of its own: it is later than whatever was pressed here.
            at = str(call.action.get("action_ts") or shown.at)
            if shown.at > at:
                return
            try:
                _update(call, view, view_id)
            except SlackApiError as error:
                if error.response["error"] != "not_found":  # closed meanwhile
                    raise
            shown.at = at


def _update(call: Call, view: Block, view_id: str) -> None:
    """Slack updates some hundred modals a minute; whoever is over that waits a moment, once."""
    slack = call.services.slack
    try:
        slack.views_update(view_id=view_id, view=view)
    except SlackApiError as error:
        wait = str(error.response.headers.get("Retry-After", "1"))
        if error.response["error"] != "ratelimited" or not wait.isdigit() or int(wait) > LONGEST_WAIT_S:
            raise
        time.sleep(int(wait))
        slack.views_update(view_id=view_id, view=view)


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
