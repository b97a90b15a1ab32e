"""Rich text: sections, lists, quotes and code, and the leaves inside them."""

from sandbox.slack.blockkit.problem import Check
from sandbox.slack.blockkit.shapes import (
    any_address,
    array,
    boolean,
    choice,
    identifier,
    integer,
    record,
    string,
    tagged,
)

_STYLES = ("bold", "italic", "strike", "underline", "code", "highlight", "client_highlight", "unlink")
_style = record({}, dict.fromkeys(_STYLES, boolean))
_styled: dict[str, Check] = {"style": _style}

_LEAVES: dict[str, Check] = {
    "text": record({"text": string()}, _styled),
    "link": record({"url": any_address}, {"text": string(), "unsafe": boolean, **_styled}),
    "user": record({"user_id": identifier}, _styled),
    "usergroup": record({"usergroup_id": identifier}, _styled),
    "team": record({"team_id": identifier}, _styled),
    "channel": record({"channel_id": identifier}, _styled),
    "emoji": record({"name": identifier}, {"skin_tone": integer(1, 6), "unicode": string(), **_styled}),
    "broadcast": record({"range": choice("here", "channel", "everyone")}, _styled),
    "color": record({"value": string(pattern=r"#[0-9A-Fa-f]{6}", what="a color like #RRGGBB")}, _styled),
    "date": record(
        {"timestamp": integer(0), "format": string()}, {"url": any_address, "fallback": string(), **_styled}
    ),
}
_leaves = array(tagged(_LEAVES), 0)
_border: dict[str, Check] = {"border": choice(0, 1)}
_section = record({"elements": _leaves})

_CONTAINERS: dict[str, Check] = {
    "rich_text_section": _section,
    "rich_text_list": record(
        {"style": choice("bullet", "ordered"), "elements": array(tagged({"rich_text_section": _section}))},
        {"indent": integer(0, 8), "offset": integer(0), **_border},
    ),
    "rich_text_preformatted": record({"elements": _leaves}, {"language": string(), **_border}),
    "rich_text_quote": record({"elements": _leaves}, _border),
}

containers = array(tagged(_CONTAINERS), 0)
rich_text_value = tagged({"rich_text": record({"elements": containers}, {"block_id": identifier})})
