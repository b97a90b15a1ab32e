"""The areas of calendars and of recent changes."""

from bot.answers import Answer
from bot.blocks import Block, actions, button, confirm, context, divider, escape, section
from bot.call import Call
from bot.features.admin.describe import change_lines
from bot.features.admin.frame import Desk, area, area_modal, refresh_own, undo_id
from bot.language import Translator, _
from bot.registry import action
from core.booking.calendar.calendars import calendars, get_calendar
from core.booking.calendar.lanes import UNREACHABLE, UNWRITABLE
from core.booking.calendar.sync import sync_calendar
from core.booking.setup.consultants import list_consultants
from core.booking.setup.undo import recent_changes
from core.model import Calendar, Role

PAGE = 8
MOST_CALENDARS = 30
FAILURES = (
    _("Google Calendar cannot be reached at the moment. It is tried again by itself."),
    _("Bookings cannot be written to this calendar."),
    _("The service account's key is not valid. Create a new key and set it as GOOGLE_CREDS_BASE64."),
    _("The calendar does not exist or is not shared with the service account. Share it with the account's address."),
    _("Slotquest may not change this calendar. Share it with the service account to “make changes to events”."),
    _("Google does not let the service account in. Check its key, and that the Calendar API is switched on."),
)
"""What the calendars' side says is wrong, letter by letter, to be translated."""


@area(
    "calendars",
    "📆",
    title=_("Calendars"),
    about=_("Which Google calendars are kept in step, and how they are"),
    names="calendars calendar kalender google sync",
)
def calendars_modal(desk: Desk) -> Block:
    """Each calendar with whose it is, when it was last read, and what is wrong with it."""
    t, port = desk.t, desk.call.services.calendars
    account = port.account if port else ""
    blocks: list[Block] = []
    if port is None:
        words = t(
            "No Google Calendar is connected. `slotquest doctor` says what is missing; until then bookings stay here alone."
        )
        blocks.append(section(f"⚠️ {words}"))
    rows = calendars(desk.view)
    people = list_consultants(desk.view)
    if not rows and port is not None:
        blocks.append(section(t("There are no calendars yet. Give a consultant one, or set CENTRAL_CALENDAR_ID.")))
    ordered = sorted(rows, key=lambda row: (row.failed_at is None, row.google_id))
    for row in ordered[:MOST_CALENDARS]:
        whose = ", ".join(escape(one.name) for one in people if one.calendar == row.google_id)
        if row.google_id == desk.view.workspace.central_calendar:
            whose = ", ".join(filter(None, (t("central calendar"), whose)))
        text = f"{'⚠️' if row.failed_at else '🟢'} *{escape(row.google_id)}*  {whose}\n{_state(row, account, t)}"
        now = button(t("Sync now"), f"admin.sync:{row.id}", row.id, label=t("Sync {name} now", name=row.google_id))
        blocks.append(section(text, now if desk.admin and port else None))
    if len(rows) > MOST_CALENDARS:
        more = len(rows) - MOST_CALENDARS
        blocks.append(context(t.plural("and {n} more", "and {n} more", more)))
    blocks.append(actions([button(t("Refresh"), "admin.calendars", "0")], block_id="refresh"))
    return area_modal(desk, "calendars", blocks)


@action("admin.calendars", needs=Role.LEAD)
def refresh(call: Call) -> Answer:
    """The calendars as they are now."""
    return refresh_own(call)


@action("admin.sync:*", needs=Role.ADMIN)
def sync(call: Call) -> Answer:
    """Read one calendar now; it says itself how that went."""
    with call.view() as view:
        calendar_id = get_calendar(view, call.value).id
    if call.services.calendars is not None:
        sync_calendar(call.services.engine, call.services.calendars, call.workspace_id, calendar_id)
    return refresh_own(call)


@area(
    "changes",
    "🕘",
    title=_("Recent changes"),
    about=_("Who changed what, and taking it back"),
    names="changes history undo anderungen verlauf ruckgangig",
)
def changes_modal(desk: Desk) -> Block:
    """The latest changes of settings, newest first. `at`: only those before that number."""
    t = desk.t
    before = int(desk.at) if desk.at.isdigit() and desk.at != "0" else None
    found = recent_changes(desk.view, PAGE + 1, before)
    blocks: list[Block] = []
    if not found:
        blocks.append(section(t("Nothing has been changed yet.")))
    for entry in found[:PAGE]:
        who = escape(entry.actor) if entry.actor else "Slotquest"
        undo = None
        if entry.can_undo and desk.admin:
            ask = confirm(
                t("Take it back?"),
                t("It becomes what it was before. That can be taken back, too."),
                t("Undo"),
                t("Leave it"),
            )
            undo = button(t("Undo"), undo_id(entry), str(entry.seq), confirm=ask)
        blocks += [
            section(change_lines(entry, t), undo, block_id=f"change:{entry.seq}"),
            context(f"{who} · {t.moment(entry.at, short=True)}"),
            divider(),
        ]
    row = [button(t("Newest"), "admin.changes:first", "0")] if before else []
    if len(found) > PAGE:
        row.append(button(t("Older ▶"), "admin.changes:older", str(found[PAGE - 1].seq)))
    return area_modal(desk, "changes", [*blocks, *([actions(row, block_id="turn")] if row else [])])


@action("admin.changes:*", needs=Role.LEAD)
def turn(call: Call) -> Answer:
    """Older changes, or the newest again."""
    return refresh_own(call, call.value)


def _state(row: Calendar, account: str, t: Translator) -> str:
    read = t("Last read {when}.", when=t.moment(row.synced_at, short=True)) if row.synced_at else t("Not read yet.")
    if row.failed_at is None:
        return read
    why = escape(failure_words(row.failure or "", t))
    trouble = t("Trouble since {when}: {why}", when=t.moment(row.failed_at, short=True), why=why)
    share = "" if row.failure == UNREACHABLE else t("The service account's address: {account}", account=escape(account))
    return f"{trouble}\n{read} {share}"


def failure_words(failure: str, t: Translator) -> str:
    """What is wrong with a calendar, as far as it is among what usually is; else in Google's own words."""
    begin, reason = (UNWRITABLE, failure.removeprefix(UNWRITABLE)) if failure.startswith(UNWRITABLE) else ("", failure)
    return f"{t(begin.strip())} {t(reason)}".strip()
