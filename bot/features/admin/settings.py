"""The areas that are one form each: rules, region, colours."""

from itertools import islice
from zoneinfo import available_timezones

from bot.answers import Errors, Verdict
from bot.blocks import (
    Block,
    context,
    external_select,
    field,
    number_field,
    option,
    section,
    select,
)
from bot.call import Call
from bot.features.admin.describe import COLOURS, LABELS, LANGUAGES, outcome_name, shown
from bot.features.admin.frame import Desk, area, area_modal, done
from bot.language import Translator, _
from bot.registry import submit, suggest
from core.booking.outcomes.colours import colour_map
from core.booking.setup import workspace as settings
from core.booking.setup.holiday_calendar import STATES, holidays_between
from core.booking.setup.week import DAY_MINUTES
from core.booking.setup.workspace import BOUNDS, GOOGLE_COLOURS
from core.booking.spelling import fold
from core.errors import Invalid
from core.model import Outcome, Role

NONE = "none"
MOST_HOLIDAYS = 4
HINTS = {
    "min_notice_minutes": _("How long before its start a time can still be booked."),
    "horizon_days": _("How far ahead can be booked."),
    "buffer_before": _("Other appointments and calendar entries keep this distance."),
    "daily_cap": _("Left empty: as many as there are seats."),
}


@area(
    "rules",
    "📏",
    title=_("Booking rules"),
    about=_("Notice, how far ahead, pauses, most appointments a day"),
    names="rules rule regeln regel notice horizon vorlauf puffer buffer",
)
def rules_modal(desk: Desk) -> Block:
    """The rules as numbers."""
    t, row = desk.t, desk.view.workspace
    if not desk.admin:
        return area_modal(desk, "rules", facts(desk, list(BOUNDS)))
    blocks = [
        field(
            name,
            t(LABELS[name]),
            number_field("v", value=getattr(row, name), least=least, most=most),
            optional=name == "daily_cap",
            hint=t(HINTS[name]) if name in HINTS else None,
        )
        for name, (least, most) in BOUNDS.items()
    ]
    return area_modal(desk, "rules", blocks, submit=t("Save"))


@submit("admin_rules", needs=Role.ADMIN)
def save_rules(call: Call) -> Verdict:
    """Change what differs."""
    rules: dict[str, int | None] = {}
    for name in BOUNDS:
        text, (least, most) = call.typed.text(name).strip(), BOUNDS[name]
        if not text and name == "daily_cap":
            rules[name] = None
        elif text.isascii() and text.isdigit() and len(text) < 10:
            rules[name] = int(text)
        else:
            raise Invalid(name, "range", {"least": least, "most": most})
    with call.transaction() as tx:
        number = settings.set_rules(tx, **rules)
        row = tx.workspace
        never = row.min_notice_minutes >= (row.horizon_days + 1) * DAY_MINUTES
    words = call.t("So nothing can be booked at all: the notice is longer than the days ahead.")
    return done(call, [number], extra=[section(f"⚠️ {words}")] if never else [])


@area(
    "region",
    "🌍",
    title=_("Holidays, language, zone"),
    about=_("Public holidays of a German state, language of channels, time zone"),
    names="region holidays holiday feiertage feiertag bundesland state timezone zeitzone zone sprache language",
)
def region_modal(desk: Desk) -> Block:
    """Holidays of a state with the next ones named, language, zone."""
    t, row = desk.t, desk.view.workspace
    today = desk.view.now.astimezone(desk.view.zone).date()
    coming = holidays_between(row.holidays, today, today.replace(year=today.year + 1, day=1), t.language)
    named = islice(coming.items(), MOST_HOLIDAYS)
    names = ", ".join(f"{t.day(day, short=True)} {name}" for day, name in named)
    note = [context(t("Next public holidays: {names}", names=names))] if names else []
    if not desk.admin:
        return area_modal(desk, "region", [*facts(desk, ["holidays", "locale", "timezone"]), *note])
    states = [option(t("No public holidays"), NONE), *(option(name, code) for code, name in STATES.items())]
    languages = [option(t(name), code) for code, name in LANGUAGES.items()]
    zone = external_select("admin.zone", placeholder=t("Type a city"), chosen=option(row.timezone, row.timezone))
    blocks = [
        field(
            "holidays",
            t("Public holidays of"),
            select("v", states, placeholder=t("State"), chosen=row.holidays or NONE),
            hint=t("On these days nothing can be booked."),
        ),
        *note,
        field(
            "locale",
            t("Language of channels"),
            select("v", languages, placeholder=t("Language"), chosen=row.locale),
            hint=t("Each person reads Slotquest in the language of their own Slack."),
        ),
        field(
            "timezone",
            t("Time zone"),
            zone,
            hint=t("Schedules are read in this zone. What is booked stays at the moment for which it was booked."),
        ),
    ]
    return area_modal(desk, "region", blocks, submit=t("Save"))


