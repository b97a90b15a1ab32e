"""The people of the workspace and what they may do."""

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, or_
from sqlalchemy import select as plain_select
from sqlmodel import col, select

from core.booking.contacts import clean_name
from core.booking.setup.changes import Facts, Kind, change, lock_settings, nothing_moves
from core.errors import AlreadyDone, Invalid, NotFound
from core.transaction import Engine, Transaction, View
from storage.database import known
from storage.tables import Appointment, Consultant, Member, Role, Workspace
from storage.tables.base import insert_new, table_of

SLACKBOT = "USLACKBOT"
USER_ID = re.compile(r"[UW][A-Z0-9]{2,30}")
LONGEST_NAME = 120


def member_by_slack(view: View, slack_id: str) -> Member | None:
    """The member with this Slack id, if Slotquest knows one."""
    statement = select(Member).where(Member.workspace_id == view.workspace_id, Member.slack_id == slack_id)
    return view.session.exec(statement).first()


_WORKSPACES, _MEMBERS = table_of(Workspace), table_of(Member)
_CALLER = (
    plain_select(_WORKSPACES, _MEMBERS)
    .outerjoin_from(
        _WORKSPACES,
        _MEMBERS,
        (_MEMBERS.c.workspace_id == _WORKSPACES.c.id) & (_MEMBERS.c.slack_id == bindparam("slack")),
    )
    .where(_WORKSPACES.c.id == bindparam("workspace"))
)
_WIDTH = len(_WORKSPACES.c)


def caller(engine: Engine, workspace_id: str, slack_id: str) -> tuple[Workspace, Member | None]:
    """The workspace and its member with this Slack id (None: not known yet). Raises NotFound("workspace")."""
    with engine.database.read() as session:
        row = session.connection().execute(_CALLER, {"workspace": workspace_id, "slack": slack_id}).one_or_none()
        if row is None:
            raise NotFound("workspace")
        workspace = known(session, Workspace, dict(zip(_WORKSPACES.c.keys(), row[:_WIDTH], strict=True)))
        theirs = dict(zip(_MEMBERS.c.keys(), row[_WIDTH:], strict=True))
        return workspace, known(session, Member, theirs) if theirs["id"] else None


def get_member(view: View, member_id: str) -> Member:
    """The member with this id. Raises NotFound("member")."""
    member = view.session.get(Member, member_id)
    if member is None or member.workspace_id != view.workspace_id:
        raise NotFound("member")
    return member


def slack_ids(view: View, member_ids: Iterable[str | None]) -> dict[str, str]:
    """Member id -> Slack id, in one query."""
    ids = {member_id for member_id in member_ids if member_id}
    statement = select(Member.id, Member.slack_id).where(
        Member.workspace_id == view.workspace_id, col(Member.id).in_(ids)
    )
    return dict(view.session.exec(statement).all()) if ids else {}


def ensure_member(
    tx: Transaction,
    slack_id: str,
    name: str | None = None,
    locale: str | None = None,
    timezone: str | None = None,
    active: bool | None = None,
) -> Member:
    """The member with this Slack id, made known if need be, with what Slack says now; None leaves a thing as it is.

    A member of whom nothing is known yet is called by the id. The locale is kept as its language ("de-DE" -> "de"). Two
    processes that meet a new member at once make one row. Raises Invalid("member", "slack_id").
    """
    member = member_by_slack(tx, slack_id)
    if member is None:
        if not USER_ID.fullmatch(slack_id):
            raise Invalid("member", "slack_id", {"value": slack_id[:40]})
        row = Member(id=tx.new_id(), workspace_id=tx.workspace_id, slack_id=slack_id, name=slack_id)
        row.locale, row.timezone = tx.workspace.locale, tx.workspace.timezone
        insert_new(tx.session, Member, row.model_dump())
        member = member_by_slack(tx, slack_id)
        assert member is not None
    told = {
        "name": (clean_name(name)[:LONGEST_NAME] or slack_id) if name is not None else None,
        "locale": locale.replace("_", "-").split("-")[0].lower() if locale else None,
        "timezone": timezone or None,
        "active": active,
    }
    for field, value in told.items():
        if value is not None and getattr(member, field) != value:
            setattr(member, field, value)
    if name is not None:
        member.refreshed_at = tx.now
    tx.add(member)
    return member


