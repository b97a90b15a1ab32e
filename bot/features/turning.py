"""What leads from a board of open times to another: days before and after, the week, and one consultant's times alone."""

from collections.abc import Sequence
from datetime import date, timedelta

from bot.blocks import Block, actions, button, external_select, option, select
from bot.language import Translator
from core.booking.availability import bookable_days
from core.model import Consultant
from core.transaction import View

MOST_CONSULTANTS = 100  # a static select holds 100 options, one of them is "all"
WEEK = "week"
TODAY = "today"


def value_of(span: str, consultant: str | None, page: int = 0) -> str:
    """A board as a button's value: "2026-11-20", "today", "week" or "week 2026-11-23", with page and consultant."""
    return f"{span}|{page or ''}|{consultant or ''}"


def week_from(day: date) -> str:
    """The seven days from this one on, as a span."""
    return f"{WEEK} {day}"


def day_navigation(
    view: View, t: Translator, day: date, people: Sequence[Consultant], consultant: str | None, span: str
) -> Block:
    """To the day before and after, to the week, and to one consultant's times."""
    first, last = bookable_days(view)
    elements = []
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    if day > first:
        words = f"◀ {t.day(before, short=True)}"
        elements.append(button(words, "slots.show:before", value_of(str(before), consultant)))
    if day < last:
        words = f"{t.day(after, short=True)} ▶"
        elements.append(button(words, "slots.show:after", value_of(str(after), consultant)))
    elements.append(button(t("Week"), "slots.show:week", value_of(WEEK, consultant)))
    return actions([*elements, *_select(t, people, consultant, span)], block_id=f"nav:{span}")


def week_navigation(
    view: View, t: Translator, begin: date, people: Sequence[Consultant], consultant: str | None, span: str
) -> Block | None:
    """To the seven days before and after, and to one consultant's times; None where there is nowhere to go."""
    first, last = bookable_days(view)
    elements = []
    before, after = begin - timedelta(days=7), begin + timedelta(days=7)
    if begin > first:
        to = WEEK if before <= first else week_from(before)
        words = f"◀ {t.day(max(before, first), short=True)}"
        elements.append(button(words, "slots.show:week_before", value_of(to, consultant)))
    if after <= last:
        words = f"{t.day(after, short=True)} ▶"
        elements.append(button(words, "slots.show:week_after", value_of(week_from(after), consultant)))
    elements += _select(t, people, consultant, span)
    return actions(elements, block_id=f"nav:{span}") if elements else None


def who(t: Translator, span: str, people: Sequence[Consultant]) -> list[Block]:
    """Everybody, and each of these consultants, as choices of a board."""
    return [option(t("All consultants"), value_of(span, None)), *(option(c.name, value_of(span, c.id)) for c in people)]


def _select(t: Translator, people: Sequence[Consultant], consultant: str | None, span: str) -> list[Block]:
    if len(people) < 2:
        return []
    chosen = value_of(span, consultant)
    if len(people) < MOST_CONSULTANTS:
        return [select("slots.show:who", who(t, span, people), placeholder=t("Consultant"), chosen=chosen)]
    now = next((choice for choice in who(t, span, people) if choice["value"] == chosen and consultant), None)
    return [external_select("slots.show:who", placeholder=t("All consultants"), chosen=now, min_letters=0)]
