"""views.*: modals and App Home."""

from sandbox.slack import modals, present
from sandbox.slack.call import Call, invalid, method, missing
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Json, Trigger, View


def _content(call: Call, *kinds: str) -> Json:
    """Checked before the trigger is taken: a refused view leaves the trigger good for another try."""
    if call.arguments.get("view") in (None, ""):
        raise missing("view")
    return modals.checked(call.json("view"), kinds)


def _trigger(call: Call) -> Trigger:
    given = call.text("trigger_id") or call.text("interactivity_pointer")
    if not given:
        raise missing("trigger_id")
    return modals.use_trigger(call.slack, given)


def _shown(call: Call, view: View) -> Json:
    return {"view": present.view(call.slack, view)}


@method("views.open", tier=4)
def views_open(call: Call) -> Json:
    content = _content(call, "modal")
    modals.check_external_id(call.slack, content)
    return _shown(call, modals.open_view(call.slack, _trigger(call).user, content))


@method("views.push", tier=4)
def views_push(call: Call) -> Json:
    content = _content(call, "modal")
    modals.check_external_id(call.slack, content)
    trigger = _trigger(call)
    under = call.slack.views.get(trigger.view or "")
    if under is None:
        raise SlackError("not_found")
    return _shown(call, modals.push_view(call.slack, under, content))


@method("views.update", tier=4)
def views_update(call: Call) -> Json:
    content = _content(call, "modal", "home")
    id, external = call.text("view_id"), call.text("external_id")
    if bool(id) == bool(external):
        raise invalid("exactly one of view_id and external_id is required")
    if id:
        view = call.slack.views.get(id) or next((h for h in call.slack.homes.values() if h.id == id), None)
    else:
        view = next((v for v in call.slack.views.values() if v.external_id == external), None)
    if view is None:
        raise SlackError("not_found")
    if content["type"] != view.type:
        raise invalid(f"must be a {view.type} view [json-pointer:/view/type]")
    modals.check_hash(view, call.text("hash"))
    return _shown(call, modals.update_view(call.slack, view, content))


@method("views.publish", tier=4)
def views_publish(call: Call) -> Json:
    user = call.required("user_id")
    content = _content(call, "home")
    person = call.slack.users.get(user)
    if person is None or person.deleted:
        raise SlackError("user_not_found")
    if not call.slack.manifest.home_tab:
        raise SlackError("not_enabled")
    return _shown(call, modals.publish_home(call.slack, user, content, call.text("hash") or None))
