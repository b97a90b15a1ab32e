"""What the bot can do, declared where it is done.

A feature is a module in `bot/features/`; its decorators enter commands, actions, submissions, … here. The Slack manifest,
the help text, the permission check and the wiring into Bolt all come from these entries. An id that is used twice is
refused at once.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from core.model import Role
from core.transaction import View

if TYPE_CHECKING:
    from bot.answers import Answer, Message, Verdict
    from bot.call import Call
    from bot.language import Translator
    from bot.services import Services

Listener = Callable[["Call"], "Answer | None"]
Judge = Callable[["Call"], "Verdict"]
Suggest = Callable[["Call"], list[dict[str, Any]]]
Builder = Callable[[View, "Translator", dict[str, Any]], "Message | None"]
Section = Callable[[View, "Translator"], list[dict[str, Any]]]
Sweep = Callable[["Services", str], None]
Hear = Callable[["Services", str, dict[str, Any]], None]

L = TypeVar("L", bound=Listener)  # a decorator gives back what it was given, with its own narrower type
J = TypeVar("J", bound=Judge)
S = TypeVar("S", bound=Suggest)
B = TypeVar("B", bound=Builder)
H = TypeVar("H", bound=Section)
W = TypeVar("W", bound=Sweep)
N = TypeVar("N", bound=Hear)
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Command:
    """A slash command. `usage` and `summary` are English (Slack shows them as they are), `help` is translated."""

    name: str
    usage: str
    summary: str
    help: str
    needs: Role
    run: Listener


@dataclass(frozen=True)
class Shortcut:
    """A global or message shortcut; `title` is at most 24 letters and English, as Slack shows it."""

    id: str
    kind: str
    title: str
    summary: str
    needs: Role
    run: Listener


@dataclass(frozen=True)
class Action:
    """A button, select or other element. Runs after the acknowledgement."""

    id: str
    needs: Role
    run: Listener


@dataclass(frozen=True)
class Submission:
    """A modal's submission. Runs before the acknowledgement, because its verdict is the acknowledgement."""

    id: str
    needs: Role
    run: Judge


@dataclass(frozen=True)
class Suggestion:
    """The options of an external select. Runs before the acknowledgement."""

    id: str
    needs: Role
    run: Suggest


@dataclass(frozen=True)
class Listening:
    """A Slack event that somebody causes, such as app_home_opened."""

    id: str
    run: Listener


@dataclass(frozen=True)
class News:
    """A Slack event in which Slack tells of something, such as user_change: there is no caller to be asked or answered."""

    id: str
    run: Hear


@dataclass(frozen=True)
class HomeSection:
    """A part of App Home; `place` orders them. `needs`: shown from this role up."""

    id: str
    place: int
    needs: Role
    build: Section


@dataclass(frozen=True)
class Job:
    """Periodic work: every `every`, or daily at `at` ("21:00") in each workspace's zone. A sweep: late or twice is no harm."""

    id: str
    run: Sweep
    every: timedelta | None
    at: str | None


@dataclass
class Registry:
    """All entries by kind and id."""

    commands: dict[str, Command] = field(default_factory=dict)
    shortcuts: dict[str, Shortcut] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)
    submissions: dict[str, Submission] = field(default_factory=dict)
    suggestions: dict[str, Suggestion] = field(default_factory=dict)
    events: dict[str, Listening | News] = field(default_factory=dict)
    messages: dict[str, Builder] = field(default_factory=dict)
    sections: dict[str, HomeSection] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)


class Duplicate(Exception):
    """Two entries of a kind share an id."""


_entries: list[tuple[str, str, Any, str]] = []


def collect(*packages: ModuleType) -> Registry:
    """The registry of all features in these packages; importing the features enters them."""
    names = [name for package in packages for name in _modules(package)]
    for name in names:
        importlib.import_module(name)
    declared = Registry()
    for kind, key, entry, module in _entries:
        if module not in names:
            continue
        table = getattr(declared, kind)
        if key in table:
            raise Duplicate(f"{kind}: {key} is declared twice, again in {module}")
        table[key] = entry
    return declared


def _modules(package: ModuleType) -> Iterator[str]:
    yield package.__name__
    for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        yield info.name


def _entering(kind: str, key: str, entry: Callable[[F], Any]) -> Callable[[F], F]:
    """A decorator that enters what `entry` makes of a function, and gives the function back as it was."""

    def enter(run: F) -> F:
        _entries.append((kind, key, entry(run), run.__module__))
        return run

    return enter


def command(name: str, *, usage: str = "", summary: str, help: str, needs: Role = Role.MEMBER) -> Callable[[L], L]:
    """Declare a slash command; the text after it is `call.text`."""
    return _entering("commands", name, lambda run: Command(name, usage, summary, help, needs, run))


def shortcut(id: str, *, title: str, summary: str, kind: str = "global", needs: Role = Role.MEMBER) -> Callable[[L], L]:
    """Declare a shortcut; `kind` is global or message."""
    return _entering("shortcuts", id, lambda run: Shortcut(id, kind, title, summary, needs, run))


def action(id: str, *, needs: Role = Role.MEMBER) -> Callable[[L], L]:
    """Declare what an element with this action_id does. An id "x.y:*" takes every action_id that begins with "x.y:"."""
    return _entering("actions", id, lambda run: Action(id, needs, run))


def submit(id: str, *, needs: Role = Role.MEMBER) -> Callable[[J], J]:
    """Declare the submission of the modal with this callback_id. No network call in here: it is Slack that waits."""
    return _entering("submissions", id, lambda run: Submission(id, needs, run))


def suggest(id: str, *, needs: Role = Role.MEMBER) -> Callable[[S], S]:
    """Declare the options of the external select with this action_id; at most 100."""
    return _entering("suggestions", id, lambda run: Suggestion(id, needs, run))


def event(id: str) -> Callable[[L], L]:
    """Declare what a Slack event leads to that somebody causes."""
    return _entering("events", id, lambda run: Listening(id, run))


def news(id: str) -> Callable[[N], N]:
    """Declare what a Slack event without a caller leads to; the function gets the services, a workspace's id and the event."""
    return _entering("events", id, lambda run: News(id, run))


def message(id: str) -> Callable[[B], B]:
    """Declare a message that leaves through the outbox: built when it is delivered, so it shows the present state.

    The builder gets the facts that `notify.say` was given. None: nothing is to be said (any more).
    """
    return _entering("messages", id, lambda build: build)


def home_section(id: str, *, place: int, needs: Role = Role.MEMBER) -> Callable[[H], H]:
    """Declare a part of App Home."""
    return _entering("sections", id, lambda build: HomeSection(id, place, needs, build))


def job(id: str, *, every: timedelta | None = None, at: str | None = None) -> Callable[[W], W]:
    """Declare periodic work; the function gets the services and a workspace's id."""
    return _entering("jobs", id, lambda run: Job(id, run, every, at))
