"""The customer's name: what remains of a text and looks like a name."""

import re
import unicodedata
from dataclasses import dataclass

from core.booking.contacts import clean_name
from core.booking.spelling import fold
from core.booking.words.canvas import TITLE, Canvas

_FILLERS = frozenset(
    fold(
        "available verfügbar nächstmöglichen what's wer who what can könnt ihr her his ihre seine hilfe help cancel "
        "termin termine buchen buche bucht gebucht buchung eintragen eintrag trag trage reservieren bitte bittet mal noch "
        "für fuer um am im in an on at the a to bei mit with ab gegen von vom den dem der die das ein eine einen einem "
        "und and oder or ist is ich i wir we du sie er es mich mir uns me us my mein kannst can könnte could möchte will "
        "would like want wants braucht brauche need needs please book booking appointment meeting slot kunde kundin "
        "kunden customer client name heißt heisst called telefon telefonnummer tel phone handy mobil mobile nummer number "
        "nr fon email mail e-mail adresse address erreichbar unter via hallo hi hey hello moin guten gute tag good day "
        "morning danke thanks thank dir you uhr h o'clock oh ok okay ja nein yes no nicht not neu neuer neue new "
        "erste ersten zweite first second noch auch also dann then freie frei free gerne gern vielleicht evtl ca circa "
        "next nächste nächsten this diese diesen ganztags zum zur beim per wegen because it's its that this for from "
        "kommt comes wünscht hat has hätte war was wird als as wie geht how do does so da there hier here jetzt now "
        "heute morgen today tomorrow rückruf ruft call calls anruf berater beraterin consultant lieber rather besser "
        "wann when welche welcher which gibt any are is times time zeiten zeit platz plätze seats slots "
        "personen leute people persons before after vor nach bis until frühestens spätestens möglich möglichst possible passt "
        "works zeig zeige zeigt show see hast habt haben have nächster nächstes nächstmöglicher nächstmögliche "
        "nächstmöglicher nächstbester freier freies frühester frühesten frühestmöglich frühestmöglichen earliest "
        "soonest soon asap wieder again storniere "
        "stornieren storno absagen sag sage ab verschiebe verschieben verschieb verlege verlegen umbuchen move "
        "reschedule postpone auf können kommen come coming wollen wants gerne trägst vereinbare vereinbaren machen mach "
        "make schedule arrange irgendwann anytime sometime zeitnah dafür sind "
        "kann nur only steht zusammen jemand somebody someone anybody anyone everybody everyone euch team zurück ruf "
        "rufe sprechen open offene offenen"
    ).split()
)
_NOUNS = frozenset(
    fold(
        "termin termine buchung booking appointment meeting slot kunde kundin kunden customer client name telefon phone "
        "tel telefonnummer handy mobil mobile nummer number nr fon email mail e-mail adresse address uhr berater "
        "beraterin consultant rückruf anruf call bitte danke please thanks"
    ).split()
)
"""Everyday words that are none of a name's even with a capital in the middle of one."""

_PARTICLES = frozenset(
    fold("von van vom zu zum zur de der den del della di da do dos du la le el al bin ibn ter ten").split()
)
_NAMES_WITH_CAPITAL = _PARTICLES | {"nur"}
"""Everyday words that belong to a name where they begin with a capital: Van Dyck, Nur Yılmaz."""

_SILENT = _FILLERS | {""}
_TITLE = re.compile(TITLE.replace(r"\b", "") + r"$")
_LABEL = re.compile(
    r"(?:kundin|kunden?|customer|client|(?:kunden|customer )?name)\s*(?::|ist\b|is\b|heisst\b)?\s*$", re.IGNORECASE
)
_TIED = re.compile(
    r"(?<!\w)(?:(?:fur|fuer|for|mit|with|kundin|kunde|kunden|customer|client|name|ist|is|heisst|heißt)\b\s*:?\s*){1,4}$"
)
_BREAK = re.compile(r"[\0,;:!?()\[\]{}\"|/\n<>=+…•]+")
_EDGES = "*_~`'\"-–—.„“”«»"
_MOST_TITLED_LOWER = 3
_MOST_LOWER = 3


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    text: str

    @property
    def key(self) -> str:
        return fold(self.text)

    @property
    def is_title(self) -> bool:
        return bool(_TITLE.fullmatch(self.key))

    @property
    def is_name(self) -> bool:
        letters = [letter for letter in self.text if unicodedata.category(letter)[0] in "LM"]
        others = [letter for letter in self.text if letter not in letters]
        initial = len(letters) == 1 and self.text.endswith(".")
        wide = len(letters) == 1 and unicodedata.category(letters[0]) == "Lo"
        return (len(letters) > 1 or initial or wide) and all(letter in "'’.-‘ʼ\u200c\u200d" for letter in others)

    @property
    def is_filler(self) -> bool:
        return self.key.strip(".") in _FILLERS and not (self.text[:1].isupper() and self.key in _NAMES_WITH_CAPITAL)

    @property
    def is_noun(self) -> bool:
        return self.key.strip(".") in _NOUNS

    @property
    def is_capital(self) -> bool:
        """Scripts without cases have nothing but capitals, as far as names go."""
        first = self.text[:1]
        return first.isupper() or (first.isalpha() and first.lower() == first.upper())


