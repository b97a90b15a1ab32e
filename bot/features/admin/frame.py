"""What the areas of the console share: how they are found, stacked and refreshed, and how a change is confirmed.

Slack stacks three modals at most: the console, an area, a form. Each modal knows its own place and those below it
("console", "consultants|2"), so that a change refreshes everything that is still open under it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.answers import Answer, Refresh, Several, Show
from bot.blocks import Block, actions, button, context, escape, modal, section
from bot.call import Call
from bot.errors import explain
from bot.features.admin.describe import change_lines
from bot.language import Translator
from bot.registry import action
from core.booking.setup.overview import concerned
from core.booking.setup.undo import SettingsEntry, get_change, undo_change
from core.errors import AlreadyDone, NotAllowed, NotFound, Refusal
from core.model import Appointment, Role
from core.transaction import View

CONSOLE = "console"
MOST_LISTED = 15  # appointments that a confirmation names


@dataclass(frozen=True)
class Desk:
    """What an area's builder works with. `at` is where in the area (a page, a search); `path` what lies below."""

    call: Call
    view: View
    at: str = ""
    path: tuple[str, ...] = ()

    @property
    def t(self) -> Translator:
        """The caller's language."""
        return self.call.t

    @property
    def admin(self) -> bool:
        """Whether the caller may change what is shown; leads see it."""
        return self.view.actor_is(Role.ADMIN)


Builder = Callable[[Desk], Block]


@dataclass(frozen=True)
class Area:
    """A part of the console. `title`, `about` are translated; `names` are the folded words that open it directly."""

    id: str
    sign: str
    title: str
    about: str
    names: tuple[str, ...]


AREAS: dict[str, Area] = {}
PLACES: dict[str, Builder] = {}  # the console and its areas


def area(id: str, sign: str, *, title: str, about: str, names: str) -> Callable[[Builder], Builder]:
    """Declare an area of the console; `names` are words in both languages, separated by spaces."""
    AREAS[id] = Area(id, sign, title, about, tuple(names.split()))
    return place(id)


def place(id: str) -> Callable[[Builder], Builder]:
    """Declare how a place is built: a modal that can be opened, refreshed and lie below others."""

    def enter(build: Builder) -> Builder:
        PLACES[id] = build
        return build

    return enter


def area_modal(desk: Desk, area_id: str, blocks: Sequence[Block], *, submit: str | None = None) -> Block:
    """The modal of an area; a `submit` makes it a form whose submission is "admin_<area>"."""
    return modal(
        f"admin_{area_id}",
        desk.t(AREAS[area_id].title),
        blocks,
        submit=submit if desk.admin else None,
        close=desk.t("Back") if desk.path else desk.t("Close"),
        private=private(f"{area_id}|{desk.at}", desk.path),
    )


def form_modal(call: Call, id: str, title: str, blocks: Sequence[Block], *, submit: str | None, **facts: Any) -> Block:
    """A form on top of the modal in which the caller pressed a button; `facts` come back with its submission."""
    return modal(
        f"admin_{id}",
        title,
        blocks,
        submit=submit,
        close=call.t("Back"),
        private={**private("", path_from(call)), **facts},
    )


def private(here: str, path: Sequence[str]) -> dict[str, Any]:
    """What a modal of the console puts aside."""
    return {"place": here, "path": list(path)}


def path_from(call: Call) -> tuple[str, ...]:
    """The path of what is pushed on top of the caller's modal."""
    path, here = _path(call), call.private.get("place")
    return (*path, here) if here else path


def _path(call: Call) -> tuple[str, ...]:
    """What lies below the caller's modal."""
    return tuple(str(lower) for lower in call.private.get("path") or ())


def build_place(call: Call, view: View, place_at: str, path: Sequence[str] = (), notes: Sequence[Block] = ()) -> Block:
    """The console or an area as it is now, with `notes` on top. Raises NotAllowed, NotFound("area").

    Asked here as well as at each listener: who has the console open may have lost the role meanwhile.
    """
    if not view.actor_is(Role.LEAD):
        raise NotAllowed(Role.LEAD)
    name, _, at = place_at.partition("|")
    if name not in PLACES:
        raise NotFound("area")
    built = PLACES[name](Desk(call, view, at, tuple(path)))
    return {**built, "blocks": [*notes, *built["blocks"]][:100]}


def refresh_own(call: Call, at: str | None = None, notes: Sequence[Block] = ()) -> Several:
    """The caller's area anew, perhaps elsewhere in it, with what lies below."""
    here = str(call.private.get("place") or CONSOLE)
    if at is not None:
        here = f"{here.partition('|')[0]}|{at}"
    with call.view() as view:
        own = Refresh(build_place(call, view, here, _path(call), notes))
    return Several((own, *below(call).answers))


