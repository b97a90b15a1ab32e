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


def load_team(settings: Settings, file: Path, dry_run: bool) -> int:
    """Make the workspace what the file says; the exit code."""
    engine = build_engine(settings)
    try:
        team = parse_team(_text(file))
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
        count = "1 change" if len(changes) == 1 else f"{len(changes)} changes"
        typer.echo(f"✓ {count} {'would be made' if dry_run else 'made'}.")
    try:
        with engine.view(team.team_id) as view:
            others = left_alone(view, team)
    except NotFound:
        others = []
    if others:
        typer.echo(f"  Not in the file, left as they are: {', '.join(others)}. (remove_missing = true removes them.)")
    return 0


def _text(file: Path) -> str:
    """The file's text. Raises TeamFileError with the line that is not UTF-8."""
    content = file.read_bytes()
    try:
        return content.decode("utf-8-sig")  # some editors begin a file with a mark
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TeamFileError([f"not UTF-8 text (at line {line}): save the file as UTF-8"]) from error


def bring_history(settings: Settings, file: Path, workspace: str | None) -> int:
    """Import appointments that were booked elsewhere; the exit code."""
    engine = build_engine(settings)
    known = workspace_ids(engine)
    team_id = workspace or (known[0] if len(known) == 1 else None)
    if team_id not in known:
        known_words = f"known are {', '.join(known)}" if known else "none is known yet; `slotquest load` makes one"
        typer.secho(f"✗ Say which workspace with --workspace: {known_words}.", err=True, fg="red")
        return 1
    with file.open(encoding="utf-8-sig", errors="surrogateescape") as lines:  # what is not UTF-8 is a bad line
        report = import_history(engine, team_id, lines, _progress)
    if sys.stderr.isatty():
        typer.echo("", err=True)
    typer.echo(f"✓ {report.added} appointments added, {report.already} were there already.")
    for bad in report.bad:
        typer.secho(f"✗ line {bad.number}: {bad.reason}", err=True, fg="yellow")
    if report.bad_count:
        words = "Once they are mended, import the file again: what is there already stays as it is."
        typer.secho(f"✗ {report.bad_count} lines were passed over. {words}", err=True, fg="yellow")
    return 1 if report.bad_count else 0


def _progress(lines: int) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r  {lines} lines …", err=True, nl=False)