def is_filler(word: str) -> bool:
    """An everyday word that says nothing of a booking by itself."""
    return fold(word).strip(_EDGES + "?!,;:()") in _SILENT


def take_name(canvas: Canvas, *, alone: bool = False) -> str | None:
    """The best candidate, taken from the text: a titled name, else one after "Kunde"/"name", else capitalised words,
    else a few words that are no everyday words, unless they stand `alone`: "cancel" is nobody's name."""
    best: tuple[int, int, int] | None = None
    best_score = 0
    start = 0
    for gap in [*_BREAK.finditer(canvas.shown), None]:
        end = gap.start() if gap else len(canvas.shown)
        labelled = bool(_LABEL.search(canvas.folded[max(0, start - 40) : start].replace(":", " ")))
        for score, first, last in _candidates(_words(canvas.shown, start, end), labelled):
            if score > (1 if alone else best_score) and score > best_score:
                best, best_score = (score, first, last), score
        start = gap.end() if gap else end
    if best is None:
        return None
    _, first, last = best
    name = re.sub(r"['’]s$", "", clean_name(canvas.shown[first:last]))  # "Ms Weber's appointment"
    tied = _TIED.search(canvas.folded, max(0, first - 60), first)
    canvas.take(tied.start() if tied else first, last)
    return name or None


def _words(text: str, start: int, end: int) -> list[_Word]:
    words = []
    for match in re.compile(r"\S+").finditer(text, start, end):
        word = match.group()
        core = word.lstrip(_EDGES)
        first = match.start() + len(word) - len(core)
        bare = core.rstrip(_EDGES)
        dotted = core[len(bare) : len(bare) + 1] == "." and (len(bare) == 1 or bool(_TITLE.fullmatch(fold(bare))))
        text_of = bare + "." if dotted else bare
        if text_of:
            words.append(_Word(first, first + len(text_of), text_of))
    return words


def _candidates(words: list[_Word], labelled: bool) -> list[tuple[int, int, int]]:
    """(score, start, end) of each thing in a piece of text that may be a name."""
    found: list[tuple[int, int, int]] = []
    place = 0
    while place < len(words):
        run: list[_Word] = []
        titles = 0
        first = place
        while place < len(words) and (words[place].is_title or (run and _joins(words, place))):
            run.append(words[place])
            titles += 1
            place += 1
        while place < len(words) and _continues(run, titles, words, place):
            run.append(words[place])
            place += 1
        if place == first:
            place += 1
            continue
        names = len(run) - titles
        if not names:
            continue
        said = bool(_LABEL.search(" ".join(word.key for word in words[max(0, first - 2) : first]))) or (
            labelled and first == 0
        )
        capital = run[titles].is_capital
        score = 8 * bool(titles) + 4 * said + (2 if capital else 1)
        if score == 1 and names > _MOST_LOWER:
            continue
        found.append((score, run[0].start, run[-1].end))
    return found


def _joins(words: list[_Word], place: int) -> bool:
    """ "Herr und Frau Weber"."""
    return words[place].key in ("und", "and", "&", "u.") and place + 1 < len(words) and words[place + 1].is_title


def _continues(run: list[_Word], titles: int, words: list[_Word], place: int) -> bool:
    word = words[place]
    names = run[titles:]
    following = words[place + 1] if place + 1 < len(words) else None
    if word.key in _PARTICLES:
        noble = next((later for later in words[place + 1 : place + 5] if later.key not in _PARTICLES), None)
        if noble is not None and noble.is_name and not (noble.is_title or noble.is_filler):
            if noble.is_capital and (run or word.is_capital or word.key not in _FILLERS):
                return True
            if titles and not names:
                return True
    if word.text == "&":
        return bool(names) and following is not None and following.is_name
    before = names[0] if names else run[-1] if titles else None
    surname = before is not None and before.is_capital and word.is_capital and not word.is_noun  # "Ali Can"
    if (word.is_filler and not surname) or word.is_title or not word.is_name:
        return False
    if not names:
        return True
    if names[0].is_capital or names[0].key in _PARTICLES:
        return word.is_capital
    return not word.is_capital and (not titles or len(names) < _MOST_TITLED_LOWER)