def chosen_member(tx: Transaction, slack_id: str) -> Member:
    """The member whom somebody chose in a list of Slack's, which has bots in it, too. Raises Invalid("member", "bot")."""
    if slack_id in (SLACKBOT, tx.workspace.bot_user):
        raise Invalid("member", "bot")
    return ensure_member(tx, slack_id)


def members_with(view: View, *roles: Role) -> list[Member]:
    """The active members with one of these roles, by name."""
    statement = select(Member).where(
        Member.workspace_id == view.workspace_id, col(Member.active), col(Member.role).in_(list(roles))
    )
    return sorted(view.session.exec(statement).all(), key=lambda member: member.name.casefold())


_CONSULTANTS = table_of(Consultant)
_IN_PERSON = plain_select(_CONSULTANTS.c.member_id).where(_CONSULTANTS.c.id == bindparam("consultant"))
# In the order of ids: two transactions that put the same effects in different orders would wait for each other.
_HOME_READERS = (
    plain_select(_MEMBERS.c.id, _MEMBERS.c.slack_id)
    .where(
        _MEMBERS.c.workspace_id == bindparam("workspace"),
        or_(_MEMBERS.c.id == bindparam("booker"), _MEMBERS.c.id == _IN_PERSON.scalar_subquery()),
        _MEMBERS.c.welcomed_at.is_not(None),
        _MEMBERS.c.active,
    )
    .order_by(_MEMBERS.c.id)
)


def home_readers(view: View, appointment: Appointment) -> Sequence[tuple[str, str]]:
    """The id and the Slack id of those in whose App Home the appointment stands, if they were ever there."""
    concerned = {"booker": appointment.booker_id, "consultant": appointment.consultant_id}
    rows = view.rows(_HOME_READERS, workspace=view.workspace_id, **concerned)
    return [(member_id, slack_id) for member_id, slack_id in rows]


def set_role(tx: Transaction, member_id: str, role: Role) -> int | None:
    """Give a member a role. Raises Invalid("role", …): "last_admin" rather than leave the workspace without an admin, and
    "own" to admins who would lock themselves out.
    """
    return change(tx, ROLE, member_id, {"role": str(role)})


def welcome_once(tx: Transaction, member_id: str) -> bool:
    """Whether the member has not been greeted before; from now on they have."""
    member = get_member(tx, member_id)
    if member.welcomed_at is not None:
        return False
    member.welcomed_at = tx.now
    tx.add(member)
    return True


def claim_admin(tx: Transaction, member: Member) -> None:
    """Make `member` the first admin of a workspace that has none. Whoever calls this has asked Slack whether they may.

    Raises AlreadyDone("claimed") when there is an admin.
    """
    lock_settings(tx)
    if members_with(tx, Role.ADMIN):
        raise AlreadyDone("claimed")
    actor, tx.actor = tx.actor, None
    try:
        set_role(tx, member.id, Role.ADMIN)
    finally:
        tx.actor = actor


def _present(view: View, subject: str) -> Facts:
    member = get_member(view, subject)
    view.session.refresh(member)  # another process may have changed it before the lock was had
    return {"role": member.role}


def _put(tx: Transaction, subject: str, _before: Facts | None, after: Facts | None) -> None:
    role = (after or {}).get("role")
    if role not in list(Role):
        raise Invalid("role", "role", {"value": str(role)[:20]})
    member = get_member(tx, subject)
    if role != Role.ADMIN and member.role == Role.ADMIN:
        if tx.actor is not None and tx.actor.id == subject:
            raise Invalid("role", "own")
        others = [admin for admin in members_with(tx, Role.ADMIN) if admin.id != subject]
        if not others:
            raise Invalid("role", "last_admin", {"name": member.name})
    member.role = role
    tx.session.add(member)


ROLE = Kind("role", _present, _put, nothing_moves)
