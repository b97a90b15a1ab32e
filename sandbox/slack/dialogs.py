"""What people do in modals: submitting and closing them."""

from typing import Any

from sandbox.slack import modals, payloads
from sandbox.slack.acting import own_view
from sandbox.slack.elements import complaints, enter
from sandbox.slack.errors import ControlError, SlackError
from sandbox.slack.model import Json, View
from sandbox.slack.reply import Reply
from sandbox.world import World


async def submit(world: World, user: str, view_id: str, values: Json) -> Json:
    """Presses submit. What Slack's dialog itself refuses (required fields, lengths, numbers) is not sent."""
    slack = world.slack
    person = slack.user(user)
    view = own_view(world, user, view_id)
    if view.type != "modal" or view.content.get("submit") is None:
        raise ControlError("nothing_to_submit", view_id=view_id)
    if modals.stack_of(slack, view)[-1] != view.id:
        raise ControlError("view_not_on_top", view_id=view_id)
    enter(view.blocks, view.typed, values)
    if refused := complaints(view.blocks, view.typed):
        return {"ok": False, "status": 0, "ms": 0.0, "action": "errors", "errors": refused, "local": True}
    reply = await world.delivery.request("interactive", payloads.view_submission(slack, person, view))
    outcome: Json = {}
    if reply.ok:
        try:
            outcome = _answered(world, view, reply.body)
        except SlackError as refusal:
            reply.refuse("invalid_view", refusal.body())
    return {**reply.facts(), **outcome} if reply.ok else reply.facts()


def _answered(world: World, view: View, body: Any) -> Json:
    """Does what the acknowledgement asks. A view that is gone meanwhile (a double click) changes nothing more."""
    slack = world.slack
    if body in (None, "", {}):
        _close(world, view)
        return {"action": "close"}
    if not isinstance(body, dict):
        raise SlackError("invalid_response")
    kind = body.get("response_action")
    if kind == "errors":
        errors = body.get("errors")
        inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not set(errors) <= inputs or not _texts(errors):
            raise SlackError("invalid_response", errors=errors)
        return {"ok": False, "action": "errors", "errors": errors}
    if kind == "clear":
        _close(world, view, whole=True)
    elif kind in {"update", "push"}:
        content = modals.checked(body.get("view"), ("modal",))
        if view.id in slack.views and kind == "update":
            modals.update_view(slack, view, content)
        elif view.id in slack.views:
            modals.push_view(slack, view, content)
    else:
        raise SlackError("invalid_response", response_action=kind)
    return {"action": kind}


def _texts(errors: Json) -> bool:
    return all(isinstance(words, str) and words for words in errors.values())


def _close(world: World, view: View, *, whole: bool = False) -> None:
    if view.id in world.slack.views:
        modals.close(world.slack, view, whole=whole)


async def close(world: World, user: str, view_id: str, *, everything: bool) -> Json:
    """Cancel closes one view (or all, with clear_on_close); the X closes the stack and speaks of its root.

    The app hears of it where the view has notify_on_close.
    """
    slack = world.slack
    person = slack.user(user)
    view = own_view(world, user, view_id)
    if view.type != "modal":
        raise ControlError("view_not_found", 404, view_id=view_id)
    cleared = everything or bool(view.content.get("clear_on_close"))
    told = slack.views[modals.stack_of(slack, view)[0]] if everything else view
    payload = payloads.view_closed(slack, person, told, is_cleared=cleared)
    modals.close(slack, view, whole=cleared)
    reply = Reply(status=0)
    if told.content.get("notify_on_close"):
        reply = await world.delivery.request("interactive", payload, answered=False)
    return reply.facts()
