"""App Home: the sections that the features declare, in their order, for one member."""

from bot.blocks import Block, divider, home, section
from bot.language import Translator
from bot.people import translator_for
from bot.services import Services
from core.model import Member, Role
from core.transaction import View

MOST_BLOCKS = 100  # Slack's limit for App Home


def build(services: Services, view: View, t: Translator) -> Block:
    """The member's (view.actor's) App Home. What does not fit is left out at a section's end, and said."""
    blocks: list[Block] = []
    sections = sorted(services.declared.sections.values(), key=lambda s: (s.place, s.id))
    for part in sections:
        if view.actor is None or not view.actor_is(Role(part.needs)):
            continue
        built = part.build(view, t)
        if not built:
            continue
        if blocks:
            built = [divider(), *built]
        if len(blocks) + len(built) > MOST_BLOCKS:
            room = MOST_BLOCKS - len(blocks) - 1
            blocks += [*built[: max(0, room)], section(t("There is more than fits here. The commands show all of it."))]
            break
        blocks += built
    return home(blocks)


def publish(services: Services, member: Member) -> None:
    """Show the member's App Home as it is now. Raises SlackApiError."""
    with services.engine.view(member.workspace_id, member) as view:
        built = build(services, view, translator_for(view, member))
    services.slack.views_publish(user_id=member.slack_id, view=built)
