"""Blocks that show data: tables, charts, cards, plans. Most of them belong to messages alone."""

from typing import Any

from sandbox.slack.blockkit import objects
from sandbox.slack.blockkit.elements import element
from sandbox.slack.blockkit.problem import Check, Findings
from sandbox.slack.blockkit.rich_text import containers, rich_text_value
from sandbox.slack.blockkit.shapes import (
    anything,
    array,
    at_least_one_of,
    boolean,
    choice,
    identifier,
    integer,
    number,
    record,
    string,
    tagged,
    web_address,
)

_rich_cell = record({"elements": containers})
_cell = tagged({"raw_text": record({"text": string(empty=True)}), "rich_text": _rich_cell})
_column = record({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})
_data_cell = tagged(
    {
        "raw_text": record({"text": string(empty=True)}),
        "raw_number": record({"value": number}, {"text": string()}),
        "rich_text": _rich_cell,
    }
)
_TABLE_LETTERS = 10_000


def _column_or_default(value: Any, pointer: str, found: Findings) -> None:
    if value is not None:
        _column(value, pointer, found)


def _one_table(value: dict[str, Any], pointer: str, found: Findings) -> None:
    found.tables += 1
    if found.tables > 1:
        found.add(pointer, "only_one_table_allowed", "only one table allowed")


def _letters(value: Any) -> int:
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(_letters(part) for name, part in value.items() if name != "text")
    return sum(_letters(part) for part in value) if isinstance(value, list) else 0


def _table_letters(value: dict[str, Any], pointer: str, found: Findings) -> None:
    letters = _letters(value.get("rows"))
    if letters > _TABLE_LETTERS:
        message = f"must be less than {_TABLE_LETTERS + 1} characters"
        found.limit(f"{pointer}/rows", "too_long", message, "max_length", _TABLE_LETTERS, letters)


def _plain_header_row(value: dict[str, Any], pointer: str, found: Findings) -> None:
    rows = value.get("rows")
    header = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], list) else []
    for index, cell in enumerate(header):
        if isinstance(cell, dict) and cell.get("type") == "rich_text":
            found.add(f"{pointer}/rows/0/{index}/type", "unknown_type", "the header row cannot contain rich_text cells")


def _two_charts(value: dict[str, Any], pointer: str, found: Findings) -> None:
    found.charts += 1
    if found.charts > 2:
        found.limit(
            pointer, "too_many_items", "no more than 2 data_visualization blocks allowed", "max_items", 2, found.charts
        )


def _points_match_categories(value: dict[str, Any], pointer: str, found: Findings) -> None:
    axis = value.get("axis_config")
    wanted = axis.get("categories") if isinstance(axis, dict) else None
    series = value.get("series")
    for index, line in enumerate(series if isinstance(series, list) else []):
        points = line.get("data") if isinstance(line, dict) else None
        labels = [point.get("label") for point in points or [] if isinstance(point, dict)]
        if isinstance(wanted, list) and sorted(map(str, labels)) != sorted(map(str, wanted)):
            message = "each series must have exactly one point for each category"
            found.add(f"{pointer}/series/{index}/data", "invalid_value", message)


def _positive(value: Any, pointer: str, found: Findings) -> None:
    number(value, pointer, found)
    if isinstance(value, int | float) and value <= 0:
        found.limit(pointer, "too_small", "must be greater than 0", "min", 0, value)


_label = string(20)
_series = record({"name": _label, "data": array(record({"label": _label, "value": number}), 1, 20)})
_axes = record({"categories": array(_label, 0, 20)}, {"x_label": string(50), "y_label": string(50)})
_cartesian = record({"series": array(_series, 1, 6), "axis_config": _axes}, rules=[_points_match_categories])
_chart = tagged(
    {
        "line": _cartesian,
        "bar": _cartesian,
        "area": _cartesian,
        "pie": record({"segments": array(record({"label": _label, "value": _positive}), 1, 6)}),
    }
)

_image = tagged({"image": objects.picture})
card = record(
    {},
    {
        "block_id": identifier,
        "hero_image": _image,
        "icon": _image,
        "title": objects.text(150),
        "subtitle": objects.text(150),
        "body": objects.text(200),
        "actions": array(element(frozenset({"button"})), 1, 2),
    },
    [at_least_one_of("hero_image", "title", "actions", "body")],
)

_task = record(
    {"task_id": identifier, "title": string(3000)},
    {
        "block_id": identifier,
        "details": rich_text_value,
        "output": rich_text_value,
        "sources": array(tagged({"url": record({"url": web_address, "text": string()})})),
        "status": choice("pending", "in_progress", "complete", "error"),
    },
)


def _plan_title(value: Any, pointer: str, found: Findings) -> None:
    (string(3000) if isinstance(value, str) else objects.plain())(value, pointer, found)


def _one_plan(value: dict[str, Any], pointer: str, found: Findings) -> None:
    found.plans += 1
    if found.plans > 1:
        found.limit(pointer, "too_many_items", "only one plan allowed", "max_items", 1, found.plans)


DATA_BLOCKS: dict[str, Check] = {
    "table": record(
        {"rows": array(array(_cell, 1, 20), 1, 100)},
        {"block_id": identifier, "column_settings": array(_column_or_default, 0, 20)},
        [_one_table, _table_letters],
    ),
    "data_table": record(
        {"rows": array(array(_data_cell, 1, 20), 2, 101), "caption": string()},
        {"block_id": identifier, "page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
        [_table_letters, _plain_header_row],
    ),
    "data_visualization": record({"title": string(50), "chart": _chart}, {"block_id": identifier}, [_two_charts]),
    "card": card,
    "carousel": record({"elements": array(tagged({"card": card}), 1, 10)}, {"block_id": identifier}),
    "task_card": _task,
    "plan": record({"title": _plan_title}, {"block_id": identifier, "tasks": array(_task, 0)}, [_one_plan]),
    "file": record({"external_id": identifier, "source": choice("remote")}, {"block_id": identifier, "file": anything}),
}
