"""Block Kit from plain values. No decisions here beyond what Slack demands: lengths are clipped, user text is never markup.

Texts called `plain` may hold anything a person typed. Texts called `markup` are ours: put user text through `escape`.
"""

from bot.blocks.elements import (
    button,
    channels_select,
    datepicker,
    external_select,
    number_field,
    radio,
    select,
    text_field,
    timepicker,
    users_select,
)
from bot.blocks.layout import actions, context, divider, field, fields, header, home, modal, section
from bot.blocks.objects import Block, clip, confirm, escape, group, markup, mention, option, plain

__all__ = [
    "Block",
    "actions",
    "button",
    "channels_select",
    "clip",
    "confirm",
    "context",
    "datepicker",
    "divider",
    "escape",
    "external_select",
    "field",
    "fields",
    "group",
    "header",
    "home",
    "markup",
    "mention",
    "modal",
    "number_field",
    "option",
    "plain",
    "radio",
    "section",
    "select",
    "text_field",
    "timepicker",
    "users_select",
]
