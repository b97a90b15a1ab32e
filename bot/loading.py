"""`slotquest load` and `slotquest import-history`: files in, a workspace set up, with progress on the terminal."""

import sys
from pathlib import Path

import typer

from bot.settings import Settings
from bot.wiring import build_engine
from core.booking.setup.history import import_history
from core.booking.setup.team_file import apply, left_alone, preview
from core.booking.setup.team_form import TeamFileError, parse_team
from core.booking.setup.workspace import ensure_workspace, workspace_ids
from core.errors import NotFound
from core.transaction import Engine


def load_team(settings: Settings, file: Path, dry_run: bool) -> int:
    """Make the workspace what the file says; the exit code."""
    engine = build_engine(settings)
    try:
        team = parse_team(file.read_text(encoding="utf-8"))
        if dry_run:
            changes = preview(engine, team)
        else:
            ensure_workspace(engine, team.team_id)
            with engine.transaction(team.team_id) as tx:
                changes = apply(tx, team)
    except TeamFileError as error:
        for problem in error.problems:
            typer.secho(f"✗ {problem}", err=True, fg=typer.colors.RED)
        return 1
    for change in changes:
        typer.echo(f"  {change}")
    if not changes:
        typer.echo("✓ Nothing to change.")
    else:
        typer.echo(f"✓ {len(changes)} changes {'would be made' if dry_run else 'made'}.")
    try:
        with engine.view(team.team_id) as view:
            others = left_alone(view, team)
    except NotFound:
        others = []
    if others:
        typer.echo(f"  Not in the file, left as they are: {', '.join(others)}. (remove_missing = true removes them.)")
    return 0


def bring_history(settings: Settings, file: Path, workspace: str | None) -> int:
    """Import appointments that were booked elsewhere; the exit code."""
    engine = build_engine(settings)
    team_id = workspace or only_workspace(engine)
    if team_id is None:
        typer.secho("✗ Say which workspace with --workspace; `slotquest load` makes one.", err=True, fg="red")
        return 1
    with file.open(encoding="utf-8") as lines:
        report = import_history(engine, team_id, lines, _progress)
    if sys.stderr.isatty():
        typer.echo("", err=True)
    typer.echo(f"✓ {report.added} appointments added, {report.already} were there already.")
    for bad in report.bad:
        typer.secho(f"✗ line {bad.number}: {bad.reason}", err=True, fg="yellow")
    return 1 if report.bad_count else 0


def only_workspace(engine: Engine) -> str | None:
    """The id of the only workspace, None when there are none or several."""
    found = workspace_ids(engine)
    return found[0] if len(found) == 1 else None


def _progress(lines: int) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r  {lines} lines …", err=True, nl=False)
