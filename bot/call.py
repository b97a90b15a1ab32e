"""One request of Slack's, as a listener sees it: who, in which language, what was typed and chosen, and the engine."""

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from bot.language import Translator
from bot.services import Services
from core.model import Member, Workspace
from core.transaction import Transaction, View


@dataclass
class Typed:
    """What stands in a view or message: the newest state of its elements, by block id and action id."""

    values: dict[str, dict[str, dict[str, Any]]]

    def text(self, block_id: str) -> str:
        """Typed text of a block's only element, "" when it is empty."""
        return self._one(block_id).get("value") or ""

    def choice(self, block_id: str) -> str | None:
        """The chosen option's value, user, channel, date or time of a block's only element."""
        return chosen_in(self._one(block_id))

    def block(self, prefix: str) -> str | None:
        """The id of the block that begins so: for blocks whose id carries what they are about."""
        return next((block_id for block_id in self.values if block_id.startswith(prefix)), None)

    def _one(self, block_id: str) -> dict[str, Any]:
        return next(iter(self.values.get(block_id, {}).values()), {})


def chosen_in(element: dict[str, Any]) -> str | None:
    """What is chosen in an element or an action, whatever its type."""
    option = element.get("selected_option")
    if option:
        return str(option["value"])
    for key in (
        "selected_date",
        "selected_time",
        "selected_user",
        "selected_conversation",
        "selected_channel",
        "value",
    ):
        if element.get(key):
            return str(element[key])
    return None


@dataclass
class Call:
    """A request. `payload` is Slack's own; `key` is the same for a repeated delivery of it.

    `seen` is the workspace as it was found with the caller: the first look need not ask for it again.
    """

    services: Services
    payload: dict[str, Any]
    workspace_id: str
    member: Member
    t: Translator
    now: datetime
    key: str
    action: dict[str, Any] = field(default_factory=dict)
    seen: Workspace | None = None

    def view(self) -> AbstractContextManager[View]:
        """Look at the workspace as the caller."""
        seen, self.seen = self.seen, None
        return self.services.engine.view(self.workspace_id, self.member, seen)

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Change the workspace as the caller."""
        self.seen = None
        return self.services.engine.transaction(self.workspace_id, self.member)

    @property
    def text(self) -> str:
        """What stands after a slash command."""
        return str(self.payload.get("text") or "").strip()

    @property
    def value(self) -> str:
        """The pressed button's value, or what was chosen."""
        return chosen_in(self.action) or ""

    @property
    def suffix(self) -> str:
        """What follows the colon of an action_id such as "slots.book:0"."""
        return str(self.action.get("action_id", "")).partition(":")[2]

    @property
    def typing(self) -> str:
        """What was typed into an external select so far."""
        return str(self.payload.get("value") or "")

    @property
    def modal(self) -> dict[str, Any]:
        """The view that the request is about, {} outside of one."""
        return self.payload.get("view") or {}

    @cached_property
    def private(self) -> dict[str, Any]:
        """What the view's builder put aside."""
        try:
            found = json.loads(self.modal.get("private_metadata") or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @cached_property
    def typed(self) -> Typed:
        """The newest state of the view's or the message's elements."""
        state = self.modal.get("state") or self.payload.get("state") or {}
        return Typed(state.get("values") or {})

    @property
    def channel(self) -> str | None:
        """The channel in which the caller was, if there is one."""
        here = self.payload.get("channel")
        found = here.get("id") if isinstance(here, dict) else self.payload.get("channel_id")
        return found or self.private.get("channel")

    @property
    def message(self) -> dict[str, Any]:
        """The message whose button or shortcut was used, {} outside of one."""
        return self.payload.get("message") or {}
