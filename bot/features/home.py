"""App Home: the welcome, the buttons, and the sections of booking."""

from typing import Any

from bot import people
from bot.answers import Answer, Message
from bot.answers import Home as ShowHome
from bot.blocks import Block, actions, button, context, escape, header, section
from bot.call import Call
from bot.features.slots import day_rows
from bot.language import Translator
from bot.notify import say
from bot.registry import action, event, home_section, message, news
from bot.services import Services
from bot.texts import OUTCOME_SIGNS
from core.booking.agenda import Hour, day_of, my_appointments
from core.booking.availability import day_slots, today
from core.booking.calendar.calendars import calendars
from core.booking.setup.consultants import consultant_of, list_consultants
from core.booking.setup.members import welcome_once
from core.booking.setup.overview import given_up
from core.model import Role
from core.transaction import View

COMING = 5
STARTS = 12  # of a day


@event("app_home_opened")
def opened(call: Call) -> Answer | None:
    """Show Home; the first visit ever is welcomed, once."""
    if call.payload["event"].get("tab") == "messages":
        return None
    if call.member.welcomed_at is None:
        with call.transaction() as tx:
            if welcome_once(tx, call.member.id):
                say(tx, "welcome", call.member.slack_id, call.member.id)
    return ShowHome()


@news("user_change")
@news("team_join")
def changed(services: Services, workspace_id: str, told: dict[str, Any]) -> None:
    """Name, language and zone follow Slack; a new person is known before they first ask for something."""
    people.remember_user(services, workspace_id, told["user"])


@action("home.refresh")
def refresh(call: Call) -> Answer:
    """Show Home as it is now."""
    return ShowHome()


@message("welcome")
def welcome(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """The greeting by direct message, once."""
    name = escape(view.actor.name) if view.actor else ""
    hello = t("Hello {name}, I'm Slotquest. I help you book customer appointments, right here in Slack.", name=name)
    how = t(
        "Type `/book`, or just write to me: “tomorrow 2pm with Alex, Ms Weber”. `/slotquest` shows what else I can do."
    )
    lines = [how]
    if view.actor and consultant_of(view, view.actor.id):
        lines.append(
            t(
                "Who comes to you stands here in Home and under `/day`; `/off tomorrow 14-16 dentist` closes times. "
                "After an appointment I ask you how it ended."
            )
        )
    if view.actor_is(Role.ADMIN):
        lines.append(t("`/slotadmin` has the settings."))
    buttons = [
        button(t("Book an appointment"), "book.open", style="primary"),
        button(t("What can you do?"), "help.open"),
    ]
    return Message(" ".join([hello, *lines]), [section(f"👋 {hello}"), section("\n".join(lines)), actions(buttons)])


@home_section("buttons", place=10)
def buttons(view: View, t: Translator) -> list[Block]:
    """The way to everything."""
    row = [
        button(t("Book an appointment"), "book.open", style="primary"),
        button(t("Open times"), "slots.open"),
        button(t("My appointments"), "my.open"),
        button(t("Help"), "help.open"),
    ]
    if view.actor_is(Role.ADMIN):
        row.append(button(t("Settings"), "admin.open"))
    row.append(button(t("Refresh"), "home.refresh"))
    return [header("Slotquest"), actions(row, block_id="home")]


@home_section("admin", place=20, needs=Role.ADMIN)
def admin_notes(view: View, t: Translator) -> list[Block]:
    """What an admin should know: nothing is set up, no calendar, something is stuck."""
    notes = []
    if not list_consultants(view):
        notes.append(t("Nobody can be booked yet: add consultants in the settings."))
    connected = calendars(view)
    if not connected:
        notes.append(t("No Google Calendar is connected: bookings stay in Slotquest alone."))
    failing = [c.google_id for c in connected if c.failed_at is not None]
    if failing:
        notes.append(t("These calendars can't be reached: {names}", names=escape(", ".join(failing[:5]))))
    stuck = given_up(view).count
    if stuck:
        notes.append(t.plural("{n} message could not be delivered.", "{n} messages could not be delivered.", stuck))
    return [context(*(f"⚠️ {note}" for note in notes))] if notes else []


@home_section("own_day", place=30)
def own_day(view: View, t: Translator) -> list[Block]:
    """A consultant's appointments of today."""
    assert view.actor is not None
    consultant = consultant_of(view, view.actor.id)
    if consultant is None:
        return []
    day = day_of(view, consultant, today(view))
    title = section(f"*{t('Your day as a consultant')}* · {t.day(day.day)}", button(t("My day"), "day.open"))
    hours = [hour for hour in day.hours if hour.seats]
    if not hours:
        return [title, context(t("Nobody is booked with you today."))]
    return [title, *(section(_hour(t, hour)) for hour in hours[:STARTS]), *_more(t, len(hours) > STARTS)]


@home_section("coming", place=40)
def coming(view: View, t: Translator) -> list[Block]:
    """What the member booked, soonest first."""
    assert view.actor is not None
    found = my_appointments(view, view.actor.id, COMING)
    title = section(f"*{t('Booked by you')}*")
    if not found.items:
        return [title, context(t("You have no upcoming appointments."))]
    lines = [
        f"*{t.moment(m.appointment.starts_at, short=True)}* · {escape(m.consultant)} · {escape(m.customer)}"
        for m in found.items
    ]
    more = [context(t("`/my` shows them all."))] if found.next else []
    return [title, section("\n".join(lines)), *more]


@home_section("open_slots", place=50)
def open_slots(view: View, t: Translator) -> list[Block]:
    """Today's open times with a button each."""
    day = today(view)
    free = [slot for slot in day_slots(view, [day]) if slot.open]
    title = section(f"*{t('Open times today')}* · {t.day(day)}")
    starts = sorted({slot.starts_at for slot in free})
    if free:
        rows = day_rows(t, [slot for slot in free if slot.starts_at in starts[:STARTS]])
        return [title, *rows, *_more(t, len(starts) > STARTS)]
    if not list_consultants(view):
        return [title, context(t("Nobody can be booked yet. An admin adds consultants with `/slotadmin`."))]
    return [title, context(t("Nothing is open today any more. `/slots tomorrow` shows the next day."))]


def _more(t: Translator, more: bool) -> list[Block]:
    return [context(t("There is more than fits here. The commands show all of it."))] if more else []


def _hour(t: Translator, hour: Hour) -> str:
    seats = []
    for seat in hour.seats:
        sign = OUTCOME_SIGNS.get(seat.outcome, "") if seat.outcome else ""
        person = " · ".join(filter(None, (escape(seat.customer), seat.phone)))
        seats.append(" ".join(filter(None, ("•", sign, person))))
    return "\n".join([f"*{t.time(hour.starts_at)}*", *seats])