def below(call: Call) -> Several:
    """Fresh modals for those under the caller's, which show what has just been changed."""
    path = _path(call)
    previous = call.modal.get("previous_view_id")
    ids = [call.modal.get("root_view_id"), previous] if len(path) == 2 else [previous]
    with call.view() as view:
        return Several(
            tuple(
                Refresh(build_place(call, view, lower, path[:number]), view_id)
                for number, (lower, view_id) in enumerate(zip(path, ids, strict=False))
                if view_id and view_id != call.modal.get("id")
            )
        )


def done(call: Call, numbers: Sequence[int | None], *, extra: Sequence[Block] = ()) -> Show:
    """The verdict on a submitted form: what was changed, with a way back, and fresh modals below."""
    seqs = [seq for seq in numbers if seq is not None]
    with call.view() as view:
        built = done_modal(call, view, seqs, (), extra)
    return Show(built, then=lambda: below(call))


def done_modal(
    call: Call, view: View, seqs: Sequence[int], undone: Sequence[int], extra: Sequence[Block] = (), words: str = ""
) -> Block:
    """What was changed, each change with its button. `undone`: those that have been taken back; `words`: what went wrong."""
    t = call.t
    blocks: list[Block] = [section(f"⚠️ {words}")] if words else []
    kinds: set[str] = set()
    if not seqs:
        blocks.append(section(t("Nothing had to be changed: it is like that already.")))
    for seq in seqs:
        entry = get_change(view, seq)
        kinds.add(entry.kind)
        sign = "↩️" if seq in undone else "✅"
        taken_back = f"\n_{t('Taken back.')}_" if seq in undone else ""
        blocks.append(section(f"{sign} {change_lines(entry, t)}{taken_back}"))
        if seq not in undone and entry.can_undo:
            blocks.append(actions([button(t("Undo"), undo_id(entry), str(seq))], block_id=f"undo:{seq}"))
        elif seq not in undone:
            blocks.append(context(t("This can't be taken back.")))
    blocks += extra
    title = t("Time off") if kinds == {"time_off"} else t("Settings")
    facts = {"seqs": list(seqs), "undone": list(undone), **private("", _path(call))}
    return modal("admin_done", title, blocks, close=t("Back") if facts["path"] else t("Done"), private=facts)


def undo_id(entry: SettingsEntry) -> str:
    """The action that takes a change back: time off is everybody's own, all else is the admins'."""
    return f"{'off' if entry.kind == 'time_off' else 'admin'}.undo:{entry.seq}"


@action("admin.undo:*", needs=Role.ADMIN)
def undo(call: Call) -> Answer:
    """Take a change back, from where it was confirmed or from the list of changes."""
    return undo_in_modal(call)


def undo_in_modal(call: Call) -> Answer:
    """Take back the change whose number the button holds; what stands in the way is said in the same modal."""
    seq, words = int(call.value), ""
    try:
        with call.transaction() as tx:
            undo_change(tx, seq)
    except AlreadyDone as refusal:  # "taken_back": a second click, and what was wanted is so
        words = explain(refusal, call.t) if refusal.state != "taken_back" else ""
    except Refusal as refusal:
        words = explain(refusal, call.t)
    if call.modal.get("callback_id") != "admin_done":
        return refresh_own(call, notes=[section(f"⚠️ {words}")] if words else ())
    seqs = [int(number) for number in call.private.get("seqs") or ()]
    undone = [int(number) for number in call.private.get("undone") or ()]
    with call.view() as view:
        built = done_modal(call, view, seqs, undone if words else [*undone, seq], words=words)
    return Several((Refresh(built), *below(call).answers))


def listed(call: Call, view: View, appointments: Sequence[Appointment]) -> list[Block]:
    """These appointments for the caller's eyes, as many as fit."""
    t = call.t
    lines = [
        f"• {t.moment(one.starts_at, short=True)} · {escape(one.consultant)} · {escape(one.customer)}"
        for one in concerned(view, appointments, MOST_LISTED)
    ]
    more = len(appointments) - len(lines)
    if more > 0:
        lines.append(t.plural("and {n} more", "and {n} more", more))
    return [section("\n".join(lines))] if lines else []


def turning(t: Translator, page: int, pages: int, action_id: str, prefix: str = "") -> list[Block]:
    """Buttons to the page before and after, where there is one. `prefix`: what a page's number comes after."""
    row = []
    if page > 0:
        row.append(button(t("◀ Back"), f"{action_id}:back", f"{prefix}{page - 1}"))
    if page + 1 < pages:
        row.append(button(t("More ▶"), f"{action_id}:on", f"{prefix}{page + 1}"))
    where = context(t("Page {page} of {pages}", page=page + 1, pages=pages))
    return [actions(row, block_id="turn"), where] if row else []


def page_of(at: str, count: int, size: int) -> tuple[int, int]:
    """The page that `at` names, brought into range, and how many there are."""
    pages = max(1, -(-count // size))
    return min(int(at) if at.isdigit() else 0, pages - 1), pages
