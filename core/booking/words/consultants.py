"""Which consultant is meant: by full name, first name, its beginning, or with one letter wrong."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.booking.contacts import name_key
from core.booking.words.canvas import DATED, MARK, TITLE, Canvas
from core.booking.words.customer import take_name

_HINT = re.compile(
    r"(?<![\w@])(?P<hint>bei|beim|with|mit|w/|@|beraterin|berater|consultant|zu|zum|zur|see)\s*[:]?\s*(?P<title>"
    + TITLE
    + r"\s+)?(?=[^\W\d_])"
)
_WORD = re.compile(r"[^\W\d_]+(?:['.-][^\W\d_]+)*")
_TITLE_BEFORE = re.compile(r"(?:^|\W)" + TITLE + r"\s*$")
_OR = re.compile(r"\s+(?:oder|or|und|and)\s+|\s*[/&]\s*")
_TITLE_WORD = re.compile(TITLE)
_STRICT = ("bei", "beim", "@", "w/", "beraterin", "berater", "consultant")
_LONGEST_NAME = 5
_SHORTEST_BEGINNING = 3
_SHORTEST_TYPO = 5


@dataclass(frozen=True)
class _Known:
    id: str
    words: tuple[str, ...]

    @property
    def full(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True)
class FoundConsultant:
    """Where a consultant is named; `id` is None where more than one, or nobody, is meant."""

    start: int
    end: int
    id: str | None


def one_letter_off(one: str, other: str) -> bool:
    """True where one letter is missing, too many, another, or changed places with its neighbour."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    same = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    a, b = one[same:], other[same:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:] and len(a) > 1)


class Roster:
    """The consultants that a text may name."""

    def __init__(self, consultants: Sequence[tuple[str, str]]) -> None:
        keyed = [(id, tuple(filter(None, map(name_key, name.split())))) for id, name in consultants]
        self._known = [_Known(id, words) for id, words in keyed if words]

    def _exact(self, key: str, *, hinted: bool) -> set[str]:
        full = {known.id for known in self._known if known.full == key}
        first = {known.id for known in self._known if known.words[0] == key}
        last = {known.id for known in self._known if known.words[-1] == key}
        return full or first or (last if hinted else set())

    def _close(self, key: str, *, hinted: bool) -> set[str]:
        begun: set[str] = set()
        if len(key.replace(" ", "")) >= _SHORTEST_BEGINNING:
            begun = {known.id for known in self._known if known.full.startswith(key)}
        if begun or len(key) < _SHORTEST_TYPO - 1:
            return begun

        def off(name: str) -> bool:
            return len(name) >= _SHORTEST_TYPO and one_letter_off(key, name)

        return {
            known.id
            for known in self._known
            if off(known.full) or off(known.words[0]) or (hinted and off(known.words[-1]))
        }

    def _look_up(self, words: Sequence[str], *, hinted: bool, close: bool) -> set[str]:
        key = name_key(" ".join(words))
        return (self._close if close else self._exact)(key, hinted=hinted) if key else set()

    def find(self, canvas: Canvas, *, exact: bool) -> FoundConsultant | None:
        """The consultant named after "bei", "with", "mit" or "@", or (`exact` False) also without such a word.

        Exact names after such a word are read before the days, so that a consultant called Mo is no Monday.
        """
        hints = list(_HINT.finditer(canvas.folded, 0, DATED))
        for close in (False,) if exact else (False, True):
            for hint in hints:
                if MARK not in canvas.folded[hint.start() : hint.end()]:
                    found = self._hinted(canvas, hint, close=close)
                    if found:
                        return found
        if exact:
            return None
        return self._unhinted(canvas) or next((gap for hint in hints if (gap := _unknown(canvas, hint))), None)

    def _hinted(self, canvas: Canvas, hint: re.Match[str], *, close: bool) -> FoundConsultant | None:
        if hint["title"] and hint["hint"] not in _STRICT:
            return None  # "mit Frau Weber" is the customer
        words = list(_run(canvas, hint.end()))
        for count in range(len(words), 0, -1):
            ids = self._look_up([word.group() for word in words[:count]], hinted=True, close=close)
            if ids:
                longer = self._told_apart(words, count) if len(ids) > 1 else None
                end, id = longer or (words[count - 1].end(), next(iter(ids)) if len(ids) == 1 else None)
                other = _OR.match(canvas.folded, end)
                if other and other.end() < len(canvas.folded):
                    also = list(_run(canvas, other.end()))[:1]
                    if self._look_up([word.group() for word in also], hinted=False, close=False) - ids:
                        end, id = also[0].end(), None
                return FoundConsultant(hint.start(), end, id)
        return None

    def _told_apart(self, words: Sequence[re.Match[str]], count: int) -> tuple[int, str] | None:
        """ "Alex V" where there are two called Alex."""
        for more in range(count + 1, len(words) + 1):
            ids = self._close(name_key(" ".join(word.group() for word in words[:more])), hinted=True)
            if len(ids) == 1:
                return words[more - 1].end(), ids.pop()
        return None

    def _unhinted(self, canvas: Canvas) -> FoundConsultant | None:
        """Without a hint a first name counts only where no surname follows it that makes it a customer's."""
        for close in (False, True):
            for word in _WORD.finditer(canvas.folded, 0, DATED):
                before = canvas.folded[max(0, word.start() - 24) : word.start()]
                if _TITLE_BEFORE.search(before) or _TITLE_WORD.fullmatch(word.group()):
                    continue
                words = list(_run(canvas, word.start()))
                for count in range(len(words), 0, -1):
                    ids = self._look_up([word.group() for word in words[:count]], hinted=False, close=close)
                    alone = _starts_anew(before) and _ends(canvas.folded[words[count - 1].end() :][:24])
                    if close and (len(ids) != 1 or not _another_name(canvas, word.start(), words[count - 1].end())):
                        continue  # "Maria 0171 …" is a customer, even where a Marie is a consultant
                    if ids and (alone or (count > 1 and not close)):
                        return FoundConsultant(
                            word.start(), words[count - 1].end(), ids.pop() if len(ids) == 1 else None
                        )
        return None


