"""Who is whom, finding customers again, what is known of them, and that one workspace never sees another's."""

from datetime import timedelta

import pytest
from sqlmodel import select

from core.booking import appointments
from core.booking.customers import (
    LONGEST_NAME,
    MOST_COMPARED,
    PRIOR_SHOWS,
    PRIOR_VISITS,
    Contact,
    Known,
    check_contact,
    find_customers,
    get_customer,
    history_from,
    history_of,
    identity,
    remember,
    words_of,
)
from core.errors import Invalid
from core.transaction import Engine
from storage.tables import Customer, Outcome, State
from tests.core.booking.house import NOON, House

PHONE = "+491712345678"
DAYS = timedelta(days=1)


def know(house: House, name: str, phone: str = "", email: str = "") -> str:
    """Remember a customer as typed; the id."""
    with house.engine.transaction(house.team) as tx:
        return remember(tx, check_contact(name, phone, email))


def find(house: House, words: str, limit: int = 20) -> list[str]:
    with house.engine.view(house.team) as view:
        return [known.name for known in find_customers(view, words, limit)]


def stored(house: House) -> list[Known]:
    with house.engine.view(house.team) as view:
        keys = view.session.exec(select(Customer.id).where(Customer.workspace_id == house.team)).all()
        return [known for key in keys if (known := get_customer(view, key))]


def test_a_full_name_is_found_however_many_share_a_part_of_it(house: House) -> None:
    with house.engine.transaction(house.team) as tx:
        for number in range(MOST_COMPARED + 100):
            remember(tx, Contact(f"Anna Nummer{number:04}", None, f"a{number}@example.com"))
    looked_for = [f"Anna Nummer{number:04}" for number in range(0, MOST_COMPARED + 100, 20)]
    assert [find(house, name) for name in looked_for] == [[name] for name in looked_for]


SAME = [
    ("one phone, whatever the name and the spelling", ("Anna Weber", "0171 2345678"), ("A. Weber-Kurz", "+49 (171) 23456-78")),
    ("a phone before an e-mail", ("Anna", "0171 2345678", "a@example.com"), ("Anna", "0171 2345678", "b@example.com")),
    ("one e-mail where there is no phone", ("Anna", "", "Anna@Example.com"), ("Frau Weber", "", "anna@example.COM")),
    ("one name where there is nothing else", ("Frau  Müller",), ("MUELLER",)),
]  # fmt: skip
OTHERS = [
    ("two phones, one name", ("Anna Weber", "0171 2345678"), ("Anna Weber", "0171 2345679")),
    ("two e-mails, one name", ("Anna", "", "a@example.com"), ("Anna", "", "b@example.com")),
    ("two names", ("Anna Weber",), ("Anna Wieber",)),
    ("a phone is no name", ("Anna Weber",), ("Anna Weber", "0171 2345678")),
]


@pytest.mark.parametrize(("first", "second"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_one_customer(house: House, first: tuple[str, ...], second: tuple[str, ...]) -> None:
    ids = {know(house, *first), know(house, *second)}
    assert len(ids) == 1
    assert [known.name for known in stored(house)] == [second[0]]


@pytest.mark.parametrize(("first", "second"), [row[1:] for row in OTHERS], ids=[row[0] for row in OTHERS])
def test_two_customers(house: House, first: tuple[str, ...], second: tuple[str, ...]) -> None:
    assert know(house, *first) != know(house, *second)
    assert len(stored(house)) == 2


def test_a_known_customer_keeps_what_is_not_said_again_and_takes_what_is_new(house: House) -> None:
    key = know(house, "Anna Weber", "0171 2345678", "anna@example.com")
    know(house, "Anna Kurz", "0171 2345678")
    assert stored(house) == [Known(key, "Anna Kurz", "0171 2345678", "anna@example.com")]
    know(house, "Anna Kurz", "0171 2345678", "neu@example.com")
    assert stored(house) == [Known(key, "Anna Kurz", "0171 2345678", "neu@example.com")]


def test_phone_and_email_are_not_stored_in_clear(house: House) -> None:
    know(house, "Anna Weber", "0171 2345678", "anna@example.com")
    with house.engine.view(house.team) as view:
        row = view.session.exec(select(Customer).where(Customer.workspace_id == house.team)).one()
    text = str(row.model_dump())
    assert "2345678" not in text
    assert "anna@example.com" not in text


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("web", ["Anna-Lena Weber", "Bernd Weber"]),
        ("ANNA", ["Anna-Lena Weber"]),
        ("lena", ["Anna-Lena Weber"]),
        ("weber bern", ["Bernd Weber"]),
        ("Frau Müll", ["Çağla Müller"]),
        ("muell", ["Çağla Müller"]),
        ("cagla", ["Çağla Müller"]),
        ("eber", []),
        ("0171 2345678", ["Bernd Weber"]),
        ("+49171-2345678", ["Bernd Weber"]),
        ("null eins sieben eins zwei drei vier fünf sechs sieben acht", ["Bernd Weber"]),
        ("cagla@EXAMPLE.com", ["Çağla Müller"]),
        ("Ida@example.COM", ["Ida Yılmaz"]),
        ("ida@example.co", []),
        ("yilm", ["Ida Yılmaz"]),
        ("0171 9999999", []),
        ("", []),
        ("   ", []),
        ("%", []),
        ("'; drop table customer; --", []),
        ("😀", []),
        ("x" * 10_000, []),
        ("\x00\u202e", []),
    ],
)
def test_found_by_the_beginning_of_any_word_by_phone_and_by_email(house: House, words: str, found: list[str]) -> None:
    know(house, "Anna-Lena Weber")
    know(house, "Bernd Weber", "0171 2345678")
    know(house, "Çağla Müller", "", "cagla@example.com")
    know(house, "Ida Yılmaz", "0171 5555555", "ida@example.com")
    assert find(house, words) == found


