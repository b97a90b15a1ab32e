"""Choosing a slot inside a modal: day, consultant, time, and why the other times are closed. Shared by booking and moving."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import accumulate, groupby
from typing import TypeVar

from bot.blocks import (
    Block,
    actions,
    button,
    clip,
    context,
    datepicker,
    escape,
    external_select,
    field,
    group,
    option,
    section,
    select,
)
from bot.call import Call, Typed
from bot.language import Translator
from bot.texts import by_reason, seats, why_closed
from core.booking.availability import Offer, alternatives, bookable_days, day_slots, offer, today
from core.booking.slots import Over, Slot
from core.transaction import View

T = TypeVar("T")
EVERYBODY = "all"
MOST_CONSULTANTS = 99  # a static select holds 100 options, one of them is "everybody"
MOST_TIMES = 900  # options in all
MOST_AT_ONCE = 99  # options of a start: a group holds 100, and the wanted one has to go in
ROOM = 180_000  # bytes for options or lines; Slack refuses a view of more than 250 kB
OPTION_BYTES = 190  # of an option without the consultant's name
MOST_NAMES = 5  # consultants in a line of closed times
MOST_LETTERS, MOST_SECTIONS = 2900, 90
CLOSED_SHOWN = 6


@dataclass(frozen=True)
class Choice:
    """What is chosen so far. `consultant` None: any. `place` is the date input's id: a new one shows a day of our choice.

    What stands in an input stays there under the same id, whatever we say; so an id changes when we choose for the person,
    and only then, for a person may be choosing in it.
    """

    day: date
    consultant: str | None = None
    slot: tuple[str, datetime] | None = None
    place: str = "date"


def slot_value(slot: Slot) -> str:
    """A slot as an option's value."""
    return f"{slot.consultant_id}|{int(slot.starts_at.timestamp())}"


def parse_slot(value: str) -> tuple[str, datetime] | None:
    """The consultant and the start of an option's value; None for anything else."""
    consultant_id, bar, seconds = value.partition("|")
    if not bar or not seconds.isascii() or not seconds.isdigit() or len(seconds) > 11:
        return None
    return consultant_id, datetime.fromtimestamp(int(seconds), UTC)


def chosen(view: View, typed: Typed, fallback: date | None = None) -> Choice:
    """The choice that stands in the modal, with everything checked that a client could have sent."""
    place = typed.block("date") or "date"
    day = parse_day(typed.choice(place)) or fallback or today(view)
    consultant = typed.choice(typed.block("consultant") or "consultant")
    block = typed.block("slot")
    slot = parse_slot(typed.choice(block) or "") if block else None
    return Choice(day, None if consultant in (None, EVERYBODY) else consultant, slot, place)


def blocks(view: View, t: Translator, choice: Choice, refused_above: bool = False) -> list[Block]:
    """The inputs for day, consultant and time, and what there is to know about closed times.

    `refused_above`: offers stand above already (see `refused`), so an empty day makes none of its own.
    """
    first, last = bookable_days(view)
    found = offer(view, [choice.day], None if choice.consultant is None else [choice.consultant])
    if choice.consultant is not None and choice.consultant not in found.consultants:
        choice = replace(choice, consultant=None)
        found = offer(view, [choice.day])
    slots, people = found.slots, found.consultants
    horizon, day = t("Bookable until {day}.", day=t.day(last, short=True)), choice.day.isoformat()
    parts = [
        field(choice.place, t("Day"), datepicker("pick.date", chosen=day), hint=horizon, dispatch=True),
        _who(t, people, choice),
        *_times(view, t, choice, found, refused_above),
    ]
    closed = [slot for slot in slots if not slot.open and not isinstance(slot.closed, Over)]
    if closed:
        parts.append(context("\n".join(_by_start(closed[:CLOSED_SHOWN], t))))
    if len(closed) > CLOSED_SHOWN:
        more = t.plural("{n} more not bookable: why?", "{n} more not bookable: why?", len(closed) - CLOSED_SHOWN)
        value = f"{choice.day.isoformat()}|{choice.consultant or ''}"
        parts.append(actions([button(more, "pick.why", value)], block_id="why"))
    if not first <= choice.day <= last:
        words = t("This day can't be booked. Choose one until {day}.", day=t.day(last))
        parts.insert(1, context(f"⚠️ {words}"))
    return parts


