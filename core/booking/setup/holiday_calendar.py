"""Public holidays of the German states, by name."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from core.errors import Invalid

STATES: Mapping[str, str] = MappingProxyType(
    {
        "DE-BW": "Baden-Württemberg",
        "DE-BY": "Bayern",
        "DE-BE": "Berlin",
        "DE-BB": "Brandenburg",
        "DE-HB": "Bremen",
        "DE-HH": "Hamburg",
        "DE-HE": "Hessen",
        "DE-MV": "Mecklenburg-Vorpommern",
        "DE-NI": "Niedersachsen",
        "DE-NW": "Nordrhein-Westfalen",
        "DE-RP": "Rheinland-Pfalz",
        "DE-SL": "Saarland",
        "DE-SN": "Sachsen",
        "DE-ST": "Sachsen-Anhalt",
        "DE-SH": "Schleswig-Holstein",
        "DE-TH": "Thüringen",
    }
)
"""Code (ISO 3166-2) -> name, by name."""


def check_state(code: str) -> str:
    """The code in its proper form. Raises Invalid("holidays", "state") for what is no German state."""
    proper = code.strip().upper().replace("_", "-")
    if proper not in STATES:
        raise Invalid("holidays", "state", {"value": code[:20], "states": ", ".join(STATES)})
    return proper


def holidays_between(code: str | None, first: date, last: date, language: str = "de") -> dict[date, str]:
    """The public holidays from `first` to `last` (inclusive) with their names; `code` None: there are none.

    `language` is "de" or "en", anything else reads English. Raises Invalid("holidays", "state").
    """
    if code is None:
        return {}
    spoken = "de" if language == "de" else "en_US"
    found: dict[date, str] = {}
    for year in range(first.year, last.year + 1):
        found |= {day: name for day, name in _of_year(code, year, spoken).items() if first <= day <= last}
    return found


@lru_cache(maxsize=256)
def _of_year(code: str, year: int, language: str) -> Mapping[date, str]:
    from holidays.countries.germany import Germany  # here, because it takes 60 ms that no start should wait for

    days = Germany(subdiv=check_state(code).removeprefix("DE-"), years=year, language=language)
    return MappingProxyType(dict(sorted(days.items())))
