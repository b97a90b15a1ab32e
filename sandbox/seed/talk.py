"""A few old messages, so that the channels do not look as if nobody worked there."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sandbox.seed.team import ADMIN, BOOKINGS, GENERAL, ZONE

BERLIN = ZoneInfo(ZONE)

MESSAGES = (
    (GENERAL, 9, "09:04", "miriam", "Guten Morgen zusammen! Ab heute läuft die Heizung im 2. OG wieder. 🎉"),
    (GENERAL, 9, "09:11", "bettina", "Endlich, danke dir!"),
    (GENERAL, 7, "11:40", "sarah", "Reminder: please keep Wednesday 11:00 free for the sales round, we start on time."),
    (GENERAL, 6, "08:52", "henrik", "In der Küche steht Kuchen von gestern. Wer zuerst kommt …"),
    (GENERAL, 6, "08:55", "emre", "Schon unterwegs 🏃"),
    (GENERAL, 4, "14:20", "greta", "Ich bin in zwei Wochen auf Fortbildung, steht im Kalender."),
    (GENERAL, 2, "16:48", "thomas", "Starke Woche am Telefon. Jana und Priya: wow."),
    (GENERAL, 2, "16:50", "priya", "Thank you! The 4 pm slots almost sell themselves."),
    (GENERAL, 1, "17:31", "farid", "Bin ein paar Tage im Urlaub, bitte so lange nichts bei mir buchen."),
    (BOOKINGS, 5, "10:15", "jana", "Bei Alex ist um 16 Uhr meistens schon mittags voll, nehmt gern Cem oder Elena."),
    (BOOKINGS, 5, "10:17", "cem", "Ich beschwere mich nicht 😄"),
    (BOOKINGS, 3, "15:02", "lukas", "Hat jemand noch einen Platz am Nachmittag? Die Kundin kann nur nach 16 Uhr."),
    (BOOKINGS, 3, "15:05", "priya", "Elena still has a seat at 6 pm."),
    (BOOKINGS, 1, "09:30", "thomas", "Bitte bei jedem Termin eine Notiz, worum es geht. Das hilft allen."),
    (ADMIN, 8, "13:00", "miriam", "Hier kommt an, was Slotquest nicht allein entscheiden kann."),
    (ADMIN, 8, "13:06", "sarah", "Sounds good. Thomas and I keep an eye on it."),
)  # fmt: skip


def spoken_at(today: date, days_ago: int, clock: str) -> datetime:
    return datetime.combine(today - timedelta(days=days_ago), time.fromisoformat(clock), BERLIN)
