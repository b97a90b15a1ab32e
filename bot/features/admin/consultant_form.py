"""Adding and changing a consultant."""

import re

from bot.answers import Answer, Errors, Open, Verdict
from bot.blocks import Block, context, escape, field, number_field, text_field, users_select
from bot.call import Call
from bot.features.admin import words
from bot.features.admin.frame import done, form_modal
from bot.language import Translator
from bot.registry import action, submit
from core.booking.setup.changes import last_change
from core.booking.setup.consultants import get_consultant
from core.booking.setup.members import chosen_member, get_member
from core.booking.setup.staffing import (
    LONGEST_CALENDAR,
    LONGEST_NAME,
    ConsultantForm,
    add_consultant,
    change_consultant,
)
from core.booking.setup.week_text import parse_week
from core.errors import Invalid
from core.model import Consultant, Role

USUAL_WEEK = {"de": "Mo-Fr 9:00 11:00 14:00 16:00 18:00", "en": "Mon-Fri 9:00 11:00 14:00 16:00 18:00"}
LONGEST_WEEK = 2500


@action("admin.consultant_add", needs=Role.ADMIN)
def add(call: Call) -> Answer:
    """An empty form."""
    return Open(_form(call, None, None))


@action("admin.consultant_edit:*", needs=Role.ADMIN)
def edit(call: Call) -> Answer:
    """The form with what is known."""
    with call.view() as view:
        one = get_consultant(view, call.value)
        member = get_member(view, one.member_id).slack_id if one.member_id else None
    return Open(_form(call, one, member))


@submit("admin_consultant", needs=Role.ADMIN)
def save(call: Call) -> Verdict:
    """Add or change, or say at the field what is wrong."""
    typed, consultant_id = call.typed, call.private.get("consultant")
    slack_id = typed.choice("member")
    try:
        with call.transaction() as tx:
            form = ConsultantForm(
                name=typed.text("name"),
                member_id=chosen_member(tx, slack_id).id if slack_id else None,
                calendar=typed.text("calendar"),
                capacity=_whole(typed.text("capacity"), "capacity"),
                minutes=_whole(typed.text("minutes"), "minutes"),
            )
            if consultant_id:
                numbers = [change_consultant(tx, str(consultant_id), form)]
            else:
                week = parse_week(typed.text("week"), form.minutes, form.capacity)
                added = add_consultant(tx, form, week)
                numbers = [last_change(tx, added.id)]
    except Invalid as error:
        at = error.field if error.field in typed.values else "minutes"
        said = words.week_error(error, call.t) if error.field == "week" else None
        if said is None:
            raise
        return Errors({at: said})
    extra = []
    if typed.text("calendar") and call.services.calendars is not None:
        hint = call.t(
            "Share this calendar with {account}, with the right to change events.",
            account=escape(call.services.calendars.account),
        )
        extra.append(context(hint))
    return done(call, numbers, extra=extra)


def _form(call: Call, one: Consultant | None, slack_id: str | None) -> Block:
    t = call.t
    blocks = [
        field(
            "name", t("Name"), text_field("v", value=one.name if one else "", longest=LONGEST_NAME, focus=one is None)
        ),
        field(
            "member",
            t("Who this is in Slack"),
            users_select("v", placeholder=t("Choose a person"), chosen=slack_id),
            optional=True,
            hint=t("Then they see their day, may take time off, and are asked how appointments ended."),
        ),
        field(
            "calendar",
            t("Google calendar"),
            text_field(
                "v",
                value=(one.calendar if one else None) or "",
                placeholder="alex@example.com",
                longest=LONGEST_CALENDAR,
            ),
            optional=True,
            hint=t("Left empty, the central calendar is used."),
        ),
        field(
            "capacity", t("Seats at each time"), number_field("v", value=one.capacity if one else 3, least=1, most=99)
        ),
        field(
            "minutes",
            t("Minutes of an appointment"),
            number_field("v", value=one.minutes if one else 60, least=5, most=720),
        ),
    ]
    if one is None:
        week = text_field("v", value=USUAL_WEEK[t.language], multiline=True, longest=LONGEST_WEEK)
        blocks.append(field("week", t("Weekly schedule"), week, optional=True, hint=week_hint(t)))
    else:
        blocks.append(
            context(t("New seats and minutes also hold for the times of the weekly schedule that had the old ones."))
        )
    title = t("Change consultant") if one else t("Add a consultant")
    return form_modal(call, "consultant", title, blocks, submit=t("Save"), consultant=one.id if one else None)


def week_hint(t: Translator) -> str:
    """How a week is written."""
    return t(
        "Days, then times; a line for each kind of day. Also: sat 10-14/60 (every 60 minutes), "
        "9:00x2 (2 seats), 9:00/45 (45 minutes)."
    )


def _whole(text: str, name: str) -> int:
    if not re.fullmatch(r"\s*\d{1,9}\s*", text, re.ASCII):
        raise Invalid(name, "number")
    return int(text)
