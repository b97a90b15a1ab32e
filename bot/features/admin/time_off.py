"""The area of time off: for one consultant or for all, by leads and admins."""

from bot.answers import Answer, Open, Verdict
from bot.blocks import Block, actions, button, divider, escape, external_select, field, option, section, select
from bot.call import Call
from bot.features.admin.describe import off_span
from bot.features.admin.frame import Desk, area, area_modal, form_modal, page_of, refresh_own, turning
from bot.features.admin.spans import judge, remove_button, span_fields, take_sure, typed_span, why_off
from bot.language import Translator, _
from bot.registry import action, submit, suggest
from core.booking.setup.consultants import find_consultants, get_consultant, list_consultants
from core.booking.setup.time_off import coming_time_off, names_of, remove_time_off
from core.errors import Invalid
from core.model import Role
from core.transaction import View

PAGE = 15
MOST = 300
EVERYBODY = "all"


@area(
    "off",
    "🌴",
    title=_("Time off"),
    about=_("Holidays, illness, closed days: for one consultant or for all"),
    names="off absence absences vacation abwesenheit abwesenheiten urlaub frei krank",
)
def off_modal(desk: Desk) -> Block:
    """What is off now or later, soonest first."""
    t = desk.t
    rows = coming_time_off(desk.view, limit=MOST)
    names = names_of(desk.view, rows)
    page, pages = page_of(desk.at, len(rows), PAGE)
    blocks: list[Block] = [
        actions([button(t("Take time off"), "admin.off_add:", "", style="primary")], block_id="top"),
    ]
    if not rows:
        blocks.append(section(t("No time off is planned.")))
    for row in rows[page * PAGE : (page + 1) * PAGE]:
        who = escape(names.get(row.consultant_id, "–")) if row.consultant_id else t("Everybody")
        text = f"*{who}*  {off_span(row.starts_at, row.ends_at, t)}{why_off(row)}"
        blocks.append(section(text, remove_button(row, t, "admin.off_remove")))
    blocks += turning(t, page, pages, "admin.off")
    return area_modal(desk, "off", blocks)


@action("admin.off:*", needs=Role.LEAD)
def turn(call: Call) -> Answer:
    """Another page."""
    return refresh_own(call, call.value)


@action("admin.off_add:*", needs=Role.LEAD)
def add(call: Call) -> Answer:
    """The form, for the consultant whose button was pressed or for anybody."""
    t = call.t
    with call.view() as view:
        blocks = [_who(view, t, call.value), divider(), *span_fields(t, view)]
    return Open(form_modal(call, "off_form", t("Time off"), blocks, submit=t("Take it")))


@action("admin.off_remove:*", needs=Role.LEAD)
def remove(call: Call) -> Answer:
    """Open the time again."""
    with call.transaction() as tx:
        number = remove_time_off(tx, call.value)
    undo = button(call.t("Undo"), f"off.undo:{number}", str(number))
    words = section(f"↩️ {call.t('The time can be booked again.')}", undo, block_id="removed")
    return refresh_own(call, notes=[words])


@suggest("admin.find_or_all", needs=Role.LEAD)
def suggest_who(call: Call) -> list[Block]:
    """Everybody, and consultants by any part of the name."""
    with call.view() as view:
        people = find_consultants(view, call.typing)
    return [option(call.t("Everybody"), EVERYBODY), *(option(one.name, one.id) for one in people[:99])]


@submit("admin_off_form", needs=Role.LEAD)
def save(call: Call) -> Verdict:
    """Take it; where appointments are in it, ask first."""
    who = call.typed.choice("who")
    if who is None:
        raise Invalid("who", "missing")
    with call.view() as view:
        span = typed_span(call, view)
        consultant_id = None if who == EVERYBODY else get_consultant(view, who).id
    return judge(call, consultant_id, span, "admin_off_sure")


@submit("admin_off_sure", needs=Role.LEAD)
def save_surely(call: Call) -> Verdict:
    """Take it although appointments are in it."""
    return take_sure(call)


def _who(view: View, t: Translator, chosen: str) -> Block:
    """A list while it fits, a search beyond that."""
    people = list_consultants(view)
    options = [option(t("Everybody"), EVERYBODY), *(option(one.name, one.id) for one in people)]
    label, placeholder = t("For whom"), t("Choose a consultant")
    if len(options) <= 100:
        return field("who", label, select("v", options, placeholder=placeholder, chosen=chosen or None))
    initial = next((o for o in options if o["value"] == chosen), None)
    found = external_select("admin.find_or_all", placeholder=placeholder, chosen=initial, min_letters=0)
    return field("who", label, found)
