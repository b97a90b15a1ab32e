"""What was changed, in words: one headline and what it was before and is now."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from bot.blocks import clip, escape, mention
from bot.language import Translator, _
from bot.texts import OUTCOMES, span
from core.booking.setup.holiday_calendar import STATES
from core.booking.setup.undo import SettingsEntry
from core.booking.setup.week import from_facts
from core.booking.setup.week_text import format_week

LONGEST_WEEK = 300
Shower = Callable[[Any, Translator], str]

KINDS = {
    "rules": _("Booking rules"),
    "locale": _("Language of channels"),
    "timezone": _("Time zone"),
    "holidays": _("Public holidays"),
    "channels": _("Channels"),
    "colours": _("Colours"),
    "role": _("Role"),
    "consultant": _("Consultant"),
    "time_off": _("Time off"),
}
LABELS = {
    "min_notice_minutes": _("Minimum notice (minutes)"),
    "horizon_days": _("Bookable days ahead"),
    "buffer_before": _("Minutes kept free before an appointment"),
    "buffer_after": _("Minutes kept free after an appointment"),
    "daily_cap": _("Most appointments per consultant and day"),
    "locale": _("Language of channels"),
    "timezone": _("Time zone"),
    "holidays": _("Public holidays of"),
    "bookings_channel": _("Posts about bookings"),
    "achievements_channel": _("Posts about achievements"),
    "admin_channel": _("Notes for admins"),
    "role": _("Role"),
    "name": _("Name"),
    "member_id": _("Slack member"),
    "calendar": _("Google calendar"),
    "capacity": _("Seats"),
    "minutes": _("Minutes"),
    "week": _("Weekly schedule"),
    "colours": _("Colours"),
}
NOTHING = {"daily_cap": _("no limit"), "calendar": _("central calendar")}  # what an empty value means
ROLES = {"member": _("member"), "lead": _("lead"), "admin": _("admin")}
LANGUAGES = {"de": _("German"), "en": _("English")}
COLOURS = {
    "1": ("🟪", _("Lavender")),
    "2": ("🟩", _("Sage")),
    "3": ("🟣", _("Grape")),
    "4": ("🩷", _("Flamingo")),
    "5": ("🟨", _("Banana")),
    "6": ("🟧", _("Tangerine")),
    "7": ("🩵", _("Peacock")),
    "8": ("⬛", _("Graphite")),
    "9": ("🟦", _("Blueberry")),
    "10": ("🟢", _("Basil")),
    "11": ("🟥", _("Tomato")),
}


def change_lines(entry: SettingsEntry, t: Translator) -> str:
    """A change in markup: what it is about in bold, then before and after."""
    title = t(KINDS.get(entry.kind, _("Setting")))
    if entry.kind == "role":
        before, after = (t(ROLES[facts["role"]]) for facts in (entry.before or {}, entry.after or {}))
        return f"*{title}* {mention(entry.subject_slack)}: {before} → {after}"
    who = f" {escape(entry.subject_name)}" if entry.subject_name else ""
    if entry.kind == "time_off":
        return f"*{title}*{who or ' ' + t('for everybody')}\n{_time_off(entry, t)}"
    if entry.before is None:
        return f"*{title}{who}*: {t('added')}"
    if entry.after is None:
        return f"*{title}{who}*: {t('removed')}"
    lines = [_line(key, entry.before.get(key), value, t) for key, value in entry.after.items()]
    return "\n".join([f"*{title}{who}*", *lines])


def _line(key: str, before: Any, after: Any, t: Translator) -> str:
    label = t(LABELS[key]) if key in LABELS else key
    if key == "member_id":
        return f"{label}: {t('changed') if after else t('none')}"
    if key == "week":
        return f"{label}:\n{week_words(after, t)}\n{t('before:')}\n{week_words(before, t)}"
    return f"{label}: {shown(key, before, t)} → {shown(key, after, t)}"


def _time_off(entry: SettingsEntry, t: Translator) -> str:
    facts = entry.after or entry.before or {}
    starts, ends = (datetime.fromisoformat(facts[key]) for key in ("starts_at", "ends_at"))
    reason = f" ({escape(facts['reason'])})" if facts.get("reason") else ""
    what = t("taken") if entry.after else t("given back")
    return f"{off_span(starts, ends, t)}{reason}: {what}"


def off_span(starts_at: datetime, ends_at: datetime, t: Translator) -> str:
    """Fri 20 Nov 14:00–16:00, or its days alone where whole days are meant."""
    first, last = starts_at.astimezone(t.zone), ends_at.astimezone(t.zone)
    if first.time() == last.time() == datetime.min.time():
        end = last.date() - timedelta(days=1)
        return (
            t.day(first.date(), short=True)
            if end == first.date()
            else f"{t.day(first.date(), short=True)} – {t.day(end, short=True)}"
        )
    day = f"{t.day(first, short=True)} " if first.date() == last.date() else ""
    return f"{day}{span(starts_at, ends_at, t)}"


def week_words(facts: Any, t: Translator) -> str:
    """A week as markup, validities apart."""
    starts = from_facts(facts)
    if not starts:
        return f"_{t('no times')}_"
    parts = []
    for validity in dict.fromkeys((start.valid_from, start.valid_until) for start in starts):
        same = [start for start in starts if (start.valid_from, start.valid_until) == validity]
        minutes, capacity = _usual(start.minutes for start in same), _usual(start.capacity for start in same)
        words = format_week(same, t.language, minutes, capacity)
        usual = f"{t('{minutes} min', minutes=minutes)}, {t.plural('{n} seat', '{n} seats', capacity)}"
        when = f"{_validity(*validity, t)}\n" if any(validity) else ""
        parts.append(f"{when}{clip(words, LONGEST_WEEK)}\n_{usual}_")
    return "\n".join(parts[:4])


def _validity(first: date | None, last: date | None, t: Translator) -> str:
    if first and last:
        return t("From {first} to {last}:", first=t.day(first, short=True), last=t.day(last, short=True))
    if first:
        return t("From {first} on:", first=t.day(first, short=True))
    return t("Until {last}:", last=t.day(last, short=True)) if last else ""


def shown(key: str, value: Any, t: Translator) -> str:
    """A setting's value in markup."""
    if value is None or value == "":
        return t(NOTHING.get(key, _("none")))
    show = _SHOWN.get(key)
    return show(value, t) if show else escape(str(value))


def capital(words: str) -> str:
    """Words as they begin a line."""
    return words[:1].upper() + words[1:]


def outcome_name(outcome: str | None, t: Translator) -> str:
    """What a colour says."""
    return t(OUTCOMES[outcome]) if outcome and outcome in OUTCOMES else t("not decided yet")


def _channel(value: str, _t: Translator) -> str:
    return f"<#{value}>"


def _colours(value: dict[str, str], t: Translator) -> str:
    if not value:
        return t("as usual")
    return ", ".join(
        f"{t(COLOURS[colour][1])} = {outcome_name(outcome, t)}"
        for colour, outcome in sorted(value.items(), key=lambda item: int(item[0]))
        if colour in COLOURS
    )


def _usual(values: Iterable[int]) -> int:
    found = list(values)
    return max(set(found), key=found.count)


_SHOWN: dict[str, Shower] = {
    "holidays": lambda v, t: escape(STATES.get(v, v)),
    "locale": lambda v, t: t(LANGUAGES[v]),
    "role": lambda v, t: t(ROLES[v]),
    "bookings_channel": _channel,
    "achievements_channel": _channel,
    "admin_channel": _channel,
    "colours": _colours,
}
