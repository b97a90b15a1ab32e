"""Names, phone numbers and addresses as people type them, brought into the one form that is stored and compared."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from core.booking.spelling import NUMBERS, fold

LONGEST_PHONE_TEXT = 250
"""Letters read of a typed phone number; what follows cannot belong to one (E.164 has 15 digits)."""

TITLES = frozenset(
    fold(
        "herr herrn frau hr fr fräulein familie fam dr prof professor doktor doctor dipl ing mag mr mrs ms miss mister mx "
        "madam sir"
    ).split()
)
"""Forms of address that do not distinguish people, folded, without their dots."""

_JOINERS = "\u200c\u200d"
_PHONE_LABEL = re.compile(
    r"(?:tel(?:efon)?(?:nummer)?|phone(?: number)?|handy(?:nummer)?|mobile?|fon|nummer|number|nr|call)\b\s*[.:]?\s*"
)
_PHONE_DIGITS = re.compile(r"(?<![\w.])(?:\+\s?\d|\(\s?\+?\d|0)[\d\s()/.\-]{4,30}\d(?![\w@])")
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]{1,253}")
_EMAIL_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_EMAIL_LABEL = re.compile(r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?")
_SPOKEN_TWICE = {"doppel": 2, "doppelt": 2, "double": 2, "dreimal": 3, "triple": 3}
_SPOKEN_WORD = re.compile(r"\+|\d+|[^\W\d_]+")
_SPOKEN_DIGITS = {word: str(value) for word, value in NUMBERS.items()} | {"oh": "0", "o": "0", "plus": "+", "+": "+"}
_SPOKEN_AT_LEAST = 6
_SHORTEST = 5  # digits without the leading zero: "0171" alone is the beginning of a number


@dataclass(frozen=True)
class FoundPhone:
    """A phone number inside a text: its place, and itself in E.164."""

    start: int
    end: int
    e164: str


def _possible(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(text[:LONGEST_PHONE_TEXT], region)
    except phonenumbers.NumberParseException:
        return None
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    possible = reason == phonenumbers.ValidationResult.IS_POSSIBLE and len(str(parsed.national_number)) >= _SHORTEST
    return parsed if possible else None


def _e164(parsed: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _find_written(text: str, region: str) -> FoundPhone | None:
    for match in _PHONE_DIGITS.finditer(text):
        ends = [match.start() + gap.start() for gap in re.finditer(r"\s+", match.group())]
        prefixes = [(end, _possible(text[match.start() : end], region)) for end in [match.end(), *reversed(ends)]]
        numbers = [(end, parsed) for end, parsed in prefixes if parsed is not None]
        valid = [(end, parsed) for end, parsed in numbers if phonenumbers.is_valid_number(parsed)]
        if len(valid) > 1 and re.search(r"\d{5,}\s+\d{1,2}$", text[match.start() : valid[0][0]]):
            valid.pop(0)  # "030 1234567 14": an hour, no extension
        for end, parsed in valid or numbers:
            if sum(letter.isdigit() for letter in text[match.start() : end]) >= _SPOKEN_AT_LEAST:
                return FoundPhone(match.start(), end, _e164(parsed))
    return None


def _find_spoken(folded: str, region: str) -> FoundPhone | None:
    """Runs of number words: each stands for its digits, so that "einundzwanzig drei" is 213."""
    run: list[str] = []
    said = start = end = 0
    repeat = 1
    for match in [*_SPOKEN_WORD.finditer(folded), None]:
        gap = folded[end : match.start()] if match else ""
        word = match.group() if match else ""
        if match and run and not re.fullmatch(r"[\s,./()-]*", gap):
            found = _spoken_number(run, said, start, end, region)
            if found:
                return found
            run, said = [], 0
        if match and word in _SPOKEN_TWICE:
            repeat, start, end = _SPOKEN_TWICE[word], start if run else match.start(), match.end()
            continue
        digits = _SPOKEN_DIGITS.get(word) or (word if word.isdigit() else None)
        if match and digits is not None and not (said and word.isdigit()):
            if not run and repeat == 1:
                start = match.start()
            run.append(digits * repeat)
            said += not word.isdigit()
            end, repeat = match.end(), 1
            continue
        repeat = 1
        found = _spoken_number(run, said, start, end, region)
        if found:
            return found
        run, said = [], 0
        end = match.end() if match else end
    return None


def _spoken_number(run: list[str], said: int, start: int, end: int, region: str) -> FoundPhone | None:
    digits = "".join(run)
    if said < 2 or sum(letter.isdigit() for letter in digits) < _SPOKEN_AT_LEAST or not digits.startswith(("0", "+")):
        return None
    parsed = _possible(digits, region)
    return FoundPhone(start, end, _e164(parsed)) if parsed else None


def find_phone(text: str, region: str = "DE") -> FoundPhone | None:
    """The first phone number in a text, in digits or said in German or English number words.

    In digits it has to begin like one ("+", "(" or "0"), or be a valid number of the region: dates and times are
    digits too. Where what follows it are digits as well ("0171 2345678 14"), the longest valid beginning counts.
    """
    folded = fold(text)
    written = _find_written(folded, region) or _find_spoken(folded, region)
    if written:
        return written
    for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.VALID):
        if sum(letter.isdigit() for letter in match.raw_string) > _SPOKEN_AT_LEAST:
            return FoundPhone(match.start, match.end, _e164(match.number))
    return None


def normalise_phone(text: str, region: str = "DE") -> str | None:
    """A typed phone number in E.164, or None where it cannot be one. Without a country code, `region` is meant.

    Digits may be spelled ("null eins sieben eins ..."). Letters are not read as keys of a phone: a name is no number.
    """
    folded = _PHONE_LABEL.sub("", fold(text[:LONGEST_PHONE_TEXT]).replace("tel:", " ")).strip()
    parts = re.split(r"\b(?:ext|durchwahl|dw)\b", folded, maxsplit=1)
    if re.search(r"[^\W\d_]", parts[0]):
        found = _find_spoken(parts[0], region)
        rest = parts[0][: found.start] + parts[0][found.end :] if found else "x"
        return found.e164 if found and not re.search(r"\w", rest) else None
    parsed = _possible(parts[0], region)
    return _e164(parsed) if parsed else None


def format_phone(e164: str) -> str:
    """For people to read: German numbers as they are dialled in Germany, all others with their country code."""
    parsed = _possible(e164, "DE")
    if parsed is None:
        return clean_name(e164)
    style = phonenumbers.PhoneNumberFormat
    if parsed.country_code != 49:
        return phonenumbers.format_number(parsed, style.INTERNATIONAL)
    shown = phonenumbers.format_number(parsed, style.NATIONAL)
    return shown if shown.startswith("0") else f"0{shown}"  # of a number in no known range the library leaves it out


def _visible(letter: str) -> bool:
    """False for what changes the text around it unseen: controls, bidirectional overrides, lone surrogates."""
    return letter in _JOINERS or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")


def _clean_line(text: str) -> str:
    spaced = "".join(" " if letter.isspace() else letter for letter in text)
    return " ".join(unicodedata.normalize("NFC", "".join(filter(_visible, spaced))).split())


def clean_name(text: str) -> str:
    """A name as it may be stored and shown: composed, on one line, without invisible controls. Its length stays."""
    return _clean_line(text)


def clean_note(text: str) -> str:
    """Like a name, but line breaks stay; at most one empty line in a row, none at the ends."""
    lines = [_clean_line(line) for line in re.split(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", text)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def name_key(text: str) -> str:
    """What names are searched by: casefolded, without accents, punctuation and titles; "ue" counts as "ü".

    "Müller", "Mueller" and "MULLER" have one key. A name that is nothing but titles keeps them.
    """
    folded = (
        unicodedata.normalize("NFKD", clean_name(text))
        .casefold()
        .translate({0xF8: "o", 0x142: "l", 0x111: "d", 0x131: "i"})
    )
    words = ["".join(letter for letter in word if not unicodedata.combining(letter)) for word in folded.split()]
    spaced = "".join(
        letter if letter.isalnum() or unicodedata.category(letter) == "Mc" else " " for letter in " ".join(words)
    )
    keys = [re.sub(r"(?<![aeiouq])([aou])e", r"\1", word) for word in spaced.split()]
    distinct = [key for key in keys if key not in TITLES]
    return " ".join(distinct or keys)


def check_email(text: str) -> str | None:
    """An e-mail address with its domain in lower case, or None where no mail server would take it."""
    address = unicodedata.normalize("NFC", text.strip().removeprefix("mailto:").strip("<> \t\n"))
    local, at, domain = address.rpartition("@")
    labels = domain.lower().split(".")
    if not at or len(local) > 64 or len(address) > 254 or not _EMAIL_LOCAL.fullmatch(local) or len(labels) < 2:
        return None
    if not all(_EMAIL_LABEL.fullmatch(label) for label in labels) or len(labels[-1]) < 2 or labels[-1].isdigit():
        return None
    return f"{local}@{domain.lower()}"


def find_email(text: str) -> tuple[int, int, str] | None:
    """The first e-mail address in a text: where it begins and ends, and itself."""
    for match in _EMAIL.finditer(text):
        found = match.group().rstrip(".!?'")
        address = check_email(found)
        if address:
            return match.start(), match.start() + len(found), address
    return None


@lru_cache(maxsize=4096)
def name_form(name: str) -> str:
    """What names are compared by; two names of one form are one name."""
    return name_key(name) or clean_name(name).casefold()
