"""Who the bot is, who calls, and keeping the members' names, languages and zones as Slack has them."""

import logging
import time
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.errors import SlackClientError

from bot.call import Call
from bot.language import Translator
from bot.services import Identity, Services
from core.booking.calendar.calendars import end_leases, ensure_calendars
from core.booking.setup.members import caller, ensure_member
from core.booking.setup.workspace import ensure_workspace
from core.model import Member
from core.transaction import Transaction, View

log = logging.getLogger(__name__)


def identity(services: Services) -> Identity:
    """Who the bot is; asked of Slack once and kept. Raises SlackApiError."""
    if services.me is None:
        answer = services.slack.auth_test()
        me = Identity(answer["team_id"], answer.get("team", ""), answer["user_id"], answer.get("bot_id", ""))
        ensure_workspace(services.engine, me.team_id, me.team, me.user_id)
        if services.calendars is not None:
            with services.engine.transaction(me.team_id) as tx:
                ensure_calendars(tx, services.central_calendar)
                if services.engine.database.sqlite:
                    end_leases(tx)
        services.me = me
    return services.me


def call_for(services: Services, body: Mapping[str, Any], *, may_ask: bool) -> Call:
    """The call that a payload makes. `may_ask`: an unknown member may be looked up at Slack (after the acknowledgement)."""
    workspace_id, slack_id = _origin(body)
    now = services.engine.clock()
    workspace, member = caller(services.engine, workspace_id, slack_id)
    if member is None:
        member = _meet(services, workspace_id, slack_id, may_ask)
    return Call(
        services=services,
        payload=dict(body),
        workspace_id=workspace_id,
        member=member,
        t=Translator(member.locale, ZoneInfo(workspace.timezone), now),
        now=now,
        key=_key(body),
        seen=workspace,
    )


def nameless_call(services: Services, body: Mapping[str, Any], locales: Mapping[str, str]) -> Call:
    """The call that a payload makes while the tables cannot be asked who calls. `locales`: by Slack id, as last seen."""
    workspace_id, slack_id = _origin(body)
    member = Member(id="", workspace_id=workspace_id, slack_id=slack_id)
    member.locale = locales.get(slack_id, member.locale)
    now = services.engine.clock()
    t = Translator(member.locale, ZoneInfo(member.timezone), now)
    return Call(services, dict(body), workspace_id, member, t, now, _key(body))


def translator_for(view: View, member: Member | None) -> Translator:
    """Words for a member, or for a channel (None): the workspace's language."""
    locale = member.locale if member else view.workspace.locale
    return Translator(locale, ZoneInfo(view.workspace.timezone), view.now)


def refresh_members(services: Services, workspace_id: str) -> int:
    """Take over every person's name, language and zone from Slack; how many there are."""
    seen, cursor = 0, ""
    while True:
        page = services.slack.users_list(limit=200, cursor=cursor, include_locale=True)
        people = [user for user in page["members"] if not _is_bot(user)]
        with services.engine.transaction(workspace_id) as tx:
            for user in people:
                _remember(tx, user)
        seen += len(people)
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return seen


def remember_user(services: Services, workspace_id: str, user: Mapping[str, Any]) -> None:
    """Take over what Slack says of one person."""
    if not _is_bot(user):
        with services.engine.transaction(workspace_id) as tx:
            _remember(tx, user)


def _meet(services: Services, workspace_id: str, slack_id: str, may_ask: bool) -> Member:
    """A person who was not known. Without an answer from Slack, the workspace's language serves until the next refresh."""
    user: Mapping[str, Any] = {"id": slack_id}
    if may_ask:
        try:
            user = services.slack.users_info(user=slack_id, include_locale=True)["user"]
        except (SlackClientError, OSError) as error:
            log.warning("people: %s is not known to Slack right now: %s", slack_id, error)
    with services.engine.transaction(workspace_id) as tx:
        return _remember(tx, user)


def _remember(tx: Transaction, user: Mapping[str, Any]) -> Member:
    profile = user.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name") or ""
    return ensure_member(
        tx,
        user["id"],
        name=name or None,
        locale=user.get("locale"),
        timezone=user.get("tz"),
        active=not user.get("deleted", False) and _of_this_workspace(user, tx.workspace_id),
    )


def _of_this_workspace(user: Mapping[str, Any], workspace_id: str) -> bool:
    """Not so are people of another company in a shared channel: they see the bot's buttons there, but no customers."""
    teams = (user.get("enterprise_user") or {}).get("teams") or ()
    return user.get("team_id") in (None, workspace_id) or workspace_id in teams


def _is_bot(user: Mapping[str, Any]) -> bool:
    return bool(user.get("is_bot")) or user.get("id") == "USLACKBOT"


def _origin(body: Mapping[str, Any]) -> tuple[str, str]:
    """The workspace's and the caller's Slack ids of any payload that has a caller."""
    user = body.get("user") or body.get("user_id") or {}
    team = body.get("team") or {}
    slack_id = user.get("id") if isinstance(user, dict) else user
    if not slack_id:
        slack_id = (body.get("event") or {}).get("user")
    workspace_id = team.get("id") if isinstance(team, dict) else team
    if not workspace_id and isinstance(user, dict):
        workspace_id = user.get("team_id")
    return str(workspace_id or body.get("team_id") or ""), str(slack_id or "")


def _key(body: Mapping[str, Any]) -> str:
    """The same for a repeated delivery of the same request."""
    if body.get("type") == "view_submission":
        return f"view:{body['view']['id']}"
    return str(body.get("event_id") or body.get("trigger_id") or f"at:{time.time_ns()}")
