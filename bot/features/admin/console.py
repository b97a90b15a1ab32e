"""The console: the workspace at a glance, what is amiss and what to do about it, and the way to every area."""

import re
from collections.abc import Sequence

from bot.answers import Answer, Home, Message, Open, Reply, Several
from bot.blocks import Block, actions, button, clip, confirm, context, divider, escape, header, modal, section
from bot.call import Call
from bot.features.admin.frame import AREAS, CONSOLE, Area, Desk, build_place, path_from, place, private, refresh_own
from bot.language import Translator, _
from bot.registry import action, command, home_section
from core.booking.setup.consultants import named_consultants
from core.booking.setup.members import claim_admin, members_with
from core.booking.setup.overview import Overview, overview, retry_given_up
from core.booking.spelling import fold
from core.booking.words.canvas import MARK, unescape
from core.errors import NotAllowed
from core.model import Role
from core.transaction import View

ORDER = ("consultants", "weeks", "off", "rules", "region", "channels", "roles", "colours", "calendars", "changes")


@command(
    "/slotadmin",
    usage="[consultants | Alex | rules | …]",
    summary="Settings: consultants, schedules, time off, rules, channels, roles",
    help=_("Settings: consultants, schedules, time off, rules. `/slotadmin Alex` goes straight there"),
    needs=Role.LEAD,
)
def slotadmin(call: Call) -> Answer:
    """Open the console, or the area that the words name."""
    with call.view() as view:
        wanted = find_place(view, call.t, call.text) if call.text else CONSOLE
        if wanted is None:
            words = _unknown(call.t, call.text)
            way = actions([button(call.t("Settings"), "admin.open")], block_id="way")
            return Reply(Message(words, [section(words), way]))
        return Open(build_place(call, view, wanted))


@action("admin.open", needs=Role.LEAD)
def open_console(call: Call) -> Answer:
    """The console, from a button."""
    with call.view() as view:
        return Open(build_place(call, view, CONSOLE))


@action("admin.area:*", needs=Role.LEAD)
def open_area(call: Call) -> Answer:
    """An area, on top of the console."""
    with call.view() as view:
        return Open(build_place(call, view, call.suffix, path_from(call)))


@action("admin.retry", needs=Role.ADMIN)
def retry(call: Call) -> Answer:
    """Give what could not be delivered another chance."""
    with call.transaction() as tx:
        retry_given_up(tx)
    return refresh_own(call)


@home_section("claim", place=0)
def claim_section(view: View, t: Translator) -> list[Block]:
    """As long as nobody is an admin, who administers the Slack workspace can become the first one."""
    if members_with(view, Role.ADMIN):
        return []
    words = t("Slotquest has no admin yet. Whoever administers this Slack workspace can become the first one.")
    return [
        section(f"🔑 {words}"),
        actions([button(t("Become the admin"), "admin.claim", style="primary")], block_id="claim"),
    ]


@action("admin.claim")
def claim(call: Call) -> Answer:
    """Make the caller the first admin, if Slack says that they administer the workspace."""
    user = call.services.slack.users_info(user=call.member.slack_id)["user"]
    if not (user.get("is_admin") or user.get("is_owner")):
        raise NotAllowed("slack_admin")
    with call.transaction() as tx:
        claim_admin(tx, call.member)
    call.member.role = Role.ADMIN
    return Several((open_console(call), Home()))


def find_place(view: View, t: Translator, words: str) -> str | None:
    """The area, or the consultant in the list, that somebody means; None when it is neither.

    `words` are Slack's: a mention leads to the consultant who is that member. Of several words, the one that names a
    consultant counts: "consultant Alex", or first and last name where Slotquest has the first one alone.
    """
    mentioned: list[str] = []

    def note(slack_id: str) -> str:
        mentioned.append(slack_id)
        return " "

    typed = unescape(words, note)
    wanted = fold(" ".join(re.sub(r"[^\w\s-]", " ", typed).split()))
    people = named_consultants(view)
    for consultant_id, _name, slack_id in people:
        if slack_id in mentioned:
            return f"consultants|={consultant_id}"
    for area in AREAS.values():
        if wanted == area.id or wanted in area.names or wanted == fold(t(area.title)):
            return area.id
    for part in (wanted, *(word for word in wanted.split() if len(word) > 2)):
        found = _consultants_called(people, part)
        if found:
            return found
    return next((a.id for a in AREAS.values() if len(wanted) > 2 and any(n.startswith(wanted) for n in a.names)), None)


