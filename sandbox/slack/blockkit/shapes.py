"""The small language in which the rules of Block Kit are written: each function makes a check out of limits."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.slack.blockkit.problem import Check, Findings

Rule = Callable[[dict[str, Any], str, Findings], None]
"""A condition between the fields of one object; it runs when the object's own fields were looked at."""


def string(longest: int | None = None, *, empty: bool = False, pattern: str | None = None, what: str = "") -> Check:
    """A string of 1 to `longest` letters; `pattern` must match all of it, `what` names the form in the message."""
    compiled = re.compile(pattern) if pattern else None

    def check(value: Any, pointer: str, found: Findings) -> None:
        if not isinstance(value, str):
            found.add(pointer, "invalid_type", "must provide a string")
        elif not value and not empty:
            found.limit(pointer, "too_short", "must be more than 0 characters", "min_length", 1, 0)
        elif longest is not None and len(value) > longest:
            message = f"must be less than {longest + 1} characters"
            found.limit(pointer, "too_long", message, "max_length", longest, len(value))
        elif compiled and not compiled.fullmatch(value):
            found.add(pointer, "invalid_format", f"must be {what}" if what else "invalid format")

    return check


def choice(*values: object) -> Check:
    def check(value: Any, pointer: str, found: Findings) -> None:
        if not any(value == allowed and type(value) is type(allowed) for allowed in values):
            message = f"must be a valid enum value: {', '.join(str(v) for v in values)}"
            found.limit(pointer, "invalid_value", message, "enum", list(values), value)

    return check


def boolean(value: Any, pointer: str, found: Findings) -> None:
    if not isinstance(value, bool):
        found.add(pointer, "invalid_type", "must provide a boolean")


def integer(lowest: int, highest: int | None = None) -> Check:
    def check(value: Any, pointer: str, found: Findings) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            found.add(pointer, "invalid_type", "must provide an integer")
        elif value < lowest:
            found.limit(pointer, "too_small", f"must be at least {lowest}", "min", lowest, value)
        elif highest is not None and value > highest:
            found.limit(pointer, "too_large", f"must be at most {highest}", "max", highest, value)

    return check


def number(value: Any, pointer: str, found: Findings) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        found.add(pointer, "invalid_type", "must provide a number")


def anything(value: Any, pointer: str, found: Findings) -> None:
    """No rule: for values that Slack passes through."""


def array(item: Check, fewest: int = 1, most: int | None = None) -> Check:
    def check(value: Any, pointer: str, found: Findings) -> None:
        if not isinstance(value, list):
            found.add(pointer, "invalid_type", "must provide an array")
            return
        if len(value) < fewest:
            message = f"must have at least {fewest} item{'s' if fewest > 1 else ''}"
            found.limit(pointer, "too_few_items", message, "min_items", fewest, len(value))
        if most is not None and len(value) > most:
            message = f"no more than {most} items allowed"
            found.limit(pointer, "too_many_items", message, "max_items", most, len(value))
            return
        for index, part in enumerate(value):
            item(part, f"{pointer}/{index}", found)

    return check


def record(
    required: Mapping[str, Check] | None = None,
    optional: Mapping[str, Check] | None = None,
    rules: Iterable[Rule] = (),
) -> Check:
    """An object with these fields and no others. `type` is always allowed: whoever chose this record has read it."""
    needed = dict(required or {})
    known = {**needed, **(optional or {})}
    between = tuple(rules)

    def check(value: Any, pointer: str, found: Findings) -> None:
        if not isinstance(value, dict):
            found.add(pointer, "invalid_type", "must provide an object")
            return
        for name in needed:
            if value.get(name) is None:
                found.add(pointer, "missing_field", f"missing required field: {name}")
        for name, content in value.items():
            if name in known:
                if content is not None:
                    known[name](content, f"{pointer}/{name}", found)
                elif name not in needed:
                    found.add(f"{pointer}/{name}", "invalid_type", "must not be null")
            elif name != "type":
                found.add(pointer, "unknown_field", f"invalid additional property: {name}")
        for rule in between:
            rule(value, pointer, found)

    return check


def tagged(table: Mapping[str, Check], allowed: Iterable[str] | None = None) -> Check:
    """An object whose `type` chooses its check; types outside `allowed` exist elsewhere but not in this place."""
    here = frozenset(table if allowed is None else allowed)

    def check(value: Any, pointer: str, found: Findings) -> None:
        if not isinstance(value, dict):
            found.add(pointer, "invalid_type", "must provide an object")
            return
        kind = value.get("type")
        if kind is None:
            found.add(pointer, "missing_field", "missing required field: type")
        elif not isinstance(kind, str) or kind not in here:
            found.add(f"{pointer}/type", "unknown_type", f"unsupported type: {kind}")
        else:
            table[kind](value, pointer, found)

    return check


def one_of(*names: str) -> Rule:
    """Exactly one of these fields."""

    def rule(value: dict[str, Any], pointer: str, found: Findings) -> None:
        given = [name for name in names if value.get(name) is not None]
        if len(given) != 1:
            code = "invalid_combination" if given else "missing_field"
            found.add(pointer, code, f"must provide exactly one of: {', '.join(names)}")

    return rule


def at_least_one_of(*names: str) -> Rule:
    def rule(value: dict[str, Any], pointer: str, found: Findings) -> None:
        if all(value.get(name) is None for name in names):
            found.add(pointer, "missing_field", f"missing required field: {' or '.join(names)}")

    return rule


def ordered(low: str, high: str, as_number: Callable[[Any], float | None]) -> Rule:
    """`low` must not be above `high` where both are given."""

    def rule(value: dict[str, Any], pointer: str, found: Findings) -> None:
        lower, upper = as_number(value.get(low)), as_number(value.get(high))
        if lower is not None and upper is not None and lower > upper:
            found.add(f"{pointer}/{low}", "invalid_value", f"{low} must be less than or equal to {high}")

    return rule


def calendar_date(value: Any, pointer: str, found: Findings) -> None:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            date.fromisoformat(value)
        except ValueError:
            pass
        else:
            return
    found.add(pointer, "invalid_format", "must be a date in the format YYYY-MM-DD")


def time_zone(value: Any, pointer: str, found: Findings) -> None:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        found.add(pointer, "invalid_value", "must be an IANA time zone")


clock_time = string(pattern=r"([01]\d|2[0-3]):[0-5]\d", what="a time in the format HH:mm")
web_address = string(3000, pattern=r"https?://[^\s<>]+", what="a valid URL")
any_address = string(3000, pattern=r"(https?://|mailto:|tel:|slack://)[^\s<>]+", what="a valid URL")
identifier = string(255)
