"""The one place where a refusal of the engine becomes words for the person who asked."""

from collections.abc import Callable

from bot.language import Translator, _
from bot.texts import why_closed
from core.errors import (
    AlreadyDone,
    CustomerBusy,
    DatabaseBusy,
    DatabaseNotWritable,
    DatabaseUnavailable,
    Invalid,
    NotAllowed,
    NotFound,
    Refusal,
    SlotNotOpen,
    TooLate,
)

INVALID = {
    ("name", "empty"): _("Please enter the customer's name."),
    ("name", "too_long"): _("The name has {length} letters; at most {limit} fit."),
    ("phone", "not_a_phone"): _("I can't read this as a phone number. An example: 0171 2345678."),
    ("email", "not_an_email"): _("This doesn't look like an e-mail address. An example: anna@example.com."),
    ("note", "too_long"): _("The note has {length} letters; at most {limit} fit."),
    ("reason", "empty"): _("Please give a reason, so that everybody knows why."),
    ("reason", "too_long"): _("The reason has {length} letters; at most {limit} fit."),
    ("*", "no_time"): _("Please choose a time. If none is open, choose another day."),
}
MISSING = {
    "appointment": _("This appointment no longer exists."),
    "consultant": _("This consultant can no longer be booked."),
    "workspace": _("Slotquest isn't set up in this workspace yet."),
}
NEEDS = {
    "admin": _("Only admins may do this. Ask one of them for help."),
    "lead": _("Only leads and admins may do this."),
    "booker": _("Only whoever booked it, the consultant or a lead may do this."),
    "member": _("Only members of this workspace may do this."),
    "consultant": _("Only the consultant or a lead may do this."),
    "slack_admin": _("Only admins of this Slack workspace can do this. Please ask one of them to press the button."),
}
DONE = {
    "cancelled": _("This appointment has already been cancelled."),
    "undone": _("This booking has already been taken back."),
    "booked": _("This appointment is booked."),
    "completed": _("It is already recorded that the customer showed up."),
    "no_show": _("It is already recorded that the customer didn't show up."),
    "rescheduled": _("It is already recorded as rescheduled."),
    "settled": _("Somebody has decided this already."),
}


def explain(error: Refusal | DatabaseUnavailable, t: Translator) -> str:
    """The refusal in words, and what to do about it where that is not plain."""
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return words(error, t)
    return t("That didn't work.")


def extend(
    *,
    invalid: dict[tuple[str, str], str] | None = None,
    missing: dict[str, str] | None = None,
    done: dict[str, str] | None = None,
) -> None:
    """Add a feature's own sentences for Invalid(field, why), NotFound(what) and AlreadyDone(state), where it is declared."""
    INVALID.update(invalid or {})
    MISSING.update(missing or {})
    DONE.update(done or {})


def _slot_not_open(error: SlotNotOpen, t: Translator) -> str:
    why = why_closed(error.reason, t)
    if not error.alternatives:
        return t("This time can't be booked: {why}. Please choose another day.", why=why)
    offers = "; ".join(f"{t.moment(slot.starts_at, short=True)} {slot.consultant}" for slot in error.alternatives)
    return t("This time can't be booked: {why}. Open instead: {offers}.", why=why, offers=offers)


def _invalid(error: Invalid, t: Translator) -> str:
    words = INVALID.get((error.field, error.why)) or INVALID.get(("*", error.why))
    if words is None:
        return t("Please check this.")
    facts = error.facts or {}
    return t(words, **facts) if facts else t(words)


def _too_late(error: TooLate, t: Translator) -> str:
    if error.what == "undo":
        return t("Taking back works for ten minutes only; that ended at {time}.", time=t.time(error.until))
    if error.what == "correct":
        return t("An answer can be changed for 24 hours only; a lead can still change it.")
    return t("This is in the past ({when}). Record its outcome instead.", when=t.moment(error.until, short=True))


_WORDS: list[tuple[type[Exception], Callable[..., str]]] = [
    (SlotNotOpen, _slot_not_open),
    (
        CustomerBusy,
        lambda e, t: t("This customer already has an appointment on {when}.", when=t.moment(e.starts_at, short=True)),
    ),
    (Invalid, _invalid),
    (NotFound, lambda e, t: t(MISSING.get(e.what, _("This no longer exists.")))),
    (NotAllowed, lambda e, t: t(NEEDS.get(e.needs, _("You may not do this.")))),
    (TooLate, _too_late),
    (AlreadyDone, lambda e, t: t(DONE.get(e.state, _("This has already been done.")))),
    (
        DatabaseBusy,
        lambda e, t: t("There is a lot going on right now. Please try again in a moment; nothing was lost."),
    ),
    (
        DatabaseNotWritable,
        lambda e, t: t(
            "Nothing can be saved right now: the disk is full or read-only. Please tell an admin; nothing was lost."
        ),
    ),
]