def _consultants_called(people: Sequence[tuple[str, str, str | None]], wanted: str) -> str | None:
    """The place of the one with exactly this name, or of those who have a name that begins so."""
    named = [(consultant_id, fold(name)) for consultant_id, name, _ in people]
    exact = [consultant_id for consultant_id, name in named if name == wanted]
    begun = [key for key, name in named if wanted and any(part.startswith(wanted) for part in name.split())]
    if len(exact) == 1 or len(begun) == 1:
        return f"consultants|={(exact or begun)[0]}"
    return f"consultants|?{wanted[:40]}" if begun else None


@place(CONSOLE)
def console_modal(desk: Desk) -> Block:
    """Counts, warnings, and a button to each area."""
    t = desk.t
    found = overview(desk.view)
    blocks: list[Block] = [header(desk.view.workspace.name or t("Settings")), context(_counts(found, t))]
    if desk.call.services.calendars is None:
        words = t(
            "No Google Calendar is connected: bookings stay in Slotquest alone. `slotquest doctor` says what is missing."
        )
        blocks.append(section(f"⚠️ {words}"))
    blocks += _warnings(found, desk)
    blocks.append(divider())
    for area_id in ORDER:
        blocks.append(_row(AREAS[area_id], t))
    return modal("admin_console", t("Settings"), blocks, close=t("Close"), private=private(CONSOLE, ()))


def _row(area: Area, t: Translator) -> Block:
    text = f"{area.sign} *{t(area.title)}*\n{t(area.about)}"
    return section(text, button(t("Open"), f"admin.area:{area.id}", label=t(area.title)), block_id=f"area:{area.id}")


def _counts(found: Overview, t: Translator) -> str:
    return " · ".join(
        [
            t.plural("{n} consultant", "{n} consultants", found.consultants),
            t.plural("{n} admin", "{n} admins", found.admins),
            t.plural("{n} lead", "{n} leads", found.leads),
            t.plural("{n} absence", "{n} absences", found.times_off),
            t.plural("{n} calendar", "{n} calendars", len(found.calendars)),
        ]
    )


def _warnings(found: Overview, desk: Desk) -> list[Block]:
    t = desk.t
    blocks: list[Block] = []
    if not found.consultants:
        words = t(
            "Nobody can be booked yet. Begin with *Consultants*: add a name and a weekly schedule, and that's it. "
            "*Channels* and *Holidays, language, zone* can follow."
        )
        blocks.append(section(f"🪑 {words}"))
    if found.weekless:
        words = t("Without a weekly schedule, and so never bookable: {names}", names=_names(found.weekless, t))
        blocks.append(section(f"⚠️ {words}"))
    failing = found.failing
    if failing:
        words = t("These calendars can't be reached: {names}", names=_names([c.google_id for c in failing], t))
        blocks.append(section(f"⚠️ {words}", button(t("Look"), "admin.area:calendars")))
    if found.given_up.count:
        words = t.plural(
            "{n} message or calendar entry could not be delivered.",
            "{n} messages or calendar entries could not be delivered.",
            found.given_up.count,
        )
        ask = confirm(t("Try again?"), t("Everything that was given up is sent now."), t("Try again"), t("Not now"))
        again = button(t("Try again"), "admin.retry", confirm=ask) if desk.admin else None
        blocks.append(section(f"⚠️ {words}", again))
        blocks.append(
            context(*(escape(error) for error in found.given_up.errors)) if found.given_up.errors else divider()
        )
    if found.conflicts:
        words = t.plural(
            "{n} appointment collides with something else. Booker and leads have been asked what to do.",
            "{n} appointments collide with something else. Bookers and leads have been asked what to do.",
            found.conflicts,
        )
        blocks.append(context(f"⚠️ {words}"))
    if found.disputes:
        words = t.plural("{n} outcome is disputed.", "{n} outcomes are disputed.", found.disputes)
        blocks.append(context(f"⚖️ {words}"))
    return blocks


def _names(names: tuple[str, ...] | list[str], t: Translator) -> str:
    shown = ", ".join(escape(name) for name in names[:8])
    more = len(names) - 8
    return f"{shown} {t.plural('and {n} more', 'and {n} more', more)}" if more > 0 else shown


def _unknown(t: Translator, words: str) -> str:
    areas = ", ".join(t(AREAS[area_id].title) for area_id in ORDER)
    seen = unescape(words, lambda _slack_id: t("this person")).replace(MARK, " ").strip()
    return t(
        "I don't know “{words}” here. There is: {areas}; or the name of a consultant.",
        words=escape(clip(seen, 80)) or "…",
        areas=areas,
    )
