"""People in words: consultants, customers, phone numbers, notes; and that any text has an answer."""

from datetime import UTC, date, datetime, time, timedelta
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.booking.words import BookingWords, parse_booking, parse_period, parse_time_off
from tests.core.booking.spoken import BERLIN, NOW, TEAM, TODAY, book


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bei Alex", "alex"),
        ("BEI ALEX", "alex"),
        ("with alex", "alex"),
        ("mit Alex Berger", "alex"),
        ("@alex", "alex"),
        ("@ Alex", "alex"),
        ("bei Berger", "alex"),
        ("bei Herrn Berger", "alex"),
        ("Berater: Alex", "alex"),
        ("Alex morgen 14 Uhr", "alex"),
        ('Do 16 Uhr Alex "Bob Miller"', "alex"),
        ("Frau Weber will am Montag zu Alex", "alex"),
        ("Ms Weber wants to see Alex on Monday", "alex"),
        ("Wann hat Alex wieder frei?", "alex"),
        ("morgen 14 Uhr Alex", "alex"),
        ("morgen, Alex, Frau Weber", "alex"),
        ("morgen Alex Berger Frau Weber", "alex"),
        ("Book Alex tomorrow at 2", "alex"),
        ("bei Alex und Marie", None),
        ("bei Alex und Herrn Weber", "alex"),
        ("Maria 0171 2345678", None),
        ("Weber, 0171 2345678, marei", "marie"),
        ("bei Al", None),
        ("bei Ale", "alex"),
        ("bei Mar", None),
        ("bei Mari", "marie"),
        ("bei Ozdemir", "marie"),
        ("bei Oezdemir", "marie"),
        ("bei marei", "marie"),
        ("bei Jonsa", "jonas"),
        ("bei Jonass", "jonas"),
        ("bei Jona", "jonas"),
        ("bei Alxe", None),
        ("bei jose", "jose"),
        ("bei José da Silva", "jose"),
        ("bei mo, Frau Weber", "mo"),
        ("with Mo on Tuesday", "mo"),
        ("Mo 14 Uhr", None),
        ("bei Zorro", None),
        ("Frau Berger", None),
        ("Frau Alex", None),
        ("Alex Weber", None),
        ("mit Frau Vogt", None),
        ("bei Frau Vogt", "marta"),
        ("alexander", None),
        ("", None),
    ],
)
def test_consultants(text, expected):
    assert book(text).consultant_id == expected


def test_two_consultants_of_one_name_are_nobody_until_told_apart():
    team = [("a", "Alex Berger"), ("b", "Alex Vogt"), ("c", "")]

    def who(text):
        return parse_booking(text, now=NOW, zone=BERLIN, consultants=team)

    assert who("bei Alex").consultant_id is None
    assert who("bei Alex").ignored == "bei Alex"
    assert who("bei Alex, Frau Weber").name == "Frau Weber"
    assert who("bei Alex V").consultant_id == "b"
    assert who("bei Alex Vogt").consultant_id == "b"
    assert who("bei Vogt").consultant_id == "b"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("morgen 14 Uhr bei Alex, Frau Weber 0171 2345678", "Frau Weber"),
        ("tomorrow 2pm with Alex, Mrs Weber +49 171 2345678", "Mrs Weber"),
        ("Mittwoch halb drei Hr. Öztürk", "Hr. Öztürk"),
        ("Fr. Weber Fr 14 Uhr", "Fr. Weber"),
        ("Fr 14 Uhr Fr. Weber", "Fr. Weber"),
        ("heute um 12 frau weber", "frau weber"),
        ("Herr Dr. Müller-Lüdenscheid, morgen", "Herr Dr. Müller-Lüdenscheid"),
        ("Herr und Frau von der Heide morgen", "Herr und Frau von der Heide"),
        ("Familie Schmidt morgen", "Familie Schmidt"),
        ("morgen Anna Weber", "Anna Weber"),
        ("morgen anna weber", "anna weber"),
        ("Anna Weber, morgen um 10", "Anna Weber"),
        ("morgen um 10 für Ali Can", "Ali Can"),
        ("for John O'Neill tomorrow", "John O'Neill"),
        ("Kunde: Anna Weber, bei Alex", "Anna Weber"),
        ("Kundin heißt Weber, bei Alex", "Weber"),
        ("Die Kundin kann nur nach 16 Uhr", None),
        ("Frau Weber kann nur nach 16 Uhr", "Frau Weber"),
        ("The customer can only come after 4 pm", None),
        ("Nur Yılmaz morgen um 14 Uhr", "Nur Yılmaz"),
        ("Termin morgen um 10 mit Herrn Müller bei Alex", "Herrn Müller"),
        ("appointment with Mrs Weber tomorrow", "Mrs Weber"),
        ("Frau Sonntag Montag 9 Uhr", "Frau Sonntag"),
        ("Herr Morgen heute 12 Uhr", "Herr Morgen"),
        ("Herr Mai 3. Mai", "Herr Mai"),
        ("bei Alex Frau Berger", "Frau Berger"),
        ("*Frau Weber* morgen", "Frau Weber"),
        ("Müller & Söhne morgen", "Müller & Söhne"),
        ("Ludwig van Beethoven morgen", "Ludwig van Beethoven"),
        ("王芳 morgen 14 Uhr", "王芳"),
        ("محمد علي tomorrow", "محمد علي"),
        ("Νίκος Παπαδόπουλος morgen", "Νίκος Παπαδόπουλος"),
        ("M. Weber morgen", "M. Weber"),
        ("We\u202eber morgen", "Weber"),
        ("Weber 0171 2345678 weber@x.de", "Weber"),
        ("Bitte trag mich morgen um 9 ein", None),
        ("kannst du mich morgen eintragen?", None),
        ("morgen 14 Uhr", None),
        ("Maria 0171 2345678", "Maria"),
        ("bei Alex und Marie", None),
        ("Fr. Dr. Schulze, Montag", "Fr. Dr. Schulze"),
        ("14 Uhr bei Alex maria huber", "maria huber"),
        ("Herr Krause hat am 1. Dezember um 16 Uhr einen Termin bei Alex", "Herr Krause"),
        ("Frau Weber möchte am Donnerstag um halb vier zu Marie", "Frau Weber"),
        ("cancel", None),
        ("next available with alex", None),
        ("what's free tomorrow?", None),
        ("Frau", None),
        ("book an appointment tomorrow please", None),
        ("😀 morgen", None),
    ],
)
def test_customers_names(text, expected):
    assert book(text).name == expected


