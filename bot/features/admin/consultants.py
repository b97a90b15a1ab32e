"""The area of consultants: who can be booked, page by page; adding, changing, removing."""

from collections.abc import Mapping, Sequence

from bot.answers import Answer, Open, Verdict
from bot.blocks import (
    Block,
    actions,
    button,
    clip,
    context,
    divider,
    escape,
    external_select,
    mention,
    option,
    section,
)
from bot.call import Call
from bot.features.admin.frame import (
    Desk,
    area,
    area_modal,
    done,
    form_modal,
    listed,
    page_of,
    refresh_own,
    turning,
)
from bot.language import Translator, _
from bot.registry import action, submit, suggest
from core.booking.setup.changes import last_change
from core.booking.setup.consultants import (
    coming_appointments,
    find_consultants,
    get_consultant,
    list_consultants,
    weeks_of,
)
from core.booking.setup.members import slack_ids
from core.booking.setup.staffing import remove_consultant
from core.booking.setup.week import Start, week_on
from core.booking.setup.week_text import format_week
from core.booking.spelling import fold
from core.model import Consultant, Role

PAGE = 10
LONGEST_TIMES = 300  # of a week in the list; the schedule has all of it


@area(
    "consultants",
    "🧑‍💼",
    title=_("Consultants"),
    about=_("Who can be booked, with how many seats and in which calendar"),
    names="consultants consultant berater beraterin beraterinnen people personen team seats capacity platze kapazitat",
)
def consultants_modal(desk: Desk) -> Block:
    """A page of consultants ("2"), of those whom a search found ("?ann" or "?ann|2"), or one ("=id")."""
    t = desk.t
    people = list_consultants(desk.view)
    wanted, _, number = desk.at.partition("|") if desk.at[:1] in ("=", "?") else ("", "", desk.at)
    shown = _found(people, wanted)
    page, pages = page_of(number, len(shown), PAGE)
    here = shown[page * PAGE : (page + 1) * PAGE]
    weeks = weeks_of(desk.view, [one.id for one in here])
    people_in_slack = slack_ids(desk.view, [one.member_id for one in here])
    blocks: list[Block] = []
    top = [button(t("Add a consultant"), "admin.consultant_add", style="primary")] if desk.admin else []
    if wanted:
        top.append(button(t("Show all"), "admin.consultants:all", "0"))
    elif len(people) > PAGE:
        top.append(external_select("admin.find", placeholder=t("Find by name"), min_letters=1))
    if top:
        blocks.append(actions(top, block_id="top"))
    if not people:
        blocks.append(
            section(t("Nobody can be booked yet. Add the first consultant; it takes a name and a weekly schedule."))
        )
    elif not shown:
        blocks.append(section(t("Nobody is called that.")))
    for one in here:
        blocks += [*([divider()] if blocks else []), section(_summary(desk, one, weeks[one.id], people_in_slack))]
        if desk.admin:
            blocks.append(actions(_buttons(one, t), block_id=f"consultant:{one.id}"))
    blocks += turning(t, page, pages, "admin.consultants", f"{wanted}|" if wanted else "")
    return area_modal(desk, "consultants", blocks)


@action("admin.consultants:*", needs=Role.LEAD)
def turn(call: Call) -> Answer:
    """Another page."""
    return refresh_own(call, call.value)


@suggest("admin.find", needs=Role.LEAD)
def suggest_consultant(call: Call) -> list[Block]:
    """Consultants by any part of the name."""
    with call.view() as view:
        return [option(c.name, c.id) for c in find_consultants(view, call.typing)]


@action("admin.find", needs=Role.LEAD)
def find(call: Call) -> Answer:
    """The one that was chosen."""
    return refresh_own(call, f"={call.value}")


@action("admin.consultant_remove:*", needs=Role.ADMIN)
def ask_removal(call: Call) -> Answer:
    """What removing would leave behind, and the question."""
    t = call.t
    with call.view() as view:
        one = get_consultant(view, call.value)
        coming = coming_appointments(view, one.id)
        blocks = [section(t("Remove *{name}*? New bookings with {name} stop at once.", name=escape(one.name)))]
        if coming:
            words = t.plural(
                "{n} coming appointment stays as it is until somebody moves or cancels it:",
                "{n} coming appointments stay as they are until somebody moves or cancels them:",
                len(coming),
            )
            blocks += [section(f"⚠️ {words}"), *listed(call, view, coming)]
        else:
            blocks.append(section(t("No appointments are to come.")))
    blocks.append(context(t("Past appointments and their outcomes stay. It can be taken back.")))
    title, yes = t("Remove consultant"), t("Remove")
    return Open(form_modal(call, "consultant_remove", title, blocks, submit=yes, consultant=call.value))


@submit("admin_consultant_remove", needs=Role.ADMIN)
def remove(call: Call) -> Verdict:
    """Remove, and list what remains to be moved."""
    consultant_id, t = str(call.private.get("consultant", "")), call.t
    with call.transaction() as tx:
        left = remove_consultant(tx, consultant_id)
        number = last_change(tx, consultant_id)
    extra: list[Block] = []
    if left:
        with call.view() as view:
            extra = [
                section(t("Still to be moved or cancelled (each booker finds them under `/my`):")),
                *listed(call, view, left),
            ]
    return done(call, [number], extra=extra)


def _found(people: Sequence[Consultant], wanted: str) -> list[Consultant]:
    if wanted.startswith("="):
        return [one for one in people if one.id == wanted[1:]]
    if wanted.startswith("?"):
        return [one for one in people if wanted[1:] in fold(one.name)]
    return list(people)


def _summary(desk: Desk, one: Consultant, week: Sequence[Start], people: Mapping[str, str]) -> str:
    t = desk.t
    now = week_on(week, desk.view.now.astimezone(desk.view.zone).date())
    times = format_week(now, t.language, one.minutes, one.capacity).replace("\n", " · ")
    facts = [
        t.plural("{n} seat", "{n} seats", one.capacity),
        t("{minutes} min", minutes=one.minutes),
        escape(one.calendar) if one.calendar else t("central calendar"),
    ]
    if one.member_id and one.member_id in people:
        facts.insert(0, mention(people[one.member_id]))
    return f"*{escape(one.name)}*  {' · '.join(facts)}\n{clip(times, LONGEST_TIMES) or '⚠️ ' + t('no weekly schedule')}"


def _buttons(one: Consultant, t: Translator) -> list[Block]:
    return [
        button(t("Change"), f"admin.consultant_edit:{one.id}", one.id, label=t("Change {name}", name=one.name)),
        button(t("Schedule"), f"admin.week:{one.id}", one.id, label=t("Schedule of {name}", name=one.name)),
        button(t("Time off"), f"admin.off_add:{one.id}", one.id, label=t("Time off for {name}", name=one.name)),
        button(
            t("Remove …"),
            f"admin.consultant_remove:{one.id}",
            one.id,
            style="danger",
            label=t("Remove {name}", name=one.name),
        ),
    ]
