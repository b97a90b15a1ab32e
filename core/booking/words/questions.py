"""What words want that are no booking: open times ("Wann ist Elena am Montag frei?"), one's own appointments, a change, help."""

from core.booking.spelling import fold
from core.booking.words.canvas import LONGEST, TITLE, compiled

_ASKS = (
    r"\?|(?:^|[\n.,!:;]\s*)(?:(?:bitte|please|hallo|hello|hi|hey|und|and)[ ,]+)*"
    r"(?:wann|wer|was|wo|welche[rs]?|gibt|ist|sind|hat|hast|habt|haben|freie?[rs]?|(?:na|nae)chste[rns]?|zeige?|nenne?|when|who|"
    r"which|what|is|are|any|has|have|do|does|show|list|open|free|next|earliest)(?!\w)"
)
_OPEN = (
    r"(?<!\w)(?:freie?[rsn]?|free|available|availability|open|verf(?:u|ue)gbar|zeit|zeiten|slots?|times|"
    r"(?:noch|any)(?: einen| ein)? (?:platz|plaetze|platze|termine?|seats?)|(?<!wie )(?:geht|ginge)(?! es|'s)|passt|works?|"
    r"moglich|moeglich|possible)(?!\w)"
)
_CUSTOMER = rf"(?<!\w){TITLE}|@\w|(?:\d[ /-]?){{6}}|(?<!\w)(?:buche?|book|trag|eintragen|kunde|kundin|customer)(?!\w)"
_CHANGE = (
    r"(?<!\w)(?:stornier\w*|storno|absag\w*|abzusagen|abgesagt|sage?(?=.{1,80} ab(?!\w))|cancel\w*|verschieb\w*|verschoben|"
    r"verleg\w*|umbuch\w*|umzubuchen|umgebucht|reschedul\w*|postpon\w*|move|moved)(?!\w)"
)
_OWN = (
    r"(?<!\w)(?:meine? (?:(?:na|nae)chste[nr]? )?(?:termine?|buchung(?:en)?)|my (?:next )?(?:appointments?|bookings?)|"
    r"was (?:steht .{0,40}an|habe? ich)|what do i have)(?!\w)"
)
_WHEN = r"(?:^|[\n.,!:;]\s*)(?:wann|when)(?=.{0,80}(?<!\w)(?:termin|appointment)(?!\w))"
_HELP = (
    r"(?:hilfe|help|befehle|commands|was (?:kannst|machst) du(?: alles)?|wie (?:geht|funktioniert) (?:das|es)|"
    r"what can you do|how does (?:this|it) work)"
)


def asks_for_times(text: str) -> bool:
    """True for a question about open times, in German or English, that names no customer."""
    folded = fold(text[:LONGEST]).strip()
    found = [compiled(pattern).search(folded) is not None for pattern in (_ASKS, _OPEN, _CUSTOMER)]
    return found == [True, True, False]


def asks_to_change(text: str) -> bool:
    """True where an appointment is to be moved or cancelled ("Frau Weber absagen")."""
    return compiled(_CHANGE).search(fold(text[:LONGEST])) is not None


def asks_for_own(text: str) -> bool:
    """True where somebody wants to see what they have booked ("meine Termine", "Wann hat Frau Weber ihren Termin?")."""
    folded = fold(text[:LONGEST])
    if compiled(_WHEN).search(folded) and compiled(TITLE).search(folded) and not compiled(_OPEN).search(folded):
        return True
    return compiled(_OWN).search(folded) is not None


def asks_for_help(text: str) -> bool:
    """True for nothing but a call for help."""
    return compiled(_HELP).fullmatch(fold(text[:100]).strip(" .!?")) is not None