def test_a_very_long_name_is_answered():
    assert book("Frau " + "A" * 9_000 + " morgen").name == "Frau " + "A" * 9_000


@pytest.mark.parametrize(
    ("text", "phone", "day"),
    [
        ("morgen 0171 2345678", "+491712345678", date(2026, 11, 21)),
        ("0171/2345678 24.12.", "+491712345678", date(2026, 12, 24)),
        ("24.12. 0171-2345678", "+491712345678", date(2026, 12, 24)),
        ("24.12.2026 16:00 0171 2345678", "+491712345678", date(2026, 12, 24)),
        ("0171 2345678 24.12.2026", "+491712345678", date(2026, 12, 24)),
        ("030 1234567 14 Uhr morgen", "+49301234567", date(2026, 11, 21)),
        ("um 9 0171 2345678 morgen", "+491712345678", date(2026, 11, 21)),
        ("morgen <tel:+491712345678|0171 2345678>", "+491712345678", date(2026, 11, 21)),
        (
            "Weber null eins sieben eins zwei drei vier fünf sechs sieben acht Montag",
            "+491712345678",
            date(2026, 11, 23),
        ),
        ("Weber zero one seven one two three four five six seven eight today", "+491712345678", date(2026, 11, 20)),
        ("2026-12-24 14:00", None, date(2026, 12, 24)),
    ],
)
def test_phone_numbers_beside_days(text, phone, day):
    assert (book(text).phone, book(text).day) == (phone, day)


def test_the_region_of_a_phone_number_is_an_argument():
    assert book("tomorrow, Weber, (212) 555-2368", region="US").phone == "+12125552368"


def test_what_slack_escapes():
    said = book(
        "<@U1|alex> morgen 9 Uhr Weber &amp; Klein <mailto:a@B.de|a@B.de> <!channel> <#C1|x> note: 1 &lt; 2 &amp; 3",
        members={"U1": "alex", "U2": "gone"},
    )
    assert said == BookingWords(date(2026, 11, 21), time(9), "alex", "Weber & Klein", None, "a@b.de", "1 < 2 & 3", "")
    assert book("bei <@U2> morgen", members={"U2": "gone"}).consultant_id is None
    assert book("<@U1> <@U3> morgen", members={"U1": "alex", "U3": "marie"}).consultant_id is None


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("morgen, Notiz: bitte klingeln, 2. Stock", "bitte klingeln, 2. Stock"),
        ("note: call back at 9", "call back at 9"),
        ("Hinweis : Rollstuhl\nmorgen", "Rollstuhl"),
        ("Notiz:", None),
        ("notieren: x", None),
    ],
)
def test_notes(text, note):
    assert book(text).note == note
    assert book("note: call back at 9").time is None


