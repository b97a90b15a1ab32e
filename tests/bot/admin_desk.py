"""Shortcuts to work in the console as a person does: commands, buttons, forms; every modal is held against Slack's rules."""

from typing import Any

from sqlmodel import select

from storage.tables import Workspace
from tests.desk import BOT, TEAM, Desk, valid, valid_message, words_in

View = dict[str, Any]


def slotadmin(desk: Desk, user: str, words: str = "") -> View:
    """The modal that `/slotadmin <words>` opens."""
    return command(desk, user, f"/slotadmin {words}".strip())


def command(desk: Desk, user: str, text: str) -> View:
    """The modal that a command opens."""
    close_all(desk, user)
    answer = desk.control.command(user, text)
    assert answer["ok"], answer
    return valid(desk.control.wait_for_view(user))


def close_all(desk: Desk, user: str) -> None:
    """The X, if anything is open."""
    for view in desk.control.views(user)[:1]:
        desk.control.close(user, view["id"], everything=True)


def said(desk: Desk, user: str, text: str) -> dict[str, Any]:
    """The ephemeral answer to a command."""
    close_all(desk, user)
    seen = desk.control.messages(user, BOT)
    assert desk.control.command(user, text)["ok"]
    found = desk.control.wait_for_message(user, BOT, "", after=seen[-1]["ts"] if seen else "0")
    return valid_message(found)


def button_in(view: View, action_id: str, value: str | None = None) -> tuple[str, dict[str, Any]]:
    """The block id and the element with that action_id (or one that begins so), of several the one with that value."""
    for block in view["blocks"]:
        for element in [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]:
            if not isinstance(element, dict) or not str(element.get("action_id", "")).startswith(action_id):
                continue
            if value is None or element.get("value") == value:
                return str(block["block_id"]), element
    raise AssertionError(f"no {action_id} ({value}) in:\n{words_in(view)}")


def has(view: View, action_id: str) -> bool:
    """Whether such an element is there."""
    try:
        button_in(view, action_id)
    except AssertionError:
        return False
    return True


def press(desk: Desk, user: str, view: View, action_id: str, value: str | None = None) -> View:
    """Press a button that opens a modal on top; the new modal."""
    block_id, element = button_in(view, action_id, value)
    before = {one["id"] for one in desk.control.views(user)}
    desk.control.use(user, view["id"], element["action_id"], block_id)
    return valid(
        desk.control.wait_for(
            lambda: next((one for one in desk.control.views(user) if one["id"] not in before), None),
            what=f"a modal after {action_id}",
        )
    )


def press_in_place(desk: Desk, user: str, view: View, action_id: str, value: str | None = None, **more: Any) -> View:
    """Press a button that changes its modal; the changed modal."""
    block_id, element = button_in(view, action_id, value)
    current = next(one for one in desk.control.views(user) if one["id"] == view["id"])
    desk.control.use(user, view["id"], element["action_id"], block_id, **more)
    return desk.changed(user, view["id"], current["hash"])


def fill(desk: Desk, user: str, view: View, **values: Any) -> View:
    """Submit a form; the modal that takes its place. Block ids with a colon are written with two underscores."""
    typed = {key.replace("__", ":"): value for key, value in values.items()}
    answer = desk.control.submit(user, view["id"], typed)
    assert answer["ok"], answer
    assert answer["action"] == "update", answer
    return valid(next(one for one in desk.control.views(user) if one["id"] == view["id"]))


def refused(desk: Desk, user: str, view: View, **values: Any) -> dict[str, str]:
    """Submit a form that is wrong; what is said at which field."""
    typed = {key.replace("__", ":"): value for key, value in values.items()}
    answer = desk.control.submit(user, view["id"], typed)
    assert answer["action"] == "errors", answer
    return dict(answer["errors"])


def undo(desk: Desk, user: str, view: View) -> View:
    """Press the first Undo button; the modal says what became of it."""
    name = "off.undo" if has(view, "off.undo") else "admin.undo"
    return press_in_place(desk, user, view, name)


def workspace(desk: Desk) -> Workspace:
    """The workspace's row."""
    with desk.engine.database.read() as session:
        return session.exec(select(Workspace).where(Workspace.id == TEAM)).one()
