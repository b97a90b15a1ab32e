"""Small pieces of Block Kit that Slack accepts, for the tables of cases."""

from typing import Any


def plain(text: str = "Text") -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "*Text*") -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def option(value: str = "a", text: str = "A", **more: Any) -> dict[str, Any]:
    return {"text": plain(text), "value": value, **more}


def options(count: int) -> list[dict[str, Any]]:
    return [option(str(n), f"Option {n}") for n in range(count)]


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "press", "text": plain("Press"), **more}


def section(**more: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn(), **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def entry(element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": "entry", "label": plain("Label"), "element": element, **more}


def select(**more: Any) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "choose", "options": options(3), **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("Title"), "submit": plain("Save"), "blocks": list(blocks), **more}


def numbers(**more: Any) -> dict[str, Any]:
    return {"type": "number_input", "is_decimal_allowed": False, **more}


def dialog(**more: Any) -> dict[str, Any]:
    return {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain(), **more}


def rows(count: int, width: int = 1, text: str = "x") -> list[list[dict[str, str]]]:
    return [[{"type": "raw_text", "text": text}] * width for _ in range(count)]


def leaf(**element: Any) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}


def labelled(count: int) -> list[dict[str, Any]]:
    return [{"label": f"L{n}", "value": n + 1} for n in range(count)]


def chart(series: int = 1, points: int = 2, **more: Any) -> dict[str, Any]:
    lines = [{"name": f"S{n}", "data": labelled(points)} for n in range(series)]
    axis = {"categories": [f"L{n}" for n in range(points)]}
    body = {"type": "bar", "series": lines, "axis_config": axis}
    return {"type": "data_visualization", "title": "Chart", "chart": body, **more}


def pie(count: int) -> dict[str, Any]:
    return {"type": "data_visualization", "title": "Pie", "chart": {"type": "pie", "segments": labelled(count)}}


URL = "https://example.com/"
PICTURE = {"type": "image", "image_url": URL, "alt_text": "A picture"}
