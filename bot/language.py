"""Words in the reader's language. English stands in the code, German in `bot/locale/de/*.po`.

Catalogues are read as text when they are first needed, so there is no compiled file to forget.
"""

import gettext
import io
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

LANGUAGES = ("de", "en")
CATALOGUES = Path(__file__).parent / "locale"


def _(text: str) -> str:
    """Mark a text that is translated later."""
    return text


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    # Here, because most of the command line says nothing in German and need not wait for Babel.
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    merged = Catalog(locale=language)
    for path in sorted((CATALOGUES / language).glob("*.po")):
        with path.open("rb") as file:
            for entry in read_po(file, locale=language):
                if entry.id:
                    merged[entry.id] = entry
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def language_of(locale: str) -> str:
    """The language of a Slack locale such as de-DE that we have words in; English for all others."""
    language = locale[:2].lower()
    return language if language in LANGUAGES else "en"


class Translator:
    """Finds words in one language and writes dates in one zone (the workspace's: schedules are meant in it)."""

    def __init__(self, locale: str, zone: ZoneInfo, now: datetime) -> None:
        self.language = language_of(locale)
        self.zone = zone
        self.today = now.astimezone(zone).date()
        self._catalogue = gettext.NullTranslations() if self.language == "en" else _catalogue(self.language)

    def __call__(self, text: str, /, **values: Any) -> str:
        """`text` in the language, with `{name}` filled in."""
        found = self._catalogue.gettext(text) if text else ""
        return found.format_map(values) if values else found

    def plural(self, one: str, many: str, n: int, /, **values: Any) -> str:
        """The form for `n`, which is also filled in as `{n}`."""
        return self._catalogue.ngettext(one, many, n).format_map({"n": n, **values})

    def time(self, at: datetime) -> str:
        """14:00 in both languages: a shared schedule is easier to speak about on one clock."""
        return at.astimezone(self.zone).strftime("%H:%M")

    def day(self, day: date | datetime, *, short: bool = False) -> str:
        """Friday, 20 November / Freitag, 20. November; short: Fri 20 Nov / Fr 20.11."""
        return self._date(day, *_DAY[self.language, short])

    def moment(self, at: datetime, *, short: bool = False) -> str:
        """Day and time."""
        if short:
            return f"{self.day(at, short=True)} {self.time(at)}"
        return self(_("{day} at {time}"), day=self.day(at), time=self.time(at))

    def _date(self, day: date | datetime, pattern: str, with_year: str) -> str:
        local = day.astimezone(self.zone).date() if isinstance(day, datetime) else day
        near = abs((local - self.today).days) < 300
        return _written(local, pattern if near else with_year, self.language)


@lru_cache(maxsize=4096)
def _written(day: date, pattern: str, language: str) -> str:
    from babel.dates import format_date

    return format_date(day, pattern, locale="en_GB" if language == "en" else "de")


_DAY: Mapping[tuple[str, bool], tuple[str, str]] = {
    ("de", False): ("EEEE, d. MMMM", "EEEE, d. MMMM y"),
    ("de", True): ("ccc d.M.", "ccc d.M.y"),  # ccc, the stand-alone name, has no dot of its own
    ("en", False): ("EEEE, d MMMM", "EEEE, d MMMM y"),
    ("en", True): ("EE d MMM", "EE d MMM y"),
}
