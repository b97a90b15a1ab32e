"""What is wrong with a piece of Block Kit, and where."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Surface = Literal["message", "modal", "home"]


@dataclass(frozen=True)
class Problem:
    """One refusal, in the form of Slack's `blocks.validate`: a JSON pointer, a code, words, and the broken limit."""

    pointer: str
    code: str
    message: str
    constraint: dict[str, Any] | None = None

    def as_error_line(self, prefix: str = "") -> str:
        """Slack's line for `response_metadata.messages`; `prefix` is the argument's pointer, such as `/view`."""
        return f"[ERROR] {self.message} [json-pointer:{prefix}{self.pointer}]"


@dataclass
class Findings:
    """The problems of one payload, with what a rule must know about the payload as a whole."""

    surface: Surface
    problems: list[Problem] = field(default_factory=list)
    focused: list[str] = field(default_factory=list)
    markdown_letters: int = 0
    tables: int = 0
    charts: int = 0
    plans: int = 0

    def add(self, pointer: str, code: str, message: str, constraint: dict[str, Any] | None = None) -> None:
        self.problems.append(Problem(pointer, code, message, constraint))

    def limit(self, pointer: str, code: str, message: str, kind: str, expected: object, got: object) -> None:
        """A broken limit: the constraint tells the expected figure and the one that was found."""
        self.add(pointer, code, message, {"type": kind, "expected": expected, "got": got})


Check = Callable[[Any, str, Findings], None]
