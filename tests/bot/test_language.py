"""Every text in both languages: complete, with the same placeholders, within Slack's limits, and in one voice."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Message

from bot.blocks import clip
from bot.language import CATALOGUES, LANGUAGES, Translator, language_of
from bot.locale.catalogues import MAIN, as_text, by_msgid, entries, examine, placeholders, read_language, update
from bot.locale.extract import NotAText, Text, name_of, texts_in, texts_in_tree
from bot.texts import why_closed
from core.booking.slots import TooFar

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TEXTS = texts_in_tree(CATALOGUES.parent)
GERMAN = read_language(CATALOGUES / "de")
ENTRIES = [(name, entry) for name, catalogue in GERMAN.items() for entry in entries(catalogue)]

# What Slack shows of a text: (function of bot/blocks, place or name of the argument) -> letters.
# Buttons could have 75; what is longer than 40 makes a row of them unreadable.
LIMITS: dict[str, dict[int | str, int]] = {
    "modal": {1: 24, "submit": 24, "close": 24},
    "form_modal": {2: 24, "submit": 24},
    "area_modal": {"submit": 24},
    "area": {"title": 24},
    "shortcut": {"title": 24, "summary": 150},
    "button": {0: 40, "label": 75},
    "confirm": {0: 100, 1: 300, 2: 30, 3: 30},
    "header": {0: 150},
    "option": {0: 75, 2: 75},
    "text_field": {"placeholder": 150},
    "select": {"placeholder": 150},
    "chooser": {"placeholder": 150},
    "external_select": {"placeholder": 150},
    "users_select": {"placeholder": 150},
    "channels_select": {"placeholder": 150},
}
SIE = re.compile(
    r"\b(?:Ihnen|Ihre[mnrs]?|Ihr)\b|\b[Ww]enn Sie\b|\b(?:können|möchten|haben|bitte|wählen|geben|sind) Sie\b"
)


def words(entry: Message) -> list[str]:
    return [entry.string] if isinstance(entry.string, str) else list(entry.string or ())


def test_german_is_complete_and_nothing_in_it_is_obsolete_or_there_twice() -> None:
    assert examine(TEXTS, GERMAN).lines() == []


def test_every_catalogue_is_written_as_the_tool_writes_it() -> None:
    for name, catalogue in update(TEXTS, GERMAN, "de").items():
        assert (CATALOGUES / "de" / f"{name}.po").read_text("utf-8") == as_text(catalogue), "run make messages"


def test_placeholders_are_names_in_english() -> None:
    for text in TEXTS:
        for form in filter(None, (text.one, text.many)):
            assert all(re.fullmatch(r"[a-z_]+", name) for name in placeholders(form)), form


def test_plurals_count() -> None:
    for _, entry in ENTRIES:
        if isinstance(entry.id, tuple):
            assert len(words(entry)) == 2, entry.id
            assert "{n}" in words(entry)[1] or "{n}" not in entry.id[1], entry.id


def test_german_says_du() -> None:
    assert [form for _, entry in ENTRIES for form in words(entry) if SIE.search(form)] == []


def test_german_uses_one_word_for_one_thing() -> None:
    """The glossary: what a reader has learned in one place holds in all others."""
    wrong = {
        r"\bKan(al|äle)": "Channel",
        r"[Rr]ückgängig": "zurücknehmen",
        r"\b[Bb]erater:?innen|\bBerater\*i": "Berater",
        r"\bSlots?\b": "Zeit",
        r"[Ss]torn": "absagen",
        r"\bNo-?[Ss]how": "nicht erschienen",
        r"\bE-?mail|\bEmail": "E-Mail",
    }
    found = [
        (pattern, form)
        for _, entry in ENTRIES
        for form in words(entry)
        for pattern in wrong
        if re.search(pattern, form)
    ]
    assert found == []


def test_german_has_german_quotes_and_no_typewriter_dots() -> None:
    for _, entry in ENTRIES:
        for form in words(entry):
            assert not re.search(r"[“\"](?=\w)|\.\.", form), form
            assert form.count("„") == form.count("“"), form


def test_a_sentence_ends_in_both_languages_or_in_none() -> None:
    """A colon, a question and an exclamation are kept; a full stop may go where a German short date ends in one."""
    for _, entry in ENTRIES:
        ids = [entry.id] if isinstance(entry.id, str) else list(entry.id)
        english, german = ids[-1].strip()[-1], words(entry)[-1].strip()[-1]
        if english in ":?!" or german in ":?!":
            assert english == german, ids
        elif german == ".":
            assert english == "." or "{minutes}" in words(entry)[-1], ids


def limited() -> Iterator[tuple[str, str, int]]:
    """Place, text and limit of every text that stands directly in a call of the functions above."""
    for path in sorted((CATALOGUES.parent).rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(call, ast.Call) or name_of(call.func) not in LIMITS:
                continue
            given: dict[int | str, ast.expr] = dict(enumerate(call.args))
            given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
            for place, limit in LIMITS[name_of(call.func)].items():
                if place in given:
                    for text in texts_in(ast.unparse(given[place]), path.name, ""):
                        for form in filter(None, (text.one, text.many)):
                            yield f"{path.name}:{call.lineno}", form, limit


def test_titles_buttons_and_placeholders_fit_in_both_languages() -> None:
    german = {
        one: words(entry) for _, entry in ENTRIES for one in ([entry.id] if isinstance(entry.id, str) else entry.id)
    }
    found = list(limited())
    assert len(found) > 150
    too_long = [
        (place, form, limit)
        for place, text, limit in found
        for form in (text, *german[text])
        if clip(form, limit) != form
    ]
    assert too_long == []


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de-DE", "de"), ("de-AT", "de"), ("DE", "de"), ("en-GB", "en"), ("fr-FR", "en"), ("", "en")],
)
def test_the_language_of_a_locale(locale: str, language: str) -> None:
    assert language_of(locale) == language
    assert Translator(locale, BERLIN, NOW).language == language


def test_days_and_moments_read_well_in_both_languages() -> None:
    german, english = (Translator(language, BERLIN, NOW) for language in LANGUAGES)
    at = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    assert (german.day(at), english.day(at)) == ("Montag, 23. November", "Monday, 23 November")
    assert (german.day(at, short=True), english.day(at, short=True)) == ("Mo 23.11.", "Mon 23 Nov")
    assert (german.moment(at), english.moment(at)) == (
        "Montag, 23. November um 14:00 Uhr",
        "Monday, 23 November at 14:00",
    )
    assert (german.moment(at, short=True), english.moment(at, short=True)) == ("Mo 23.11. 14:00", "Mon 23 Nov 14:00")
    far = NOW.date() + timedelta(days=400)
    assert german.day(far).endswith(" 2027")
    assert german.day(far, short=True) == "Sa 25.12.2027"
    assert english.day(far, short=True) == "Sat 25 Dec 2027"


def test_a_day_is_the_workspaces_day() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # 00:30 in Berlin, the day after
    assert Translator("en", BERLIN, NOW).moment(late, short=True) == "Mon 23 Nov 00:30"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_ends_in_two_dots(language: str) -> None:
    t = Translator(language, BERLIN, NOW)
    for short in (True, False):
        day = t.day(date(2026, 12, 18), short=short)
        assert ".." not in t("Bookable until {day}.", day=day)
    why = why_closed(TooFar(date(2026, 12, 18)), t)
    assert ".." not in t("This time can't be booked: {why}. Please choose another day.", why=why)


def test_plural_forms_follow_the_number() -> None:
    german, english = (Translator(language, BERLIN, NOW) for language in LANGUAGES)
    assert [german.plural("{n} seat free", "{n} seats free", n) for n in (0, 1, 2)] == [
        "0 Plätze frei",
        "1 Platz frei",
        "2 Plätze frei",
    ]
    assert english.plural("{n} seat free", "{n} seats free", 1) == "1 seat free"


def test_a_text_without_values_may_hold_braces() -> None:
    assert Translator("en", BERLIN, NOW)("{not a placeholder}") == "{not a placeholder}"


# The tool


def texts(source: str) -> list[tuple[str, str | None]]:
    return [(text.one, text.many) for text in texts_in(source, "x.py", "x")]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('t("One")', [("One", None)]),
        ('call.t("One", name=t("Two"))', [("One", None), ("Two", None)]),
        ("f\"{t('In an f-string')}\"", [("In an f-string", None)]),
        ('X = {1: _("Later")}', [("Later", None)]),
        ('t("Over "\n  "two lines")', [("Over two lines", None)]),
        ('t("Yes" if x else "No")', [("Yes", None), ("No", None)]),
        ('desk.t.plural("{n} seat", "{n} seats", n)', [("{n} seat", "{n} seats")]),
        ('t(WORDS[x]) + t("") + print("no") + text("no")', []),
        ("def t(x): return x", []),
    ],
)
def test_texts_are_found_wherever_they_stand(source: str, found: list[tuple[str, str | None]]) -> None:
    assert texts(source) == found


@pytest.mark.parametrize("source", ['t(f"Hello {name}")', 't("Hello " + name)'])
def test_words_that_no_catalogue_can_hold_are_refused(source: str) -> None:
    with pytest.raises(NotAText, match=r"x\.py:1"):
        texts(source)


def test_an_update_keeps_translations_drops_what_is_unused_and_guesses_nothing(tmp_path: Path) -> None:
    before = [Text("Book", None, "a.py:1", "book"), Text("Old words", None, "a.py:2", "book")]
    first = update(before, {}, "de")
    for entry in entries(first["book"]):
        entry.string = {"Book": "Buchen", "Old words": "Alte Worte"}[str(entry.id)]
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "book.po").write_text(as_text(first["book"]), "utf-8")
    kept = read_language(tmp_path / "de")
    assert examine(before, kept).lines() == []

    shared = Text("Close", None, "a.py:4", "book"), Text("Close", None, "b.py:1", "slots")
    after = [
        before[0],
        Text("Old word", None, "a.py:2", "book"),
        Text("{n} seat", "{n} seats", "b.py:2", "slots"),
        *shared,
    ]
    found = examine(after, kept)
    assert found.obsolete == ["book.po: Old words"]
    assert [line.rsplit(": ")[-1] for line in found.missing] == ["Old word", "{n} seat", "Close"]
    fresh = update(after, kept, "de")
    held = {name: [(entry.id, words(entry)) for entry in entries(catalogue)] for name, catalogue in fresh.items()}
    assert held == {
        "book": [("Book", ["Buchen"]), ("Old word", [""])],
        "slots": [(("{n} seat", "{n} seats"), ["", ""])],
        MAIN: [("Close", [""])],
    }
    assert "fuzzy" not in "".join(as_text(catalogue) for catalogue in fresh.values())


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        ('msgid "Hello {name}"\nmsgstr ""', "empty"),
        ('#, fuzzy\nmsgid "Hello {name}"\nmsgstr "Hallo {name}"', "fuzzy"),
        ('msgid "Hello {name}"\nmsgstr "Hallo {nmae}"', "placeholders"),
        ('msgid "Hello {name}"\nmsgstr "Hallo"', "placeholders"),
        ('msgid "Hello {name}"\nmsgid_plural "Hellos"\nmsgstr[0] "Hallo {name}"\nmsgstr[1] "Hallo"', "plural"),
        ('msgid "Hello {name}"\nmsgstr "Hallo {name}"', ""),
    ],
)
def test_a_broken_entry_is_named(tmp_path: Path, entry: str, wrong: str) -> None:
    (tmp_path / "de").mkdir()
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (tmp_path / "de" / "main.po").write_text(header + entry + "\n", "utf-8")
    text = Text("Hello {name}", None, "a.py:1", MAIN)
    found = examine([text], read_language(tmp_path / "de"))
    assert found.missing == []
    assert [wrong in line for line in found.wrong] == ([True] if wrong else [])


def test_a_text_with_a_plural_somewhere_has_it_everywhere() -> None:
    one, many = Text("{n} day", None, "a.py:1", "a"), Text("{n} day", "{n} days", "b.py:1", "b")
    assert by_msgid([one, many]) == by_msgid([many, one]) == {"{n} day": many}
