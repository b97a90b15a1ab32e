"""Who the app is, what it may connect to, and the checks that need no workspace."""

from sandbox.slack import blockkit, present
from sandbox.slack.call import Call, invalid, method
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Json


@method("api.test", tier=4, token="none")
def api_test(call: Call) -> Json:
    if error := call.text("error"):
        raise SlackError(error, args=call.arguments)
    return {"args": call.arguments}


@method("auth.test", tier=0)
def auth_test(call: Call) -> Json:
    slack = call.slack
    return {
        "url": f"https://{slack.team.domain}.slack.com/",
        "team": slack.team.name,
        "user": slack.bot.name,
        "team_id": slack.team.id,
        "user_id": slack.bot.id,
        "bot_id": slack.bot_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", tier=3, token="app")
def apps_connections_open(call: Call) -> Json:
    return {"url": call.world.delivery.sockets.ticket()}


@method("team.info", "team:read", tier=3)
def team_info(call: Call) -> Json:
    team = call.slack.team
    return {
        "team": {
            "id": team.id,
            "name": team.name,
            "domain": team.domain,
            "email_domain": "",
            "icon": {"image_default": True},
        }
    }


@method("bots.info", "users:read", tier=3)
def bots_info(call: Call) -> Json:
    bot = call.text("bot")
    if bot and bot != call.slack.bot_id:
        raise SlackError("bot_not_found")
    return {"bot": present.bot_profile(call.slack)}


@method("blocks.validate", tier=0, token="none")
def blocks_validate(call: Call) -> Json:
    """`blocks`, `view` or `message`. Like Slack's, it does not mind a message without text."""
    given = [name for name in ("blocks", "view", "message") if call.arguments.get(name) is not None]
    if len(given) != 1:
        raise invalid("exactly one of blocks, view, message is required")
    value = call.json(given[0])
    if given[0] == "view":
        problems = blockkit.check_view(value)
    elif given[0] == "message":
        problems = [problem for problem in blockkit.check_message(value) if problem.code != "no_text"]
    else:
        problems = blockkit.check_blocks(value, "message")
    if problems:
        errors = [
            {"pointer": p.pointer, "code": p.code, "message": p.message, "constraint": p.constraint} for p in problems
        ]
        raise SlackError("invalid_blocks", errors=[{k: v for k, v in e.items() if v is not None} for e in errors])
    return {}
