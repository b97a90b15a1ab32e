"""Whether words ask for open times rather than for an appointment: "Wann ist Elena am Montag frei?"."""

from core.booking.spelling import fold
from core.booking.words.canvas import LONGEST, TITLE, compiled

_ASKS = (
    r"\?|(?:^|[\n.,!:;]\s*)"
    r"(?:wann|wer|welche[rs]?|gibt|ist|hat|freie|when|who|which|what|is|are|any|has|open|free)(?!\w)"
)
_OPEN = (
    r"(?<!\w)(?:freie?[rs]?|free|available|availability|open|verf(?:u|ue)gbar|zeit|zeiten|slots?|times|"
    r"(?:noch|any) (?:platz|plaetze|platze|termine?|seats?))(?!\w)"
)
_CUSTOMER = rf"(?<!\w){TITLE}|@\w|(?:\d[ /-]?){{6}}|(?<!\w)(?:buche?|book|trag|eintragen|kunde|kundin|customer)(?!\w)"


def asks_for_times(text: str) -> bool:
    """True for a question about open times, in German or English, that names no customer."""
    folded = fold(text[:LONGEST]).strip()
    found = [compiled(pattern).search(folded) is not None for pattern in (_ASKS, _OPEN, _CUSTOMER)]
    return found == [True, True, False]
