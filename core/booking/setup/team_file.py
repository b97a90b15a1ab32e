"""Setting a workspace up from a team file, in one go and as often as one likes: a second run changes nothing.

Consultants are found by their names. Consultants and roles that the file does not mention stay, unless it says
`remove_missing = true`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from core.booking.setup import workspace as settings
from core.booking.setup.changes import Facts, change
from core.booking.setup.consultants import list_consultants, same_name, weeks_of
from core.booking.setup.members import ensure_member, member_by_slack, members_with, set_role
from core.booking.setup.staffing import CONSULTANT, ConsultantForm, add_consultant, follow, remove_consultant
from core.booking.setup.team_form import (
    DEFAULT_CAPACITY,
    DEFAULT_MINUTES,
    ConsultantEntry,
    Team,
    TeamFileError,
    describe,
    parse_team,
)
from core.booking.setup.week import Start, check_week, from_facts, to_facts
from core.booking.setup.week_text import format_week
from core.errors import Invalid
from core.transaction import Engine, Transaction, View
from storage.tables import Consultant, Member, Role, Workspace

__all__ = ["Change", "Team", "TeamFileError", "apply", "left_alone", "parse_team", "plan", "preview"]


@dataclass(frozen=True)
class Change:
    """One difference between the file and the workspace. `before` None: added; `after` None: removed."""

    what: str
    before: str | None
    after: str | None
    perform: Callable[[Transaction], object] = field(repr=False, compare=False)

    def __str__(self) -> str:
        if self.before is None:
            return f"+ {self.what}: {self.after}" if self.after else f"+ {self.what}"
        return f"- {self.what}: {self.before}" if self.after is None else f"~ {self.what}: {self.before} → {self.after}"


def plan(view: View, team: Team) -> list[Change]:
    """What `apply` would change now. Raises TeamFileError where the file and the workspace contradict each other."""
    assert team.team_id == view.workspace_id
    return [*_settings(view, team), *_roles(view, team), *_consultants(view, team)]


def apply(tx: Transaction, team: Team) -> list[Change]:
    """Make the workspace what the file says; answers what was changed. Raises TeamFileError, nothing is changed then."""
    changes = plan(tx, team)
    if changes:
        _loosen_links(tx, team)
    for item in changes:
        item.perform(tx)
    return changes


def preview(engine: Engine, team: Team) -> list[Change]:
    """The plan, also for a workspace that is not there yet. Raises TeamFileError."""
    with engine.database.read() as session:
        row = session.get(Workspace, team.team_id) or Workspace(id=team.team_id, created_at=engine.clock())
        return plan(View(session, row, engine.clock(), engine.sealer), team)


def left_alone(view: View, team: Team) -> list[str]:
    """The consultants, and the members with a role, whom the file does not mention and who stay as they are."""
    if team.remove_missing:
        return []
    names = [c.name for c in list_consultants(view) if not any(same_name(c.name, e.name) for e in team.consultants)]
    listed = {*(team.admins or ()), *(team.leads or ())}
    roles = [f"{m.name} ({m.role})" for m in members_with(view, Role.ADMIN, Role.LEAD) if m.slack_id not in listed]
    return names + roles


def _settings(view: View, team: Team) -> list[Change]:
    row = view.workspace
    setters: dict[str, Callable[[Transaction, Any], object]] = {
        "timezone": settings.set_timezone,
        "locale": settings.set_locale,
        "holidays": settings.set_holidays,
    }
    found: list[tuple[str, Any, Any, Callable[[Transaction], object]]] = [
        (f"workspace.{key}", getattr(row, key), value, _call(setters[key], value))
        for key, value in team.workspace.items()
    ]
    for name, channel in team.channels.items():
        found.append(
            (
                f"channels.{name}",
                getattr(row, f"{name}_channel"),
                channel,
                _call(settings.set_channels, **{name: channel}),
            )
        )
    for name, value in team.rules.items():
        found.append((f"rules.{name}", getattr(row, name), value, _call(settings.set_rules, **{name: value})))
    if team.colours is not None:
        found.append(("colours", row.colours, dict(team.colours), _call(settings.set_colours, team.colours)))
    return [Change(what, _told(old), _told(new), perform) for what, old, new, perform in found if old != new]


def _roles(view: View, team: Team) -> list[Change]:
    wanted = dict.fromkeys(team.admins or (), Role.ADMIN) | dict.fromkeys(team.leads or (), Role.LEAD)
    if team.remove_missing:
        listed = {role for role, ids in ((Role.ADMIN, team.admins), (Role.LEAD, team.leads)) if ids is not None}
        for member in members_with(view, *listed):
            wanted.setdefault(member.slack_id, Role.MEMBER)
    changes = []
    admins = {member.slack_id for member in members_with(view, Role.ADMIN)}
    left = {slack_id for slack_id in admins if wanted.get(slack_id, Role.ADMIN) == Role.ADMIN}
    if admins and not left and Role.ADMIN not in wanted.values():
        raise TeamFileError(["workspace.admins: nobody would be an admin any more"])
    for slack_id, role in wanted.items():
        known = member_by_slack(view, slack_id)
        if known is None or known.role != role:
            name, before = (known.name, known.role) if known else (slack_id, None)
            changes.append(Change(f"role of {name}", before, role, _call(_give_role, slack_id, role)))
    return changes


def _consultants(view: View, team: Team) -> list[Change]:
    present = list_consultants(view)
    weeks = weeks_of(view, [row.id for row in present])
    changes: list[Change] = []
    kept: set[str] = set()
    for entry in team.consultants:
        row = next((row for row in present if same_name(row.name, entry.name)), None)
        if row is not None:
            kept.add(row.id)
        old = _present(view, row, weeks[row.id]) if row else {}
        new = _target(entry, old, row)
        keys = [key for key in new if old.get(key) != new[key]]
        if row is None:
            changes.append(
                Change(f"consultant {entry.name}", None, _facts_told(new, list(new)), _call(_add, entry.name, new))
            )
        elif keys:
            if keys != ["week"] and _week_told(old) == _week_told(new):
                keys = [key for key in keys if key != "week"]  # it only follows the seats or the minutes
            before, after = _facts_told(old, keys), _facts_told(new, keys)
            changes.append(Change(f"consultant {row.name}", before, after, _call(_put, row.id, new)))
    if team.remove_missing:
        changes += [
            Change(f"consultant {row.name}", f"{row.capacity} seats", None, _call(remove_consultant, row.id))
            for row in present
            if row.id not in kept
        ]
    return changes


def _present(view: View, row: Consultant, week: list[Start]) -> Facts:
    member = view.session.get(Member, row.member_id) if row.member_id else None
    return {
        "slack": member.slack_id if member else None,
        "calendar": row.calendar,
        "capacity": row.capacity,
        "minutes": row.minutes,
        "week": to_facts(week),
    }


def _target(entry: ConsultantEntry, old: Facts, row: Consultant | None) -> Facts:
    """What the file makes of a consultant. Raises TeamFileError when the new week runs into itself."""
    usual: Facts = {
        "slack": None,
        "calendar": None,
        "capacity": DEFAULT_CAPACITY,
        "minutes": DEFAULT_MINUTES,
        "week": [],
    }
    said = {key: value for key, value in entry.said.items() if key != "schedule"}
    new = {**usual, **old, **said}
    if "schedule" in entry.said:
        week = entry.week(new["minutes"], new["capacity"])
    else:
        week = from_facts(new["week"])
        week = follow(week, row, new["minutes"], new["capacity"]) if row else week
    try:
        check_week(week)
    except Invalid as error:
        raise TeamFileError([f"consultant {entry.name}: {describe(error)}"]) from error
    return {**new, "week": to_facts(week)}


def _loosen_links(tx: Transaction, team: Team) -> None:
    """Free the members who are one consultant and are to be another, so that links can change hands in any order.

    Raises TeamFileError for a member who is a consultant of whom the file says nothing else.
    """
    wanted = {entry.said["slack"]: entry for entry in team.consultants if entry.said.get("slack")}
    for row in list_consultants(tx):
        member = tx.session.get(Member, row.member_id) if row.member_id else None
        entry = wanted.get(member.slack_id) if member else None
        if member is None or entry is None or same_name(entry.name, row.name):
            continue
        listed = any(same_name(other.name, row.name) and "slack" in other.said for other in team.consultants)
        if not listed and not team.remove_missing:
            problem = f"consultant {entry.name}: {member.slack_id} is {row.name} in the workspace already"
            raise TeamFileError([f'{problem}; give {row.name} another or slack = "" in the file'])
        change(tx, CONSULTANT, row.id, {"member_id": None})


def _add(tx: Transaction, name: str, new: Facts) -> None:
    form = ConsultantForm(name, _member_id(tx, new), new["calendar"], new["capacity"], new["minutes"])
    add_consultant(tx, form, from_facts(new["week"]))


def _put(tx: Transaction, consultant_id: str, new: Facts) -> None:
    facts = {key: value for key, value in new.items() if key != "slack"}
    change(tx, CONSULTANT, consultant_id, {**facts, "member_id": _member_id(tx, new)})


def _member_id(tx: Transaction, new: Facts) -> str | None:
    return ensure_member(tx, new["slack"]).id if new["slack"] else None


def _give_role(tx: Transaction, slack_id: str, role: Role) -> None:
    set_role(tx, ensure_member(tx, slack_id).id, role)


def _call(function: Callable[..., object], *args: object, **kwargs: object) -> Callable[[Transaction], object]:
    return lambda tx: function(tx, *args, **kwargs)


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return (
            ", ".join(f"{key} {item}" for key, item in sorted(value.items(), key=lambda pair: int(pair[0]))) or "usual"
        )
    return "none" if value is None else str(value)


def _facts_told(facts: Facts, keys: list[str]) -> str:
    parts = [f"{key} {_told(facts[key])}" for key in keys if key != "week"]
    if "week" in keys:
        parts.append(f"schedule {_week_told(facts)}")
    return ", ".join(parts)


def _week_told(facts: Facts) -> str:
    week = format_week(from_facts(facts["week"]), "en", facts["minutes"], facts["capacity"])
    return "; ".join(week.splitlines()) or "empty"
