"""The area of weekly schedules: who is offered when, as text that is easy to read and to write."""

from datetime import date

from bot.answers import Answer, Errors, Open, Verdict
from bot.blocks import Block, button, clip, context, datepicker, divider, escape, field, section, text_field
from bot.call import Call
from bot.features.admin import words
from bot.features.admin.consultant_form import LONGEST_WEEK, week_hint
from bot.features.admin.describe import week_words
from bot.features.admin.frame import Desk, area, area_modal, done, form_modal, listed, page_of, refresh_own, turning
from bot.language import _
from bot.registry import action, submit
from core.booking.setup.consultants import get_consultant, list_consultants, no_longer_offered, week_of, weeks_of
from core.booking.setup.staffing import replace_week
from core.booking.setup.week import to_facts, week_on
from core.booking.setup.week_text import format_week, parse_week
from core.errors import Invalid
from core.model import Role

PAGE = 10


@area(
    "weeks",
    "🗓",
    title=_("Weekly schedules"),
    about=_("Which times each consultant offers, from when and until when"),
    names="weeks week schedules schedule woche wochen wochenplan wochenplane plan plane zeiten offnungszeiten hours",
)
def weeks_modal(desk: Desk) -> Block:
    """Each consultant's week of today and of later."""
    t = desk.t
    people = list_consultants(desk.view)
    page, pages = page_of(desk.at, len(people), PAGE)
    here = people[page * PAGE : (page + 1) * PAGE]
    weeks = weeks_of(desk.view, [one.id for one in here])
    today = desk.view.now.astimezone(desk.view.zone).date()
    blocks: list[Block] = []
    if not people:
        first = button(t("Add a consultant"), "admin.consultant_add", style="primary") if desk.admin else None
        blocks.append(section(t("There are no consultants yet. A weekly schedule belongs to one."), first))
    for one in here:
        current = [start for start in weeks[one.id] if start.valid_until is None or start.valid_until >= today]
        change = button(t("Change"), f"admin.week:{one.id}", one.id, label=t("Schedule of {name}", name=one.name))
        text = f"*{escape(one.name)}*\n{week_words(to_facts(current), t)}"
        blocks += [section(clip(text, 2900), change if desk.admin else None), divider()]
    blocks += turning(t, page, pages, "admin.weeks")
    return area_modal(desk, "weeks", blocks)


@action("admin.weeks:*", needs=Role.LEAD)
def turn(call: Call) -> Answer:
    """Another page."""
    return refresh_own(call, call.value)


@action("admin.week:*", needs=Role.ADMIN)
def edit(call: Call) -> Answer:
    """The week of today as text, and the days between which a new one holds."""
    t = call.t
    with call.view() as view:
        one = get_consultant(view, call.value)
        week = week_of(view, one.id)
        now = week_on(week, view.now.astimezone(view.zone).date())
    typed = format_week(now, t.language, one.minutes, one.capacity)
    if len(typed) > LONGEST_WEEK:  # a part of it in the field would take the other part away
        words = t(
            "The week of *{name}* is too long for this form. It can be changed in a team file, with `slotquest load`.",
            name=escape(one.name),
        )
        return Open(form_modal(call, "week", t("Weekly schedule"), [section(f"⚠️ {words}")], submit=None))
    blocks = [
        section(t("The week of *{name}*, as it is today:", name=escape(one.name))),
        field(
            "week",
            t("Weekly schedule"),
            text_field("v", value=typed, multiline=True, longest=LONGEST_WEEK),
            optional=True,
            hint=week_hint(t),
        ),
        field("valid_from", t("Valid from"), datepicker("v"), optional=True, hint=t("Left empty: at once.")),
        field(
            "valid_until",
            t("Valid until"),
            datepicker("v"),
            optional=True,
            hint=t("Left empty: until further notice. Afterwards the present week holds again."),
        ),
        context(
            t(
                "Where nothing else is said, a time has {seats} and takes {minutes} minutes.",
                seats=t.plural("{n} seat", "{n} seats", one.capacity),
                minutes=one.minutes,
            )
        ),
    ]
    if any(start.valid_from or start.valid_until for start in week):
        blocks += [divider(), section(f"*{t('All that is planned')}*\n{clip(week_words(to_facts(week), t), 2800)}")]
    return Open(form_modal(call, "week", t("Weekly schedule"), blocks, submit=t("Save"), consultant=one.id))


@submit("admin_week", needs=Role.ADMIN)
def save(call: Call) -> Verdict:
    """Replace the week, and list appointments at times that are no longer offered: they stand all the same."""
    consultant_id, typed, t = str(call.private.get("consultant", "")), call.typed, call.t
    since, until = _day(typed.choice("valid_from")), _day(typed.choice("valid_until"))
    try:
        with call.transaction() as tx:
            if until and until < tx.now.astimezone(tx.zone).date():
                raise Invalid("valid_until", "past")
            one = get_consultant(tx, consultant_id)
            week = parse_week(typed.text("week"), one.minutes, one.capacity)
            number = replace_week(tx, consultant_id, week, since, until)
    except Invalid as error:
        said = words.week_error(error, t)
        if said is None:
            raise
        return Errors({"week": said})
    extra: list[Block] = []
    with call.view() as view:
        left = no_longer_offered(view, consultant_id, week_of(view, consultant_id))
        if left and number is not None:
            said = t.plural(
                "{n} coming appointment is at a time that is not offered any more. It stands all the same:",
                "{n} coming appointments are at times that are not offered any more. They stand all the same:",
                len(left),
            )
            extra = [section(f"⚠️ {said}"), *listed(call, view, left)]
    return done(call, [number], extra=extra)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
