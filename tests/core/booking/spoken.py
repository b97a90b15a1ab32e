"""Who is spoken of in the tables of words, and when: Friday, 20 November 2026, 10:00 in Berlin."""

from datetime import datetime
from zoneinfo import ZoneInfo

from core.booking.words import BookingWords, parse_booking

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=BERLIN)
TODAY = NOW.date()
TEAM = [
    ("alex", "Alex Berger"),
    ("marie", "Marie Özdemir"),
    ("jonas", "Jonas Klein"),
    ("mo", "Mo Salah"),
    ("marta", "Marta Vogt"),
    ("jose", "José da Silva"),
]


def book(text: str, now: datetime = NOW, **more) -> BookingWords:
    return parse_booking(text, now=now, zone=BERLIN, consultants=TEAM, **more)
