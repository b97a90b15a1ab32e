"""What is wrong with a setting, in words."""

from bot.errors import extend
from bot.language import Translator, _
from core.booking.setup.week_text import day_name
from core.errors import Invalid

extend(
    invalid={
        ("name", "consultant_empty"): _("Please enter a name."),
        ("name", "taken"): _(
            "There is a consultant called {name} already. Names must differ, so that nobody is mixed up."
        ),
        ("member", "linked"): _("This member is the consultant {name} already."),
        ("member", "slack_id"): _("I can't find this member."),
        ("member", "bot"): _("This is an app. Please choose a person."),
        ("calendar", "calendar_id"): _(
            "A Google calendar's id looks like alex@example.com. You find it in its settings."
        ),
        ("capacity", "range"): _("Between {least} and {most}, please."),
        ("minutes", "range"): _("Between {least} and {most} minutes, please."),
        ("role", "last_admin"): _("{name} is the only admin. Make somebody else an admin first."),
        ("role", "own"): _("You can't take your own admin role away. Another admin can."),
        ("timezone", "zone"): _("I don't know this time zone. An example: Europe/Berlin."),
        ("holidays", "state"): _("I don't know this state."),
        ("colours", "none"): _("At least one colour has to mean something."),
        ("change", "not_undoable"): _("This can't be taken back."),
        ("change", "booked"): _(
            "This consultant has been booked meanwhile ({count}). Please remove them in the list of consultants instead."
        ),
        ("week", "long"): _("That is too long; at most {most} letters fit."),
        ("week", "many"): _("That is too much; at most {most} times fit."),
        ("week", "unread"): _("I can't read “{word}”. An example: mon-fri 9:00 11:00; sat 10-14/60"),
        ("week", "time"): _("“{word}” is no time of a day. Examples: 9:00, 14:30, 9-18/60"),
        ("week", "length"): _("“{word}”: an appointment takes {least} to {most} minutes."),
        ("week", "seats"): _("“{word}”: a time has {least} to {most} seats."),
        ("week", "no_day"): _("Which day is “{part}” on? Begin with the day: mon 9:00 11:00"),
        ("week", "no_time"): _("“{part}” has no times. An example: mon 9:00 11:00"),
        ("valid_until", "past"): _("This is over already."),
        ("valid_until", "order"): _("The end is before the beginning."),
        ("ends_at", "order"): _("The end has to be after the beginning."),
        ("ends_at", "past"): _("This is over already."),
        ("ends_at", "long"): _("At most {days} days at once."),
        ("starts_at", "missing"): _("Please say from when."),
        ("starts_at", "not_consultant"): _("You aren't set up as a consultant any more."),
        ("who", "missing"): _("Please choose for whom."),
        ("*", "number"): _("A whole number, please."),
        ("*", "range"): _("Between {least} and {most}, please."),
    },
    missing={
        "member": _("I can't find this member."),
        "time_off": _("This time off is not there any more."),
        "change": _("I can't find this change."),
    },
    done={
        "changed": _("It has been changed again since then, so this can't be taken back by itself."),
        "off": _("Exactly this time is taken off already."),
        "claimed": _("There is an admin already."),
    },
)

OVERLAP = _("{day} {starts} takes {minutes} minutes and would run into {other}.")
TWICE = _("{day} {starts} stands there twice.")


def week_error(error: Invalid, t: Translator) -> str | None:
    """The sentences of a week's mistakes that need day names; None for all others."""
    facts = error.facts or {}
    if error.why == "overlap":
        other = f"{day_name(facts['other_weekday'], t.language)} {facts['other_starts']}"
        day = day_name(facts["weekday"], t.language)
        return t(OVERLAP, day=day, starts=facts["starts"], minutes=facts["minutes"], other=other)
    if error.why == "twice":
        return t(TWICE, day=day_name(facts["weekday"], t.language), starts=facts["starts"])
    return None
