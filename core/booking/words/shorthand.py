"""Spans that leave something out, written so that their ends can be read one by one."""

import re
from collections.abc import Callable
from datetime import datetime

from core.booking.words.canvas import DATED, Canvas

_SHARED_MONTH = re.compile(
    r"(?<![\w.:-])(?P<first>\d{1,2})(?:\.|st|nd|rd|th)?(?P<joint>\s*(?:-|bis(?:\s+zum)?|to|until|till|through)\s*)"
    r"(?P<second>\d{1,2}(?:\.\s?(?P<month>\d{1,2})\.|(?:\.|st|nd|rd|th)?\s*(?:of\s+)?(?P<name>jan|feb|mar|maer|mrz|apr"
    r"|mai|may|jun|jul|aug|sep|okt|oct|nov|dez|dec)[a-z]*))"
)
_SHARED_MONTH_FIRST = re.compile(
    r"\b(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?P<more>[a-z]*)\.?\s+(?P<first>\d{1,2})(?:st|nd|rd|th)?"
    r"\s*(?:-|to|until|till|through)\s*(?P<second>\d{1,2})(?:st|nd|rd|th)?(?![\w:.])"
)
_SLASHES = re.compile(r"(?<![\d/])(\d{1,2}/\d{1,2})\s*-\s*(\d{1,2}/\d{1,2})(?![\d/])")
_DOTS = re.compile(
    r"(?<![\d.:])(\d{1,2}\.(?:0?[1-9]|1[0-2]))\.?\s*-\s*(\d{1,2}\.(?:0?[1-9]|1[0-2]))(?![\d:.])(?!\s*(?:uhr|h)\b)"
)
_NOW = re.compile(
    r"(?<!\w)(?<!days )(?<!day )(?<!weeks )(?<!week )(?<!from )(?:ab\s+|from\s+|von\s+)?(?:now(?:\s+on)?|jetzt|sofort)(?!\w)"
)
_NOON = re.compile(
    r"(?<!\w)(?:(?P<before>ab|from|bis|until|till|to)\s+(?:zum\s+)?|(?<=-)|(?<=- ))(?:noon|midday|mittags?)(?!\w)"
    r"|(?<!\w)(?:noon|midday|mittags?)(?=\s*(?:-|bis\b|to\b|until\b|till\b))"
)


def spelt_out(text: str, local: datetime) -> str:
    """ "24.-31.12." with both months, "from now" and "ab mittag" with their times; `local` is what "now" means."""

    def moment(match: re.Match[str]) -> str:
        return f"ab {local:%H:%M}"

    def noon(match: re.Match[str]) -> str:
        return f"{match['before'] or ''} 12:00".strip()

    text = _months_spelt_out(text)
    text = _SLASHES.sub(r"\1 - \2", text)
    text = _DOTS.sub(r"\1. - \2.", text)
    return _substitute(_NOON, noon, _substitute(_NOW, moment, text))


def _substitute(pattern: re.Pattern[str], said: Callable[[re.Match[str]], str], text: str) -> str:
    """Replaces what the pattern finds in the folded text, in the text as shown."""
    for match in reversed(list(pattern.finditer(Canvas(text).folded, 0, DATED))):
        text = text[: match.start()] + said(match) + text[match.end() :]
    return text


def _months_spelt_out(text: str) -> str:
    """ "24.-31.12." as "24.12.-31.12.": each day with its month."""
    folded = Canvas(text).folded
    match = _SHARED_MONTH.search(folded, 0, DATED)
    if match:
        month = f".{match['month']}." if match["month"] else f" {match['name']}"
        return f"{text[: match.start()]}{match['first']}{month}{match['joint']}{text[match.start('second') :]}"
    match = _SHARED_MONTH_FIRST.search(folded, 0, DATED)
    if match:
        month = match["name"] + match["more"]
        return f"{text[: match.start()]}{match['first']} {month} - {match['second']} {month} {text[match.end() :]}"
    return text
