"""Contacts as people type them."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.booking.contacts import (
    check_email,
    clean_name,
    clean_note,
    find_email,
    find_phone,
    format_phone,
    name_key,
    normalise_phone,
)

UNSEEN = {"Cc", "Cf", "Cs"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0171 2345678", "+491712345678"),
        ("0171/234 56 78", "+491712345678"),
        ("(0171) 2345-678", "+491712345678"),
        ("+49 171 2345678", "+491712345678"),
        ("+49 (0)171 2345678", "+491712345678"),
        ("0049 171 2345678", "+491712345678"),
        ("tel:+491712345678", "+491712345678"),
        ("Tel. 0171 2345678", "+491712345678"),
        ("Handynummer: 0171 2345678", "+491712345678"),
        ("phone 0171 2345678", "+491712345678"),
        ("٠١٧١ ٢٣٤٥٦٧٨", "+491712345678"),
        ("030 1234567", "+49301234567"),
        ("+43 1 5123456", "+4315123456"),
        ("+1 212 555 2368", "+12125552368"),
        ("null eins sieben eins zwei drei vier fünf sechs sieben acht", "+491712345678"),
        ("Null Eins Sieben Eins, Zwo Drei Vier Fuenf Sechs Sieben Acht", "+491712345678"),
        ("zero one seven one two three four five six seven eight", "+491712345678"),
        ("oh one seven one, two three four five six seven eight", "+491712345678"),
        ("plus vier neun eins sieben eins zwei drei vier fünf sechs sieben acht", "+491712345678"),
        ("null eins einundsiebzig dreiundzwanzig fünfundvierzig achtundsiebzig", "+49171234578"),
        ("null eins sieben eins doppel zwei drei vier fünf sechs sieben", "+491712234567"),
        ("0171 2345678 Durchwahl 12", "+491712345678"),
        ("", None),
        ("110", None),
        ("12", None),
        ("Frau Weber", None),
        ("0171 FLOWERS", None),
        ("eins zwei drei", None),
        ("0" * 60, None),
        ("+", None),
        ("+999 1234567", None),
    ],
)
def test_phone_numbers_become_e164_or_nothing(text, expected):
    assert normalise_phone(text) == expected


def test_the_region_decides_about_numbers_without_a_country_code():
    assert normalise_phone("212 555 2368", "US") == "+12125552368"
    assert normalise_phone("020 7946 0018", "GB") == "+442079460018"


@pytest.mark.parametrize(
    ("e164", "shown"),
    [
        ("+491712345678", "0171 2345678"),
        ("+49301234567", "030 1234567"),
        ("+49171999888", "0171999888"),
        ("+4315123456", "+43 1 5123456"),
        ("x", "x"),
    ],
)
def test_phone_numbers_are_shown_as_they_are_dialled_here(e164, shown):
    assert format_phone(e164) == shown


@given(st.text(alphabet="0123456789", min_size=7, max_size=8), st.sampled_from(["0171", "+49171", "030", "+43664"]))
def test_a_shown_number_is_read_back(digits, prefix):
    number = normalise_phone(f"{prefix} {digits}")
    assert number is not None
    assert normalise_phone(format_phone(number)) == number


@pytest.mark.parametrize(
    ("text", "found", "e164"),
    [
        ("Frau Weber 0171 2345678", "0171 2345678", "+491712345678"),
        ("0171 2345678 14 Uhr", "0171 2345678", "+491712345678"),
        ("030 1234567 14", "030 1234567", "+49301234567"),
        ("ruf 0171 2345678, danke", "0171 2345678", "+491712345678"),
        ("tel null eins sieben eins zwei drei vier fünf sechs sieben acht bitte",
         "null eins sieben eins zwei drei vier fünf sechs sieben acht", "+491712345678"),
        ("sieben Leute: null eins sieben eins zwei drei vier fünf sechs sieben acht um 9",
         "null eins sieben eins zwei drei vier fünf sechs sieben acht", "+491712345678"),
    ],
)  # fmt: skip
def test_a_number_is_found_where_it_stands(text, found, e164):
    phone = find_phone(text)
    assert phone is not None
    assert (text[phone.start : phone.end], phone.e164) == (found, e164)


@pytest.mark.parametrize(
    "text", ["", "24.12.2026", "2026-12-24 14:00", "um zwei oder drei", "09:00-17:00", "eins zwei drei"]
)
def test_days_and_times_are_no_numbers(text):
    assert find_phone(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Frau   Weber ", "Frau Weber"),
        ("Frau\nWeber\t", "Frau Weber"),
        ("We\u202eber\u2066x\u200f", "Weberx"),
        ("Mu\u0308ller", "Müller"),
        ("A\x00B\x07", "AB"),
        ("\ud800Weber", "Weber"),
        ("👩‍👧 Weber", "👩‍👧 Weber"),
        ("شركة", "شركة"),
        ("<!channel> *x*", "<!channel> *x*"),
        ("", ""),
    ],
)
def test_names_are_cleaned_of_what_cannot_be_seen(text, expected):
    assert clean_name(text) == expected


def test_a_long_name_stays_long():
    assert clean_name("ä" * 10_000) == "ä" * 10_000


@given(st.text(st.characters(), max_size=80))
@example("a \u0308b")
def test_cleaning_twice_is_cleaning_once(text):
    name = clean_name(text)
    assert clean_name(name) == name
    assert name == unicodedata.normalize("NFC", name) == name.strip()
    assert not any(unicodedata.category(letter) in UNSEEN - {"Cf"} for letter in name)
    note = clean_note(text)
    assert clean_note(note) == note
    assert clean_name(note) == " ".join(name.split())
    name.encode()


def test_a_note_keeps_its_lines():
    assert clean_note(" one \r\n\r\n\r\n\r\n two\u202e\x00 \n") == "one\n\ntwo"


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (["Frau Müller", "MÜLLER", "Mueller", "muller", "Dr. Müller", "Herr  Prof. Dr. Müller"], "muller"),
        (["Hr. Öztürk", "Oeztuerk", "Ozturk", "Mr Öztürk"], "ozturk"),
        (["Anna-Lena Groß", "anna lena GROSS", "Frau Anna-Lena Gross"], "anna lena gross"),
        (["Łukasz Nowak", "lukasz nowak"], "lukasz nowak"),
        (["Bauer"], "bauer"),
        (["Frau"], "frau"),
        (["王芳"], "王芳"),
        (["", "!?"], ""),
    ],
)
def test_one_person_has_one_key(names, key):
    assert {name_key(name) for name in names} == {key}


def test_different_people_have_different_keys():
    assert len({name_key(name) for name in ["Bauer", "Baur", "Müller", "Miller", "Anna Weber", "Weber"]}) == 6


@given(st.text(st.characters(), max_size=60))
def test_keys_never_fail(text):
    assert name_key(text) == " ".join(name_key(text).split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@b.de", "a@b.de"),
        (" Anna.Weber+x@Example.COM ", "Anna.Weber+x@example.com"),
        ("mailto:a@b.de", "a@b.de"),
        ("<a@b.de>", "a@b.de"),
        ("jörg@müller.de", "jörg@müller.de"),
        ("a@sub.b-c.co.uk", "a@sub.b-c.co.uk"),
        *[(bad, None) for bad in ["", "@", "a@", "@b.de", "a@b", "a b@c.de", "a@b..de", "a..b@c.de", ".a@c.de", "a@-b.de"]],
        *[(bad, None) for bad in ["a@b.1", "a@b.d", "a@@b.de", "a@b.de, c@d.de", "x" * 65 + "@b.de", "a@" + "b" * 260 + ".de"]],
    ],
)  # fmt: skip
def test_addresses(text, expected):
    assert check_email(text) == expected


def test_an_address_is_found_with_its_place():
    text = "Mail an a@b und anna@Weber.de."
    assert find_email(text) == (16, 29, "anna@weber.de")
    assert find_email("no address @ all") is None


@given(st.text(max_size=300))
@settings(max_examples=60)
def test_no_text_breaks_the_search_for_contacts(text):
    for found in (find_phone(text), normalise_phone(text)):
        assert found is None or found
    email = find_email(text)
    assert email is None or check_email(email[2]) == email[2]