_ANEW = re.compile(
    r"(?:^|[\0,;:.!?()/\n|\"-])\s*$"
    r"|(?:^|\s)(?:fur|fuer|for|zu|to|und|and|termin|appointment|slot|buche|book|ist|is|hat|has|does)\s+$"
)
_ENDED = re.compile(
    r"\s*(?:$|[\0,;:.!?()/\n|\"-])|\s+(?:"
    + TITLE
    + r"|fur|fuer|for|mit|with|und|and|um|at|am|on|in|frei|free|available|noch|zeit|time|have|wieder|again|schon|denn"
    + r"|kommen|sprechen|buchen|eintragen|bitte|please"
    + r")(?!\w)"
)


def _starts_anew(before: str) -> bool:
    return bool(_ANEW.search(before))


def _ends(after: str) -> bool:
    return bool(_ENDED.match(after))


def _run(canvas: Canvas, start: int) -> Iterator[re.Match[str]]:
    """The words from a place on with nothing but spaces between them."""
    place = start
    for _ in range(_LONGEST_NAME):
        match = _WORD.match(canvas.folded, place, DATED)
        if not match or (place > start and _TITLE_WORD.fullmatch(match.group())):
            return
        yield match
        gap = re.compile(r"[ ]{1,3}").match(canvas.folded, match.end())
        if not gap:
            return
        place = gap.end()


def _another_name(canvas: Canvas, start: int, end: int) -> bool:
    """Whether the text names a customer besides these letters."""
    rest = Canvas(canvas.shown)
    rest.take(start, end)
    return take_name(rest) is not None


def _unknown(canvas: Canvas, hint: re.Match[str]) -> FoundConsultant | None:
    """ "bei Zorro" names a consultant whom nobody knows: certainly not the customer."""
    if hint["hint"] not in _STRICT or MARK in canvas.folded[hint.start() : hint.end()]:
        return None
    words = list(_run(canvas, hint.end()))
    return FoundConsultant(hint.start(), words[0].end(), None) if words else None