def why_all(view: View, t: Translator, value: str) -> list[Block]:
    """Every closed time of a day with its reason, several to a block; who is closed for the same reason stands together."""
    day_text, _, consultant = value.partition("|")
    day = parse_day(day_text) or today(view)
    slots = day_slots(view, [day], [consultant] if consultant else None)
    lines = _by_start(slots, t)
    shown = _fitting(lines, lambda line: len(json.dumps(line)))
    texts = [""]
    for line in shown:
        if len(texts[-1]) + len(line) > MOST_LETTERS:
            texts.append("")
        texts[-1] += f"{line}\n"
    whole = len(shown) == len(lines) and len(texts) <= MOST_SECTIONS
    rest = [] if whole else [context(t("Not all times fit here. Choose a consultant to see all of theirs."))]
    return [section(f"*{t.day(day)}*"), *map(section, texts[:MOST_SECTIONS]), *rest]


def refused(t: Translator, wanted: Slot | None, near: Sequence[Slot]) -> list[Block]:
    """Why the wanted slot cannot be booked, and the nearest open ones; nothing where nothing was refused."""
    if wanted is None or wanted.closed is None:
        return []
    what = " · ".join(filter(None, (t.moment(wanted.starts_at), wanted.consultant)))
    words = t("{what} can't be booked: {why}.", what=f"*{escape(what)}*", why=escape(why_closed(wanted.closed, t)))
    more = t("The nearest open times:") if near else t("Nothing is open in the days around it, either.")
    return [section(f"⚠️ {words} {more}"), *offers(t, near)]


def offers(t: Translator, slots: Sequence[Slot]) -> list[Block]:
    """Open slots as buttons that choose them."""
    if not slots:
        return []
    buttons = [
        button(f"{t.moment(slot.starts_at, short=True)} · {slot.consultant}", f"pick.take:{n}", slot_value(slot))
        for n, slot in enumerate(slots[:5])
    ]
    return [actions(buttons, block_id="offers")]


def pressed(call: Call, choice: Choice) -> Choice:
    """The choice after an element of the picker was used: an offer brings its day along."""
    taken = parse_slot(call.value) if call.action.get("action_id", "").startswith("pick.take") else None
    if taken is None:
        return choice
    day = taken[1].astimezone(call.t.zone).date()
    consultant = None if choice.consultant is None else taken[0]
    return Choice(day, consultant, taken, f"date:{call.action.get('action_ts', '')}"[:60])


def _who(t: Translator, people: dict[str, str], choice: Choice) -> Block:
    label, anyone = t("Consultant"), t("All consultants")
    if len(people) <= MOST_CONSULTANTS:
        options = [option(anyone, EVERYBODY), *(option(name, key) for key, name in people.items())]
        element = select("pick.consultant", options, placeholder=anyone, chosen=choice.consultant or EVERYBODY)
    else:
        key = choice.consultant
        now = option(people[key], key) if key else option(anyone, EVERYBODY)
        element = external_select("pick.consultant", placeholder=anyone, chosen=now, min_letters=0)
    return field(f"consultant:{choice.consultant or EVERYBODY}"[:60], label, element, dispatch=True)


