"""The `fields` parameter: partial responses such as `items(id,start/dateTime),nextPageToken`."""

from typing import Any

from sandbox.google.errors import invalid

Mask = dict[str, Any]
"""Name → mask of what is below; an empty mask means everything below."""


def parse_mask(text: str) -> Mask:
    """400 `invalid` for unbalanced brackets or empty names."""
    mask, rest = _list(text, 0)
    if rest != len(text):
        raise invalid(f"Invalid field selection {text}", "fields")
    return mask


def _list(text: str, at: int) -> tuple[Mask, int]:
    mask: Mask = {}
    while True:
        path: list[str] = []
        while True:
            start = at
            while at < len(text) and text[at] not in ",()/":
                at += 1
            name = text[start:at].strip()
            if not name:
                raise invalid(f"Invalid field selection {text}", "fields")
            path.append(name)
            if at < len(text) and text[at] == "/":
                at += 1
                continue
            break
        below: Mask = {}
        if at < len(text) and text[at] == "(":
            below, at = _list(text, at + 1)
            if at >= len(text) or text[at] != ")":
                raise invalid(f"Invalid field selection {text}", "fields")
            at += 1
        node = mask
        for name in path[:-1]:
            node = node.setdefault(name, {})
        node.setdefault(path[-1], {}).update(below)
        if at < len(text) and text[at] == ",":
            at += 1
            continue
        return mask, at


def select(value: Any, mask: Mask) -> Any:
    """The part of a response that a mask names; unknown names select nothing."""
    if not mask or "*" in mask:
        return value
    if isinstance(value, list):
        return [select(one, mask) for one in value]
    if isinstance(value, dict):
        return {key: select(value[key], below) for key, below in mask.items() if key in value}
    return value