def test_of_too_many_the_latest_are_shown_by_name(house: House) -> None:
    for n in range(5):
        house.forward(timedelta(seconds=1))
        know(house, f"Weber {'edcba'[n]}")
    assert find(house, "weber", limit=2) == ["Weber a", "Weber b"]


def test_words_under_which_a_name_is_found_are_few_and_short() -> None:
    assert words_of("Dr. Anna Weber weber") == ["anna", "weber"]
    assert words_of("w" * 100) == ["w" * 80]
    assert len(words_of(" ".join(f"n{n}" for n in range(50)))) == 12
    assert words_of("😀 !") == []


def test_two_workspaces_with_the_same_customers_see_each_their_own(engine: Engine) -> None:
    one, other = House(engine), House(engine)
    mine, theirs = (know(house, "Anna Weber", "0171 2345678", "anna@example.com") for house in (one, other))
    assert mine != theirs
    with one.engine.view(one.team) as view, other.engine.view(other.team) as beside:
        contact = Contact("Anna Weber", PHONE, None)
        assert identity(view, contact) != identity(beside, contact)
        assert get_customer(view, theirs) is None
        assert history_of(view, theirs).appointments == 0
        for words in ("weber", "0171 2345678"):
            assert [known.id for known in find_customers(view, words)] == [mine]
    one.book("Anna Weber", phone="0171 2345678")
    with one.engine.view(one.team) as view, other.engine.view(other.team) as beside:
        assert history_of(view, mine).appointments == 1
        assert history_of(beside, theirs).appointments == 0


@pytest.mark.parametrize(
    ("typed", "field", "why"),
    [
        (("", "", ""), "name", "empty"),
        ((" \t\u200b\x00", "", ""), "name", "empty"),
        (("x" * (LONGEST_NAME + 1), "", ""), "name", "too_long"),
        (("Anna", "siebzehn", ""), "phone", "not_a_phone"),
        (("Anna", "12", ""), "phone", "not_a_phone"),
        (("Anna", "0" * 10_000, ""), "phone", "not_a_phone"),
        (("Anna", "", "anna@"), "email", "not_an_email"),
        (("Anna", "", "anna@example"), "email", "not_an_email"),
        (("Anna", "", f"{'a' * 60}@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 20}.com"), "email", "not_an_email"),
    ],
)
def test_what_cannot_be_a_contact_names_the_field(typed: tuple[str, str, str], field: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_contact(*typed)
    assert (refused.value.field, refused.value.why) == (field, why)


def test_a_contact_is_brought_into_its_form() -> None:
    assert check_contact("  Anna\n Weber ", " 0171/2345678 ", " Anna@Example.COM ") == Contact(
        "Anna Weber", PHONE, "Anna@example.com"
    )
    assert check_contact("x" * LONGEST_NAME, "  ", "\t") == Contact("x" * LONGEST_NAME, None, None)


COMPLETED, NO_SHOW, CANCELLED = Outcome.COMPLETED, Outcome.NO_SHOW, State.CANCELLED


@pytest.mark.parametrize(
    ("completed", "no_shows", "risk"),
    [
        (0, 0, "low"),
        (5, 0, "low"),
        (0, 1, "medium"),
        (3, 1, "low"),
        (0, 3, "medium"),
        (0, 4, "high"),
        (10, 9, "medium"),
    ],
)
def test_the_risk_of_not_showing_up(completed: int, no_shows: int, risk: str) -> None:
    rows = [
        (NOON - n * DAYS, State.BOOKED, COMPLETED if n < completed else NO_SHOW) for n in range(completed + no_shows)
    ]
    rate = (completed + PRIOR_SHOWS) / (completed + no_shows + PRIOR_VISITS)
    assert history_from(rows, NOON).risk == risk, rate


def test_a_history_tells_the_last_and_the_next_visit() -> None:
    rows = [
        (NOON + 3 * DAYS, State.CANCELLED, None),
        (NOON + 2 * DAYS, State.BOOKED, None),
        (NOON + DAYS, State.BOOKED, None),
        (NOON, State.BOOKED, None),
        (NOON - DAYS, State.CANCELLED, None),
        (NOON - 2 * DAYS, State.BOOKED, COMPLETED),
    ]
    found = history_from(rows, NOON)
    assert (found.appointments, found.completed, found.no_shows, found.cancelled) == (6, 1, 0, 2)
    assert (found.last_at, found.next_at) == (NOON, NOON + DAYS)
    empty = history_from([], NOON)
    assert (empty.appointments, empty.last_at, empty.next_at) == (0, None, None)


def test_a_history_leaves_out_what_was_taken_back(house: House) -> None:
    key = house.book("Anna Weber")
    with house.engine.transaction(house.team, house.people["Emre"]) as tx:
        customer = appointments.undo(tx, key).customer_id
        assert history_of(tx, customer).appointments == 0
