"""The catalogues of one language: what they hold, what is wrong with them, and bringing them up to date."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from bot.locale.extract import Text

MAIN = "main"  # the catalogue of what no single feature owns
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals={forms}; plural={rule};\\n"
"""


@dataclass
class Findings:
    """What a language lacks: texts without translation, entries that no code uses, texts in two catalogues, broken entries."""

    missing: list[str] = field(default_factory=list)
    obsolete: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.missing or self.obsolete or self.twice or self.wrong)

    def lines(self) -> list[str]:
        """One line a finding, to be read by a person."""
        kinds = (
            ("not translated", self.missing),
            ("no longer used", self.obsolete),
            ("in two catalogues", self.twice),
            ("wrong", self.wrong),
        )
        return [f"{kind}: {text}" for kind, texts in kinds for text in texts]


def read_language(folder: Path) -> dict[str, Catalog]:
    """The language's catalogues by name (a file's stem)."""
    found = {}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            found[path.stem] = read_po(file, locale=folder.name)
    return found


def entries(catalogue: Catalog) -> list[Message]:
    """The entries without the header."""
    return [message for message in catalogue if message.id]


def examine(texts: Iterable[Text], catalogues: Mapping[str, Catalog]) -> Findings:
    """Compare the code with a language's catalogues."""
    findings = Findings()
    used = by_msgid(texts)
    held: dict[str, str] = {}
    for name, catalogue in catalogues.items():
        for entry in entries(catalogue):
            key = _key(entry)
            if key not in used:
                findings.obsolete.append(f"{name}.po: {key}")
            elif key in held:
                findings.twice.append(f"{held[key]}.po and {name}.po: {key}")
            else:
                held[key] = name
                wrong = problem(entry, used[key])
                if wrong:
                    findings.wrong.append(f"{name}.po: {key} ({wrong})")
    findings.missing = [f"{text.place}: {key}" for key, text in used.items() if key not in held]
    return findings


def by_msgid(texts: Iterable[Text]) -> dict[str, Text]:
    """Each text once, where it stands first; with its plural form, if it has one anywhere."""
    used: dict[str, Text] = {}
    for text in texts:
        if text.one not in used or (text.many and not used[text.one].many):
            used[text.one] = text
    return used


def problem(entry: Message, text: Text) -> str:
    """What is wrong with an entry, "" when nothing is."""
    forms = _strings(entry)
    if bool(text.many) != isinstance(entry.id, tuple):
        return "with and without a plural form"
    if entry.fuzzy:
        return "marked as fuzzy"
    if not all(forms):
        return "empty"
    if isinstance(entry.id, tuple):
        allowed = placeholders(entry.id[0]) | placeholders(entry.id[1]) | {"n"}
        fits = all(placeholders(form) <= allowed for form in forms)
    else:
        fits = placeholders(_key(entry)) == placeholders(forms[0])
    return "" if fits else "other {placeholders} than the English"


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def update(texts: Sequence[Text], catalogues: Mapping[str, Catalog], language: str) -> dict[str, Catalog]:
    """The catalogues as they should be: in the order they had, without what is unused, with new texts at the end, empty.

    A text stays in the catalogue that has it. A new one goes to its feature's catalogue, or to main.po when several
    features use it. Nothing is guessed from similar texts, so nothing is fuzzy.
    """
    used = by_msgid(texts)
    fresh: dict[str, Catalog] = {}
    held: set[str] = set()
    for name, catalogue in catalogues.items():
        for entry in entries(catalogue):
            key = _key(entry)
            if key in used and key not in held:
                held.add(key)
                kept = _strings(entry) if isinstance(entry.id, tuple) == bool(used[key].many) else []
                _add(fresh.setdefault(name, Catalog(locale=language)), used[key], kept)
    for key, text in used.items():
        if key not in held:
            features = {other.feature for other in texts if other.one == key}
            name = features.pop() if len(features) == 1 else MAIN
            _add(fresh.setdefault(name, Catalog(locale=language)), text, [])
    return fresh


def as_text(catalogue: Catalog) -> str:
    """A catalogue's file: no dates, no places in the code and no wrapped lines, so that only a changed text is a changed line."""
    language = str(catalogue.locale)
    written = io.BytesIO()
    write_po(written, catalogue, omit_header=True, no_location=True, width=0)
    header = HEADER.format(language=language, forms=catalogue.num_plurals, rule=catalogue.plural_expr)
    return header + "\n" + written.getvalue().decode("utf-8").strip() + "\n"


def _add(catalogue: Catalog, text: Text, kept: list[str]) -> None:
    message = catalogue.add(text.id, tuple(kept) if text.many else "".join(kept))
    message.flags.clear()


def _key(entry: Message) -> str:
    return entry.id if isinstance(entry.id, str) else str(entry.id[0])


def _strings(entry: Message) -> list[str]:
    return [entry.string] if isinstance(entry.string, str) else list(entry.string or ())
