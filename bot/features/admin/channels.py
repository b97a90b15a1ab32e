"""The area of channels: where Slotquest posts."""

from dataclasses import replace

from bot.answers import Refresh, Several, Verdict
from bot.blocks import Block, channels_select, context, field, section
from bot.call import Call
from bot.channels import enter
from bot.features.admin.describe import LABELS
from bot.features.admin.frame import Desk, area, area_modal, below, done, done_modal
from bot.features.admin.settings import facts
from bot.language import _
from bot.registry import submit
from core.booking.setup import workspace as settings
from core.model import Role

CHANNELS = ("bookings", "achievements", "admin")


@area(
    "channels",
    "📣",
    title=_("Channels"),
    about=_("Where Slotquest posts about bookings, achievements, and to admins"),
    names="channels channel kanal kanale",
)
def channels_modal(desk: Desk) -> Block:
    """A channel for each kind of post."""
    t, row = desk.t, desk.view.workspace
    columns = [f"{name}_channel" for name in CHANNELS]
    if not desk.admin:
        return area_modal(desk, "channels", facts(desk, columns))
    blocks = [
        field(
            name,
            t(LABELS[column]),
            channels_select("v", placeholder=t("No channel"), chosen=getattr(row, column)),
            optional=True,
        )
        for name, column in zip(CHANNELS, columns, strict=True)
    ]
    words = t(
        "Into public channels I go by myself; to private ones, invite me: `/invite @Slotquest`. "
        "In channels I never name customers."
    )
    blocks.append(context(words))
    return area_modal(desk, "channels", blocks, submit=t("Save"))


@submit("admin_channels", needs=Role.ADMIN)
def save_channels(call: Call) -> Verdict:
    """Change what differs; then go in there, and say where somebody has to invite the bot."""
    wanted = {name: call.typed.choice(name) for name in CHANNELS}
    with call.transaction() as tx:
        number = settings.set_channels(tx, **wanted)
    chosen = dict.fromkeys(filter(None, wanted.values()))

    def go_in() -> Several:
        absent = [channel for channel in chosen if not enter(call.services.slack, channel)]
        if not absent:
            return below(call)
        names = ", ".join(f"<#{channel}>" for channel in absent)
        warning = section("⚠️ " + call.t("I'm not in {names} yet. Type `/invite @Slotquest` there.", names=names))
        with call.view() as view:
            own = Refresh(done_modal(call, view, [number] if number is not None else [], (), [warning]))
        return Several((own, *below(call).answers))

    return replace(done(call, [number]), then=go_in)
