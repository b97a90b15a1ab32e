"""The firm: who works there, in which language, and when the consultants see customers."""

from dataclasses import dataclass

TEAM_ID = "T000000001"
BOT = "U0SLOTBOT1"
ZONE = "Europe/Berlin"
DOMAIN = "rheinblick.example"
CENTRAL = f"central@{DOMAIN}"
ROBOT = "slotquest@rheinblick-sandbox.iam.gserviceaccount.com"
BOOKINGS, ACHIEVEMENTS, ADMIN, GENERAL = "C000000001", "C000000002", "C000000003", "C000000004"

DAYS = ("mon", "tue", "wed", "thu", "fri")
FULL = ("09:00", "11:00", "14:00", "16:00", "18:00")


@dataclass(frozen=True)
class Member:
    """`strength` is a member's share of the bookings against the others'; `show` what it does to the show rate."""

    id: str
    name: str
    real_name: str
    title: str
    strength: float
    show: float = 0.0
    locale: str = "de-DE"
    hue: int = 210
    since: int = 10_000
    """Days before today from which the member books."""


@dataclass(frozen=True)
class Consultant:
    """`pull` is how much customers want this one; `schedule` holds the local starts by weekday, 0 = Monday."""

    name: str
    slack: str
    schedule: dict[int, tuple[str, ...]]
    pull: float
    colors: tuple[str, ...]
    hue: int
    capacity: int = 3
    minutes: int = 60
    own_calendar: bool = True

    @property
    def calendar(self) -> str:
        return f"{self.name.lower()}@{DOMAIN}" if self.own_calendar else CENTRAL


def _uid(n: int) -> str:
    return f"U{n:09d}"


MEMBERS = (
    Member(_uid(1), "miriam", "Miriam Vogt", "Geschäftsleitung", 0.4, hue=340),
    Member(_uid(2), "thomas", "Thomas Brandt", "Leitung Telefonie", 2.2, 0.02, hue=20),
    Member(_uid(3), "sarah", "Sarah Whitfield", "Head of Consulting", 1.2, 0.01, "en-US", hue=265),
    Member(_uid(4), "jana", "Jana Köhler", "Terminvereinbarung", 10.0, 0.04, hue=160),
    Member(_uid(5), "emre", "Emre Yıldız", "Terminvereinbarung", 7.5, 0.0, hue=200),
    Member(_uid(6), "lukas", "Lukas Hoffmann", "Terminvereinbarung", 5.0, -0.06, hue=45),
    Member(_uid(7), "priya", "Priya Nair", "Appointment Desk", 8.0, 0.03, "en-US", hue=300),
    Member(_uid(8), "nele", "Nele Janssen", "Terminvereinbarung", 4.5, -0.02, hue=185, since=120),
    Member(_uid(9), "alex", "Alex Reuter", "Berater", 0.7, 0.03, hue=215),
    Member(_uid(10), "bettina", "Bettina Kraus", "Beraterin", 0.5, hue=330),
    Member(_uid(11), "cem", "Cem Aydın", "Berater", 0.6, hue=25),
    Member(_uid(12), "daniel", "Daniel O’Connor", "Consultant", 0.4, 0.0, "en-US", hue=130),
    Member(_uid(13), "elena", "Elena Petrova", "Consultant", 0.6, 0.0, "en-US", hue=275),
    Member(_uid(14), "farid", "Farid Rahimi", "Berater", 0.4, hue=90),
    Member(_uid(15), "greta", "Greta Sommer", "Beraterin", 0.3, hue=55),
    Member(_uid(16), "henrik", "Henrik Maas", "Berater", 0.5, hue=195),
    Member(_uid(17), "ines", "Ines Ferreira", "Beraterin", 0.3, hue=5),
)
ADMINS = (_uid(1),)
LEADS = (_uid(2), _uid(3))


def _week(starts: tuple[str, ...] = FULL, days: tuple[int, ...] = (0, 1, 2, 3, 4)) -> dict[int, tuple[str, ...]]:
    return dict.fromkeys(days, starts)


CONSULTANTS = (
    Consultant("Alex", _uid(9), _week(), 1.5, ("10", "2"), 215),
    Consultant("Bettina", _uid(10), _week(days=(0, 1, 2, 3)), 1.25, ("2", "10", "5"), 330),
    Consultant("Cem", _uid(11), _week(), 1.1, ("7", "9"), 25),
    Consultant("Daniel", _uid(12), _week(days=(1, 2, 3, 4)), 0.9, ("9",), 130),
    Consultant("Elena", _uid(13), _week(), 1.2, ("10", "3"), 275),
    Consultant("Farid", _uid(14), _week(), 0.85, ("5", "2"), 90),
    Consultant("Greta", _uid(15), _week(("09:00", "11:00", "14:00")), 1.0, ("7",), 55),
    Consultant("Henrik", _uid(16), {**_week(), 4: ("09:00", "11:00")}, 0.7, ("2", "9"), 195, capacity=2),
    Consultant("Ines", _uid(17), _week(days=(0, 2, 4)), 0.95, ("10",), 5, own_calendar=False),
)