def _times(view: View, t: Translator, choice: Choice, found: Offer, refused_above: bool) -> list[Block]:
    """The select of open times. A choice never survives a change of day, nor the news that it cannot be booked."""
    free = [slot for slot in found.slots if slot.open]
    if not free:
        return _nothing_open(view, t, choice, found, refused_above)
    shown = _offered(free, choice.slot)
    wanted = f"{choice.slot[0]}|{int(choice.slot[1].timestamp())}" if choice.slot else None
    state = wanted or ("-" if refused_above else "")
    block_id = f"slot:{choice.day.isoformat()}:{choice.consultant or ''}:{state}"[:200]
    if choice.consultant is not None:
        options = [option(f"{t.time(s.starts_at)} · {seats(s, t)}", slot_value(s)) for s in shown]
        element = select("pick.slot", options[:100], placeholder=t("Choose a time"), chosen=wanted)
    else:
        groups = [
            group(clock := t.time(at), [_time_option(s, clock, t) for s in same])
            for at, same in groupby(shown, key=lambda s: s.starts_at)
        ]
        element = select("pick.slot", [], groups=groups, placeholder=t("Choose a time"), chosen=wanted)
    parts = [field(block_id, t("Time"), element)]
    if len(free) > len(shown):
        parts.append(context(t("Not all times fit here. Choose a consultant to see all of theirs.")))
    return parts


def _offered(free: Sequence[Slot], wanted: tuple[str, datetime] | None) -> list[Slot]:
    """As many of the open times as a select and a view can hold; the wanted one is always among them."""
    rank = {slot: n for _, same in groupby(free, key=lambda s: s.starts_at) for n, slot in enumerate(same)}
    own = [slot for slot in free if wanted == (slot.consultant_id, slot.starts_at)]
    some = [slot for slot in free if rank[slot] < MOST_AT_ONCE or slot in own][:MOST_TIMES]
    shown = _fitting(some, lambda slot: OPTION_BYTES + len(json.dumps(slot.consultant)))
    return shown if not own or own[0] in shown else sorted([*shown, *own], key=lambda s: s.starts_at)


def _fitting(things: Sequence[T], size: Callable[[T], int]) -> list[T]:
    """Those from the beginning that have room in a view."""
    room = accumulate(map(size, things))
    return [thing for thing, taken in zip(things, room, strict=True) if taken <= ROOM]


def _time_option(slot: Slot, clock: str, t: Translator) -> Block:
    free = seats(slot, t)
    return option(f"{clock} · {clip(slot.consultant, 72 - len(free) - 8)} · {free}", slot_value(slot))


def _nothing_open(view: View, t: Translator, choice: Choice, found: Offer, refused_above: bool) -> list[Block]:
    if not found.consultants:
        return [section(t("🪑 Nobody can be booked yet. An admin adds consultants with `/slotadmin`."))]
    words = t("No time is open on this day.") if found.slots else t("Nobody offers appointments on this day.")
    noon = datetime.combine(choice.day, datetime.min.time(), tzinfo=view.zone).astimezone(UTC)
    if refused_above:
        return [section(f"🔍 {words}")]
    near = alternatives(view, choice.consultant, max(noon, view.now))
    more = t("The nearest open times:") if near else t("Nothing is open in the days around it, either.")
    return [section(f"🔍 {words} {more}"), *offers(t, near)]


def _by_start(slots: Sequence[Slot], t: Translator) -> list[str]:
    """The closed ones of these slots, start by start."""
    return [line for _, same in groupby(slots, key=lambda s: s.starts_at) for line in _closed_lines(list(same), t)]


def _closed_lines(slots: Sequence[Slot], t: Translator) -> list[str]:
    """The closed ones of the slots of a start, a line a reason."""
    lines = []
    for why, who in by_reason(slots, t).items():
        more = len(who) - MOST_NAMES
        several = [*who[:MOST_NAMES], *([t.plural("and {n} more", "and {n} more", more)] if more > 0 else [])]
        together = ", ".join(escape(clip(name, 60)) for name in several)
        lines.append(f"~{t.time(slots[0].starts_at)}~ {together}: {escape(clip(why, 160))}")
    return lines


def parse_day(text: str | None) -> date | None:
    """A day as Slack writes it; None for anything else, and for the ends of the calendar, beside which there is no day."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if date.min < day < date.max else None
