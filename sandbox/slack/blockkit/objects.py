"""Composition objects: texts, options, dialogs and filters, with Slack's limits on their letters."""

from typing import Any

from sandbox.slack.blockkit.problem import Check, Findings
from sandbox.slack.blockkit.shapes import (
    any_address,
    array,
    at_least_one_of,
    boolean,
    choice,
    identifier,
    one_of,
    record,
    string,
    tagged,
    web_address,
)


def text(longest: int = 3000) -> Check:
    """A text object of either kind. `emoji` belongs to plain_text, `verbatim` to mrkdwn."""
    return tagged(_kinds(longest))


def plain(longest: int = 3000) -> Check:
    """A text object where Slack takes plain_text only."""
    return tagged(_kinds(longest), {"plain_text"})


def _kinds(longest: int) -> dict[str, Check]:
    return {
        "plain_text": record({"text": string(longest)}, {"emoji": boolean}),
        "mrkdwn": record({"text": string(longest)}, {"verbatim": boolean}),
    }


placeholder = plain(150)

menu_option = record({"text": plain(75), "value": string(150)}, {"description": plain(75)})
overflow_option = record({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": any_address})
choice_option = record({"text": text(75), "value": string(150)}, {"description": text(75)})
option_group = record({"label": plain(75), "options": array(menu_option, 1, 100)})

confirm = record(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": choice("primary", "danger")},
)
dispatch_config = record({"trigger_actions_on": array(choice("on_enter_pressed", "on_character_entered"), 1, 2)})
conversation_filter = record(
    {},
    {
        "include": array(choice("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    [at_least_one_of("include", "exclude_external_shared_channels", "exclude_bot_users")],
)
slack_file = record({}, {"id": identifier, "url": web_address}, [one_of("id", "url")])
picture = record(
    {"alt_text": string(2000)},
    {"image_url": web_address, "slack_file": slack_file},
    [one_of("image_url", "slack_file")],
)
workflow = record({"trigger": record({"url": web_address}, {"customizable_input_parameters": array(record())})})


def options_of(value: dict[str, Any]) -> list[Any]:
    """Every option that an element offers, groups flattened; whatever is malformed counts as nothing."""
    groups = value.get("option_groups")
    lists = (
        [value.get("options"), *(g.get("options") for g in groups or [] if isinstance(g, dict))]
        if groups
        else [value.get("options")]
    )
    return [option for options in lists if isinstance(options, list) for option in options]


def initial_among_options(field: str) -> Any:
    """Slack wants what is chosen at first to be exactly one of the options, texts included."""

    def rule(value: dict[str, Any], pointer: str, found: Findings) -> None:
        chosen = value.get(field)
        if chosen is None:
            return
        offered = options_of(value)
        for index, option in enumerate(chosen if isinstance(chosen, list) else [chosen]):
            if option not in offered:
                place = f"{pointer}/{field}/{index}" if isinstance(chosen, list) else f"{pointer}/{field}"
                found.add(place, "invalid_value", f"{field} must match one of the options")

    return rule


def distinct_values(value: dict[str, Any], pointer: str, found: Findings) -> None:
    """Two options with one value cannot be told apart in the answer, so Slack refuses them."""
    seen: set[str] = set()
    for option in options_of(value):
        answer = option.get("value") if isinstance(option, dict) else None
        if isinstance(answer, str):
            if answer in seen:
                found.add(pointer, "duplicate_value", f"option values must be unique: {answer}")
            seen.add(answer)
