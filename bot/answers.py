"""What a listener answers. Values only: `bot/respond.py` carries them to Slack."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.blocks import Block


@dataclass(frozen=True)
class Message:
    """A message: `text` says in words what the blocks show (screen readers and notifications read it)."""

    text: str
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True)
class Open:
    """Open a modal; inside a modal it is pushed on top."""

    view: Block


@dataclass(frozen=True)
class Refresh:
    """Replace the modal that the action came from (or that of `view_id`); typed input survives under the same ids."""

    view: Block
    view_id: str | None = None


@dataclass(frozen=True)
class Reply:
    """Words for the caller alone. `replace`: in place of the message whose button was pressed."""

    message: Message
    replace: bool = False


@dataclass(frozen=True)
class Gone:
    """Delete the message whose button was pressed (an ephemeral one, as a rule)."""


@dataclass(frozen=True)
class Home:
    """Show the caller's App Home anew."""


@dataclass(frozen=True)
class Several:
    """Several answers, in order."""

    answers: tuple["Answer", ...]


Answer = Open | Refresh | Reply | Gone | Home | Several


@dataclass(frozen=True)
class Close:
    """The submission succeeded: close this modal, or all. `then` runs after the acknowledgement."""

    everything: bool = True
    then: Callable[[], Answer | None] | None = None


@dataclass(frozen=True)
class Show:
    """The submission succeeded: show this view instead. `then` runs after the acknowledgement."""

    view: Block
    then: Callable[[], Answer | None] | None = None


@dataclass(frozen=True)
class Errors:
    """The submission is wrong: block id -> what to do about it. The modal stays open."""

    by_block: dict[str, str]


Verdict = Close | Show | Errors