@suggest("admin.zone", needs=Role.ADMIN)
def suggest_zones(call: Call) -> list[Block]:
    """Time zones by any part of their name."""
    wanted = fold(call.typing).replace(" ", "_")
    found = [
        z
        for z in available_timezones()
        if wanted in fold(z) and "/" in z and not z.startswith(("Etc/", "posix", "right"))
    ]
    return [option(zone, zone) for zone in sorted(found, key=lambda z: (not z.startswith("Europe/"), z))][:100]


@submit("admin_region", needs=Role.ADMIN)
def save_region(call: Call) -> Verdict:
    """Change what differs, each with its own way back."""
    state, typed = call.typed.choice("holidays"), call.typed
    with call.transaction() as tx:
        numbers = [
            settings.set_holidays(tx, None if state in (None, NONE) else state),
            settings.set_locale(tx, typed.choice("locale") or tx.workspace.locale),
            settings.set_timezone(tx, typed.choice("timezone") or tx.workspace.timezone),
        ]
    return done(call, numbers)


@area(
    "colours",
    "🎨",
    title=_("Colours"),
    about=_("What the colour of a calendar event says about how it ended"),
    names="colours colors colour color farben farbe",
)
def colours_modal(desk: Desk) -> Block:
    """Google's eleven colours, each with an outcome."""
    t = desk.t
    meaning = colour_map(desk.view.workspace)
    if not desk.admin:
        lines = [f"{_colour(colour, t)}: {outcome_name(meaning.get(colour), t)}" for colour in GOOGLE_COLOURS]
        return area_modal(desk, "colours", [section("\n".join(lines))])
    options = [option(outcome_name(None, t), NONE), *(option(outcome_name(o, t), o) for o in Outcome)]
    blocks = [
        field(
            f"colour:{colour}",
            _colour(colour, t),
            select("v", options, placeholder=t("Outcome"), chosen=meaning.get(colour, NONE)),
        )
        for colour in GOOGLE_COLOURS
    ]
    return area_modal(desk, "colours", blocks, submit=t("Save"))


@submit("admin_colours", needs=Role.ADMIN)
def save_colours(call: Call) -> Verdict:
    """Change the map, if it differs."""
    chosen = {colour: call.typed.choice(f"colour:{colour}") for colour in GOOGLE_COLOURS}
    meaning = {colour: outcome for colour, outcome in chosen.items() if outcome and outcome != NONE}
    if not meaning:
        return Errors({"colour:1": call.t("At least one colour has to mean something.")})
    with call.transaction() as tx:
        same = meaning == dict(colour_map(tx.workspace))
        number = None if same else settings.set_colours(tx, meaning)
    return done(call, [number])


def facts(desk: Desk, columns: list[str]) -> list[Block]:
    """The settings as words, for those who may only look."""
    t = desk.t
    lines = [f"{t(LABELS[column])}: *{shown(column, getattr(desk.view.workspace, column), t)}*" for column in columns]
    return [section("\n".join(lines)), context(t("Only admins can change this."))]


def _colour(colour: str, t: Translator) -> str:
    sign, name = COLOURS[colour]
    return f"{sign} {t(name)}"
