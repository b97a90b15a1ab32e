"""The area of roles: who is admin, who is lead."""

from bot.answers import Errors, Verdict
from bot.blocks import Block, context, divider, field, mention, option, radio, section, users_select
from bot.call import Call
from bot.features.admin.describe import ROLES, capital
from bot.features.admin.frame import Desk, area, area_modal, done
from bot.language import _
from bot.registry import submit
from core.booking.setup.members import chosen_member, members_with, set_role
from core.model import Role

MOST_NAMED = 60
ABOUT = {
    Role.ADMIN: _("changes settings and roles"),
    Role.LEAD: _("decides disputes, takes time off for others"),
    Role.MEMBER: _("books, and manages their own appointments"),
}


@area(
    "roles",
    "🔑",
    title=_("Roles"),
    about=_("Who is admin, who is lead"),
    names="roles role rollen rolle admins admin leads lead rechte",
)
def roles_modal(desk: Desk) -> Block:
    """Admins and leads by name, and a form that gives somebody a role."""
    t = desk.t
    blocks: list[Block] = []
    for role, title in ((Role.ADMIN, t("Admins")), (Role.LEAD, t("Leads"))):
        members = members_with(desk.view, role)
        names = ", ".join(mention(member.slack_id) for member in members[:MOST_NAMED]) or t("nobody")
        more = len(members) - MOST_NAMED
        names += " " + t.plural("and {n} more", "and {n} more", more) if more > 0 else ""
        blocks += [section(f"*{title}*\n{names}"), context(t(ABOUT[role]))]
    if not desk.admin:
        return area_modal(desk, "roles", blocks)
    roles = [option(capital(t(ROLES[role])), role, t(ABOUT[role])) for role in Role]
    blocks += [
        divider(),
        field("member", t("Give a role to"), users_select("v", placeholder=t("Choose a person"))),
        field("role", t("Role"), radio("v", roles)),
    ]
    return area_modal(desk, "roles", blocks, submit=t("Save"))


@submit("admin_roles", needs=Role.ADMIN)
def save(call: Call) -> Verdict:
    """Give the role, unless nobody would be left to give it back."""
    slack_id, role = call.typed.choice("member"), call.typed.choice("role")
    if slack_id is None or role is None:
        return Errors({"member": call.t("Please choose a person.")})
    with call.transaction() as tx:
        number = set_role(tx, chosen_member(tx, slack_id).id, Role(role))
    return done(call, [number])
