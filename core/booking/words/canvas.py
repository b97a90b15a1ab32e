"""A text that is read piece by piece: what one reader has understood, the next one no longer sees."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache

from core.booking.spelling import fold

MARK = "\0"
"""Stands where something was understood. Not a letter and not a space, so that no pattern reads across it."""

LONGEST = 10_000
"""Letters read of any text."""

DATED = 500
"""Letters in which days and times are searched: whoever means a day says so early, and the search stays bounded."""

TITLE = r"(?:herrn?|frau|fraulein|fr|hr|dr|prof|familie|fam|mr|mrs|ms|miss|mister|mx)\b\.?"
_AFTER_TITLE = re.compile(r"(?:^|\W)(?:herrn?|frau|hr|dr|prof|familie|fam|mrs?|ms|miss|mister|mx)\.?\s+$")
_ESCAPES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled when first needed: together they take a tenth of a second, too long for an import."""
    return re.compile(pattern)


class Canvas:
    """The text as shown and as folded, letter for letter."""

    def __init__(self, text: str) -> None:
        self.shown = text[:LONGEST]
        self.folded = fold(self.shown)

    def take(self, start: int, end: int) -> None:
        """Mark a piece as understood."""
        gap = MARK * (end - start)
        self.shown = self.shown[:start] + gap + self.shown[end:]
        self.folded = self.folded[:start] + gap + self.folded[end:]

    def matches(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Every match among the first letters. A word right after a title is a name: "Frau Sonntag" is no day."""
        for match in pattern.finditer(self.folded, 0, DATED):
            word = self.folded[match.start() : match.start() + 1].isalpha()
            if not (word and _AFTER_TITLE.search(self.folded[max(0, match.start() - 12) : match.start()])):
                yield match

    def rest(self) -> str:
        """What nobody understood, on one line."""
        return " ".join(self._pieces())

    def rest_that_says(self, says_nothing: Callable[[str], bool]) -> str:
        """The same without the pieces that have nothing but words that say nothing; dots stand between pieces."""
        return " … ".join(piece for piece in self._pieces() if not all(map(says_nothing, piece.split())))

    def _pieces(self) -> list[str]:
        pieces = (" ".join(filter(_is_word, piece.split())).strip(",; ") for piece in self.shown.split(MARK))
        return [piece for piece in pieces if piece]


def _is_word(text: str) -> bool:
    return any(unicodedata.category(letter)[0] != "P" for letter in text)


_SLACK = re.compile(r"<([@#!]?)([^<>|]{0,2000})(?:\|([^<>]{0,2000}))?>")


def unescape(text: str, mention: Callable[[str], str]) -> str:
    """Slack's `<…>` forms as the words that people see; `mention` says what stands for a member's id.

    Group mentions, channels and links to pages are not words of a booking and go.
    """

    def plain(match: re.Match[str]) -> str:
        sigil, target, label = match.group(1), match.group(2), match.group(3)
        if sigil == "@":
            return mention(target)
        if sigil:
            return f" {MARK} "
        if target.startswith(("mailto:", "tel:")):
            return f" {target.partition(':')[2]} "
        return f" {label or ''} " if "://" in target else match.group()

    return re.sub("&(?:amp|lt|gt);", lambda match: _ESCAPES[match.group()], _SLACK.sub(plain, text[:LONGEST]))