def test_what_was_not_understood_is_told():
    assert book("morgen 14 Uhr bei Zorro, Frau Weber!").ignored == "bei Zorro"
    assert book("31.02. Frau Weber").ignored == "31.02."
    assert book("Montag 9 Uhr Frau Weber, bringt Unterlagen mit").ignored == "bringt Unterlagen mit"
    assert book("Eilt sehr: Montag 9 Uhr Frau Weber, im Rollstuhl").ignored == "Eilt sehr: … im Rollstuhl"


@pytest.mark.parametrize(
    "text",
    [
        "Bitte buche für Frau Weber einen Termin am Montag um 14:00 bei Alex.",
        "Kannst du Frau Weber für Montag 14 Uhr bei Alex eintragen? 0171 2345678",
        "Hi zusammen, könnte jemand Herrn Kaya für Donnerstag 16 Uhr bei Alex eintragen? Danke euch!",
        "Trag mal bitte Herrn Yılmaz morgen 11 Uhr bei Alex ein",
        "Please book John Smith for next Tuesday at 11am with Alex, phone +44 20 7946 0958",
        "Mittwoch früh, Herr Klein, Tel. 030 1234567",
    ],
)
def test_everyday_words_around_a_booking_are_no_matter_of_misunderstanding(text):
    assert book(text).ignored == ""


def test_a_name_is_without_the_s_of_what_belongs_to_it():
    assert book("cancel Ms Weber's appointment").name == "Ms Weber"
    assert book("Montag 14 Uhr Herr Jens").name == "Herr Jens"


@pytest.mark.parametrize(
    ("text", "between"),
    [
        ("Montag ab 15 Uhr", (time(15), time.max)),
        ("Monday after 3pm", (time(15), time.max)),
        ("Dienstag vor 12 Uhr", (time.min, time(12))),
        ("Mittwoch zwischen 14 und 17 Uhr", (time(14), time(17))),
        ("Montag Vormittag", (time.min, time(12))),
        ("Dienstagnachmittag", (time(12), time(17))),
        ("Friday evening", (time(17), time.max)),
        ("morgen früh", (time.min, time(12))),
        ("Montag um 15 Uhr", None),
        ("Montag um 3 nachmittags", None),
        ("Montag Mittag", None),
        ("Montag", None),
    ],
)
def test_what_is_left_open_of_a_day(text, between):
    assert book(f"{text}, Frau Weber").between == between


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("nächster freier Termin bei Alex", None),
        ("so schnell wie möglich Frau Schnell", "Frau Schnell"),
        ("schnellstmöglich, Herr Klein", "Herr Klein"),
        ("zum nächstmöglichen Termin Frau Weber", "Frau Weber"),
        ("der früheste freie Termin für Peter Müller", "Peter Müller"),
        ("next available with Alex for Ms Weber", "Ms Weber"),
        ("as soon as possible: John Smith", "John Smith"),
        ("Ms Brown, earliest slot", "Ms Brown"),
    ],
)
def test_the_next_open_time_can_be_asked_for(text, name):
    said = book(text)
    assert (said.soonest, said.name, said.ignored) == (True, name, "")
    assert not book("nächsten Montag 14 Uhr, Frau Weber").soonest


MORE_NAMES = st.sampled_from(
    ["Frau Weber", "Herr Öztürk", "Mrs Smith", "Dr. Anna Müller", "Familie Groß", "Mr O'Neill"]
)
COMING = st.dates(TODAY, TODAY + timedelta(days=360))
HOURS = st.builds(time, st.integers(7, 20), st.sampled_from([0, 15, 30, 45]))
MONTHS_DE = ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli"]
MONTHS_DE += ["August", "September", "Oktober", "November", "Dezember"]
MONTHS_EN = ["January", "February", "March", "April", "May", "June", "July"]
MONTHS_EN += ["August", "September", "October", "November", "December"]


def _german(day: date, form: int) -> str:
    return [
        f"{day.day}.{day.month}.", f"{day:%d.%m.%Y}", f"am {day.day}. {MONTHS_DE[day.month - 1]}", day.isoformat()
    ][form]  # fmt: skip


