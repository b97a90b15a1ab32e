"""What an appointment's event says in Google Calendar: for the consultant, in the workspace's language."""

import html
import unicodedata
from dataclasses import dataclass

LONGEST_TITLE = 300
LONGEST_NOTE = 4000  # Google cuts descriptions at 8,192
DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LABELS = {
    "de": ("Kunde", "Telefon", "Berater", "Gebucht von", "Notiz", "In Slack ansehen"),
    "en": ("Customer", "Phone", "Consultant", "Booked by", "Note", "See in Slack"),
}


@dataclass(frozen=True)
class EventFacts:
    """What is to be told. `link` leads back to Slack, "" for none."""

    customer: str
    phone: str
    consultant: str
    booker: str
    note: str
    link: str


def title(facts: EventFacts) -> str:
    """The customer first: that is what a consultant looks for."""
    return f"{_line(facts.customer)} · {_line(facts.consultant)}"[:LONGEST_TITLE]


def description(facts: EventFacts, locale: str) -> str:
    """One fact a line. Google shows HTML in descriptions, so what people typed is escaped."""
    customer, phone, consultant, booker, note, see = LABELS.get(locale[:2], LABELS["en"])
    lines = [
        f"{label}: {html.escape(_line(value), quote=False)}"
        for label, value in (
            (customer, facts.customer),
            (phone, facts.phone),
            (consultant, facts.consultant),
            (booker, facts.booker),
        )
        if value
    ]
    if facts.note:
        lines.append(f"{note}: {html.escape(facts.note[:LONGEST_NOTE], quote=False)[:LONGEST_NOTE]}")
    if facts.link:
        lines += ["", f"{see}: {facts.link}"]
    return "\n".join(lines)


def slack_link(team: str, bot_user: str | None, channel: str | None) -> str:
    """Opens the conversation with Slotquest, else the bookings channel; "" when the workspace has neither yet."""
    place = bot_user or channel
    return f"https://slack.com/app_redirect?team={team}&channel={place}" if place else ""


def _line(text: str) -> str:
    """One line without control and direction characters, which would garble a calendar's grid."""
    return "".join(" " if c in DIRECTION or unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text).strip()
