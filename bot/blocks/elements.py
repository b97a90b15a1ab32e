"""What people press, choose from and type into."""

from collections.abc import Sequence

from bot.blocks.objects import Block, clip, plain, with_optional


def button(
    text: str,
    action_id: str,
    value: str = "",
    *,
    style: str | None = None,
    confirm: Block | None = None,
    label: str | None = None,
) -> Block:
    """A button. `style` is primary or danger; `label` says more to a screen reader."""
    return with_optional(
        {"type": "button", "text": plain(text, 75), "action_id": action_id},
        value=clip(value, 2000) or None,
        style=style,
        confirm=confirm,
        accessibility_label=clip(label, 75) if label else None,
    )


def select(
    action_id: str,
    options: Sequence[Block],
    *,
    placeholder: str,
    chosen: str | None = None,
    groups: Sequence[Block] = (),
) -> Block:
    """A static select of options or of groups, at most 100 of either; `chosen` is an option's value."""
    every = [*options, *(o for g in groups for o in g["options"])]
    return with_optional(
        {"type": "static_select", "action_id": action_id, "placeholder": plain(placeholder, 150)},
        options=list(options[:100]) or None,
        option_groups=list(groups[:100]) or None,
        initial_option=next((o for o in every if o["value"] == chosen), None),
    )


def external_select(action_id: str, *, placeholder: str, chosen: Block | None = None, min_letters: int = 2) -> Block:
    """A select whose options come from a suggestion listener."""
    return with_optional(
        {
            "type": "external_select",
            "action_id": action_id,
            "placeholder": plain(placeholder, 150),
            "min_query_length": min_letters,
        },
        initial_option=chosen,
    )


def users_select(action_id: str, *, placeholder: str, chosen: str | None = None) -> Block:
    """A select of the workspace's people."""
    return with_optional(
        {"type": "users_select", "action_id": action_id, "placeholder": plain(placeholder, 150)}, initial_user=chosen
    )


def channels_select(action_id: str, *, placeholder: str, chosen: str | None = None) -> Block:
    """A select of public and private channels, without direct messages."""
    return with_optional(
        {
            "type": "conversations_select",
            "action_id": action_id,
            "placeholder": plain(placeholder, 150),
            "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        },
        initial_conversation=chosen,
    )


def datepicker(action_id: str, *, chosen: str | None = None) -> Block:
    """A date, "YYYY-MM-DD"."""
    return with_optional({"type": "datepicker", "action_id": action_id}, initial_date=chosen)


def timepicker(action_id: str, *, chosen: str | None = None) -> Block:
    """A wall time, "HH:MM"."""
    return with_optional({"type": "timepicker", "action_id": action_id}, initial_time=chosen)


def radio(action_id: str, options: Sequence[Block], *, chosen: str | None = None) -> Block:
    """Up to ten choices of which one counts."""
    return with_optional(
        {"type": "radio_buttons", "action_id": action_id, "options": list(options[:10])},
        initial_option=next((o for o in options if o["value"] == chosen), None),
    )


def text_field(
    action_id: str,
    *,
    value: str = "",
    placeholder: str = "",
    multiline: bool = False,
    longest: int | None = None,
    focus: bool = False,
) -> Block:
    """A line or a box for typing. `longest` is refused by Slack itself while typing, at most 3,000."""
    return with_optional(
        {"type": "plain_text_input", "action_id": action_id},
        initial_value=clip(value, longest or 3000) or None,
        placeholder=plain(placeholder, 150) if placeholder else None,
        multiline=multiline or None,
        max_length=longest,
        focus_on_load=focus or None,
    )


def number_field(
    action_id: str, *, value: int | None = None, least: int | None = None, most: int | None = None
) -> Block:
    """A whole number."""
    return with_optional(
        {"type": "number_input", "action_id": action_id, "is_decimal_allowed": False},
        initial_value=None if value is None else str(value),
        min_value=None if least is None else str(least),
        max_value=None if most is None else str(most),
    )
