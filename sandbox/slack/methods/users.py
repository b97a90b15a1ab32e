"""users.*: who is in the workspace."""

from sandbox.slack import present
from sandbox.slack.call import Call, method, page
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Json


@method("users.info", "users:read", tier=4)
def users_info(call: Call) -> Json:
    return {"user": present.user(call.slack, call.user(), locale=call.flag("include_locale"))}


@method("users.list", "users:read", tier=2)
def users_list(call: Call) -> Json:
    shown, cursor = page(list(call.slack.users.values()), call)
    locale = call.flag("include_locale")
    members = [present.user(call.slack, user, locale=locale) for user in shown]
    return {"members": members, "cache_ts": int(call.slack.clock()), "response_metadata": {"next_cursor": cursor}}


@method("users.lookupByEmail", "users:read.email", tier=3)
def users_lookup_by_email(call: Call) -> Json:
    email = call.required("email").lower()
    for user in call.slack.users.values():
        if user.email.lower() == email and not user.deleted:
            return {"user": present.user(call.slack, user)}
    raise SlackError("users_not_found")


@method("users.profile.get", "users.profile:read", tier=4)
def users_profile_get(call: Call) -> Json:
    user = call.user() if call.text("user") else call.slack.bot
    return {"profile": present.user(call.slack, user)["profile"]}


@method("users.getPresence", "users:read", tier=3)
def users_get_presence(call: Call) -> Json:
    if call.user().deleted:
        raise SlackError("user_not_found")
    return {"presence": "active"}
