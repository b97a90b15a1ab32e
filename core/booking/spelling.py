"""How words are compared: without case, accents and typographic variants, and number words of both languages."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_SINGLES = {
    "ß": "ß",
    "ı": "i",
    "ø": "o",
    "Ø": "o",
    "ł": "l",
    "Ł": "l",
    "đ": "d",
    "Đ": "d",
    "\n": "\n",
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("’‘´`ʼ", "'"),
    **dict.fromkeys("“”„«»", '"'),
}


@lru_cache(maxsize=4096)
def _fold_letter(letter: str) -> str:
    if letter in _SINGLES:
        return _SINGLES[letter]
    if letter.isspace():
        return " "
    digit = unicodedata.decimal(letter, None)
    if digit is not None:
        return str(digit)
    letters = unicodedata.normalize("NFD", letter.lower())
    return letters[0] if all(unicodedata.combining(mark) for mark in letters[1:]) else letter


def fold(text: str) -> str:
    """Lower case without accents, letter for letter: positions in the answer are positions in `text`.

    The letter-for-letter rule is why "ß" stays and "ue" is not yet "u"; patterns accept both spellings instead.
    """
    return "".join(map(_fold_letter, text))


def _german() -> dict[str, int]:
    ones = ["null", "eins", "zwei", "drei", "vier", "funf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwolf"]
    words = {word: value for value, word in enumerate(ones)}
    stems = ["", "ein", "zwei", "drei", "vier", "funf", "sechs", "sieben", "acht", "neun"]
    teens = {**dict(enumerate(stems)), 6: "sech", 7: "sieb"}
    words |= {f"{teens[unit]}zehn": 10 + unit for unit in range(3, 10)}
    tens = {20: "zwanzig", 30: "dreissig", 40: "vierzig", 50: "funfzig"}
    tens |= {60: "sechzig", 70: "siebzig", 80: "achtzig", 90: "neunzig"}
    for ten, word in tens.items():
        words[word] = ten
        words |= {f"{stems[unit]}und{word}": ten + unit for unit in range(1, 10)}
    words |= dict.fromkeys(("ein", "eine", "einer", "einem", "einen"), 1) | {"zwo": 2}
    for word, value in list(words.items()):
        words[word.replace("funf", "fuenf").replace("zwolf", "zwoelf")] = value
        words[word.replace("dreissig", "dreißig")] = value
    return words


def _english() -> dict[str, int]:
    ones = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    ones += ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
    words = {word: value for value, word in enumerate(ones)}
    tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    for place, word in enumerate(tens):
        ten = 20 + 10 * place
        words[word] = ten
        for unit in range(1, 10):
            words[f"{word}-{ones[unit]}"] = words[f"{word} {ones[unit]}"] = ten + unit
    return words


GERMAN = _german()
ENGLISH = _english()
NUMBERS = ENGLISH | GERMAN
"""Folded number words to their values, 0 to 99."""


def _ordinals() -> dict[str, int]:
    words = {"erst": 1, "dritt": 3, "siebt": 7, "acht": 8}
    for word, value in GERMAN.items():
        if 2 <= value <= 31 and value not in (3, 7, 8):
            words[word + ("t" if value < 20 else "st")] = value
    german = {stem + ending: value for stem, value in words.items() for ending in ("e", "er", "en")}
    english = {"first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12, "twentieth": 20}
    english |= {f"{word}th": value for word, value in ENGLISH.items() if 4 <= value < 20 and value not in (5, 8, 9, 12)}
    english |= {"thirtieth": 30, "thirty-first": 31, "thirty first": 31}
    for place, word in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
    ):
        english[f"twenty-{word}"] = english[f"twenty {word}"] = 21 + place
    return german | english


ORDINALS = _ordinals()
"""Folded words for the days of a month."""


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


ORDINAL = rf"(?:{_any_of(ORDINALS)})"
CLOCK_NUMBER = rf"(?:\d{{1,2}}|{_any_of(word for word, value in NUMBERS.items() if value < 30)})"
"""Numbers as hours and as minutes before and after them are said."""
MINUTES = rf"(?:\d\d|{_any_of(word for word, value in NUMBERS.items() if value in range(5, 60, 5))})"
"""Minutes as they are said after an hour: "neun Uhr fünfzehn"."""

NUMBER = r"(?:\d{1,3}|" + _any_of(NUMBERS) + r")"
"""A pattern for one number, in digits or as a folded word."""


def number(text: str) -> int:
    """The value of what `NUMBER` matched."""
    return int(text) if text.isdigit() else NUMBERS[text]


def day_number(text: str) -> int:
    """A day of a month, in digits or as `ORDINAL` matched."""
    return int(text) if text.isdigit() else ORDINALS[text]