def _english(day: date, form: int) -> str:
    month = MONTHS_EN[day.month - 1]
    return [
        f"{month} {day.day}",
        f"on {day.day} {month} {day.year}",
        f"{month[:3]} {day.day}, {day.year}",
        day.isoformat(),
    ][form]


def _twelve(clock: time) -> str:
    return f"{clock.hour % 12 or 12}:{clock.minute:02}{'am' if clock.hour < 12 else 'pm'}"


@given(COMING, HOURS, st.sampled_from(TEAM), MORE_NAMES, st.integers(0, 3), st.integers(0, 2), st.booleans())
@settings(max_examples=150)
def test_what_is_said_is_understood_in_german(day, clock, consultant, name, form, order, phone):
    when = [f"{clock:%H:%M}", f"um {clock.hour}.{clock.minute:02} Uhr", f"{clock.hour} Uhr {clock:%M}"][form % 3]
    pieces = [f"{_german(day, form)} {when} bei {consultant[1].split()[0]}", name + (" 0171 2345678" if phone else "")]
    said = book(", ".join(pieces if order else reversed(pieces)))
    number = "+491712345678" if phone else None
    assert said == BookingWords(day, clock, consultant[0], name, number, None, None, "")


@given(COMING, HOURS, st.sampled_from(TEAM), MORE_NAMES, st.integers(0, 3), st.booleans(), st.booleans())
@settings(max_examples=150)
def test_what_is_said_is_understood_in_english(day, clock, consultant, name, form, order, email):
    when = _twelve(clock) if form % 2 else f"at {clock:%H:%M}"
    pieces = [f"{_english(day, form)} {when} with {consultant[1]}", name + (" me@x.org" if email else "")]
    said = book(", ".join(pieces if order else reversed(pieces)))
    assert said == BookingWords(day, clock, consultant[0], name, None, "me@x.org" if email else None, None, "")


WORDS = """morgen heute halb viertel vor nach um ab bis 14 9 24.12. 31.2. 12/24 0171 2345678 : - . , / uhr pm am bei with
@ alex frau von der in tagen 3 nächste woche montag mo mi dez 24 <@U1> a@b.de null eins zwei + ( ) ' & note: for hours
Weber 999 wochen monaten from now noon 24:00 <tel: |x> &lt; İ ß ǰ"""
VOCABULARY = st.sampled_from([*WORDS.split(), "\0", "\u202e", "\ud800", "\U0001f600", "\n"])
ANYTHING = st.one_of(
    st.text(st.characters(), max_size=120),
    st.lists(VOCABULARY, max_size=25).map(" ".join),
    st.lists(VOCABULARY, max_size=25).map("".join),
)
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2190, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(ANYTHING, MOMENTS)
@settings(max_examples=400, deadline=None)
@example("<@U1>" * 200, NOW)
@example("in 999 Monaten in 999 Wochen vor 99 Wochen", datetime(2, 1, 1, tzinfo=UTC))
@example("in 999 Monaten, nächste Woche Sonntag, 31.12.", datetime(9999, 12, 30, tzinfo=UTC))
@example("24 Uhr heute bis 24 Uhr", datetime(9999, 12, 30, tzinfo=UTC))
def test_any_text_has_an_answer(text, now):
    said = book(text, now=now, members={"U1": "alex"})
    assert said.consultant_id in {None, *(id for id, _ in TEAM)}
    assert said.phone is None or said.phone.startswith("+")
    assert "\0" not in said.ignored + (said.name or "") + (said.note or "")
    parse_period(text, now=now, zone=BERLIN)
    off = parse_time_off(text, now=now, zone=BERLIN)
    assert "\0" not in off.reason
    for instant in (off.start, off.end):
        assert instant is None or instant.tzinfo is UTC
    if off.start and off.end:
        assert off.start < off.end


@pytest.mark.parametrize(
    "piece",
    [*"a0<@ &Ä\n", "0 ", "Anna ", "null ", "<@", "a@", "a.", "1.", "um ", "mo-", "von ", "bei ", "bei alex ", "ein und ", "+1 ",
     "(0", "0-", "-,;", "wegen ", "Frau ", "20", "name: ", "0171 ", "a@b.de ", "24.", "halb ", "fünf vor "],
)  # fmt: skip
def test_ten_thousand_letters_are_answered_in_bounded_time(piece):
    for text in (piece * (10_000 // len(piece)), "x" + piece * (10_000 // len(piece)) + "x"):
        began = process_time()
        book(text)
        parse_time_off(text, now=NOW, zone=BERLIN)
        parse_period(text, now=NOW, zone=BERLIN)
        assert process_time() - began < 2
