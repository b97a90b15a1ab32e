"""Views: opening, pushing, updating and closing modals, and publishing homes."""

from typing import Any

from sandbox.slack import blockkit
from sandbox.slack.blockkit import Problem
from sandbox.slack.elements import carried_over
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Json, Trigger, View
from sandbox.slack.normal import short_id
from sandbox.slack.state import Slack

MAX_DEPTH = 3
# Modals that a person left open elsewhere; the oldest are forgotten.
MAX_WINDOWS = 400


def invalid_arguments(problems: list[Problem], root: str = "/view") -> SlackError:
    messages = [problem.as_error_line(root) for problem in problems]
    return SlackError("invalid_arguments", response_metadata={"messages": messages})


def checked(content: Any, kinds: tuple[str, ...]) -> Json:
    """The view, or Slack's refusal of it."""
    if not isinstance(content, dict):
        raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] missing required field: view"]})
    if content.get("type") not in kinds:
        expected = f"[ERROR] unsupported type: {content.get('type')} [json-pointer:/view/type]"
        raise SlackError("invalid_arguments", response_metadata={"messages": [expected]})
    if problems := blockkit.check_view(content):
        if any(problem.code == "view_too_large" for problem in problems):
            raise SlackError("view_too_large")
        raise invalid_arguments(problems)
    return content


def use_trigger(slack: Slack, id: str) -> Trigger:
    """Takes a trigger: 3 seconds, once."""
    trigger = slack.triggers.get(id)
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    if slack.clock() - trigger.issued > slack.timing.trigger:
        raise SlackError("expired_trigger_id")
    trigger.used = True
    return trigger


def new_hash(slack: Slack) -> str:
    return f"{int(slack.clock())}.{short_id(slack.chance, 8)}"


def check_external_id(slack: Slack, content: Json, own: View | None = None) -> str:
    """Unique among the open modals and the homes of the workspace."""
    external = str(content.get("external_id") or "")
    others = (*slack.views.values(), *slack.homes.values()) if external else ()
    if any(other.external_id == external and other is not own for other in others):
        raise SlackError("duplicate_external_id")
    return external


def _new(slack: Slack, user: str, content: Json, root: str | None, previous: str | None) -> View:
    external = check_external_id(slack, content)
    id = slack.new_id("V")
    view = View(
        id=id,
        user=user,
        type="modal",
        content={**content, "blocks": slack.normalised(content["blocks"])},
        hash=new_hash(slack),
        root=root or id,
        previous=previous,
        external_id=external,
        opened=slack.clock(),
    )
    slack.views[id] = view
    return view


def _tell(slack: Slack, view: View) -> None:
    if view.type == "home":
        slack.hub.tell("home", only=view.user, user=view.user)
        slack.changed()
    else:
        slack.hub.tell("view", only=view.user, user=view.user)


def stack_of(slack: Slack, view: View) -> list[str]:
    return next(stack for stack in slack.stacks[view.user] if view.id in stack)


def current(slack: Slack, user: str) -> list[View]:
    """The stack that the user looks at, root first. Stacks opened before it wait behind, as in another window."""
    stacks = slack.stacks.get(user) or [[]]
    return [slack.views[id] for id in stacks[-1]]


def open_view(slack: Slack, user: str, content: Json) -> View:
    view = _new(slack, user, content, None, None)
    stacks = [stack for stack in slack.stacks.get(user, []) if stack]
    for stack in stacks[: max(0, len(stacks) - MAX_WINDOWS)]:
        for id in stack:
            slack.views.pop(id, None)
    slack.stacks[user] = [*stacks[-MAX_WINDOWS:], [view.id]]
    _tell(slack, view)
    return view


def push_view(slack: Slack, under: View, content: Json) -> View:
    stack = stack_of(slack, under)
    if len(stack) >= MAX_DEPTH:
        raise SlackError("push_limit_reached")
    view = _new(slack, under.user, content, under.root, stack[-1])
    stack.append(view.id)
    _tell(slack, view)
    return view


def update_view(slack: Slack, view: View, content: Json) -> View:
    """Replaces the content; what was typed stays under the same block_id and action_id."""
    external = check_external_id(slack, content, view) or view.external_id
    blocks = slack.normalised(content["blocks"])
    view.typed = carried_over(view.blocks, blocks, view.typed)
    view.content = {**content, "blocks": blocks}
    view.external_id = external
    view.hash = new_hash(slack)
    _tell(slack, view)
    return view


def check_hash(view: View, expected: str | None) -> None:
    if expected and expected != view.hash:
        raise SlackError("hash_conflict")


def publish_home(slack: Slack, user: str, content: Json, expected: str | None) -> View:
    view = slack.homes.get(user)
    if view is None:
        id = slack.new_id("V")
        empty = {"type": "home", "blocks": []}
        view = View(id=id, user=user, type="home", content=empty, hash="", root=id, opened=slack.clock())
        slack.homes[user] = view
    else:
        check_hash(view, expected)
    return update_view(slack, view, content)


def close(slack: Slack, view: View, *, whole: bool = False) -> None:
    """Takes the view off its stack with all above it, or clears the whole stack.

    A cleared stack uncovers nothing: what waited in other windows stays there until somebody acts in it.
    """
    stacks = slack.stacks.get(view.user, [])
    stack = stack_of(slack, view)
    position = 0 if whole else stack.index(view.id)
    for id in stack[position:]:
        slack.views.pop(id, None)
    del stack[position:]
    if not stack and len(stacks) > 1 and stacks[-1] is not stack:
        stacks[:] = [other for other in stacks if other is not stack]
    _tell(slack, view)
