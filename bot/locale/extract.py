"""Finds the texts that are translated, by reading the code.

The syntax tree is read, not the tokens: a text inside an f-string, or inside another call, counts like any other.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MARKS = ("_", "t")  # _("…"), t("…"), call.t("…")
DECLARED = {"command": ("usage", "summary"), "shortcut": ("title", "summary")}  # what Slack's manifest says of them
PLURAL = "plural"  # t.plural("{n} seat", "{n} seats", n)


@dataclass(frozen=True)
class Text:
    """A text in the code; `many` is its plural form, where it has one. `place` is for people: path and line."""

    one: str
    many: str | None
    place: str
    feature: str

    @property
    def id(self) -> str | tuple[str, str]:
        """The msgid as Babel has it."""
        return self.one if self.many is None else (self.one, self.many)


class NotAText(Exception):
    """A translation was asked for words that only exist when the program runs."""


def texts_in_tree(root: Path) -> list[Text]:
    """All texts of a package's modules, in the order of path and line. Raises NotAText."""
    found: list[Text] = []
    for path in sorted(root.rglob("*.py")):
        place = path.relative_to(root.parent)
        found += texts_in(path.read_text("utf-8"), str(place), feature_of(path.relative_to(root)))
    return found


def feature_of(path: Path) -> str:
    """features/book/form.py and features/book.py are of the feature "book"; everything else is of "main"."""
    folder, *rest = path.parts
    return Path(rest[0]).stem if folder == "features" and rest and rest[0] != "__init__.py" else "main"


def texts_in(source: str, place: str, feature: str) -> list[Text]:
    """The texts of one module. Raises NotAText for an f-string, a sum and the like in a text's place."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and node.args]
    found = []
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        name = name_of(call.func)
        where = f"{place}:{call.lineno}"
        if name in MARKS:
            found += [Text(text, None, where, feature) for text in _literals(call.args[0], where) if text]
        elif name in DECLARED:
            said = [word.value for word in call.keywords if word.arg in DECLARED[name]]
            found += [Text(text, None, where, feature) for value in said for text in _literals(value, where) if text]
        elif name == PLURAL and len(call.args) > 1:
            one, many = (list(_literals(argument, where)) for argument in call.args[:2])
            if len(one) == len(many) == 1:
                found.append(Text(one[0], many[0], where, feature))
    return found


def name_of(func: ast.expr) -> str:
    """The last part of a called name: "t" for call.t."""
    if isinstance(func, ast.Attribute):
        return func.attr
    return func.id if isinstance(func, ast.Name) else ""


def _literals(node: ast.expr, where: str) -> Iterator[str]:
    """The texts that an argument can be. A variable has none of its own: what it holds is marked with `_` elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body, where)
        yield from _literals(node.orelse, where)
    elif isinstance(node, ast.JoinedStr | ast.BinOp):
        raise NotAText(f"{where}: put values into a text with {{name}}, not with an f-string or +")
