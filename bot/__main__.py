"""The `slotquest` command line. Exit codes: 0 done, 1 something is not well, 2 wrong use, 3 wrong configuration."""

import gc
import logging
import sys
from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.settings import ConfigurationError, Settings, load_database_url, load_settings

NOT_WELL, WRONG_USE, WRONG_CONFIGURATION = 1, 2, 3
SWITCH_S = 0.0005  # after which a thread lets another one run; Python's own 5 ms are longer than most requests take

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Book customer appointments in Slack.",
    epilog="Exit codes: 0 done, 1 something is not well, 2 wrong use, 3 wrong configuration.",
)


class Language(StrEnum):
    """What a Slack app's manifest can be written in: it has one language for everybody."""

    EN = "en"
    DE = "de"


def main() -> None:
    """The entry point of the `slotquest` script."""
    cli()


def plain(work: Callable[..., Any]) -> Callable[..., Any]:
    """A command that says in words what keeps it from working: every mistake of the configuration, or the database."""

    @wraps(work)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return work(*args, **kwargs)
        except Exception as error:
            known = _in_words(error)
            if known is None:
                raise
        problems, code = known
        for problem in problems:
            typer.secho(f"✗ {problem}", err=True, fg=typer.colors.RED)
        raise typer.Exit(code)

    return run


def _in_words(error: Exception) -> tuple[list[str], int] | None:
    """What is wrong, and the exit code; None for what nobody has foreseen."""
    from sqlalchemy.exc import DBAPIError

    from core.errors import DatabaseUnavailable
    from storage.crypto import SealBroken

    match error:
        case ConfigurationError():
            here = Path.cwd() / ".env"
            hint = [] if here.exists() else [f"There is no file {here}: only the environment was read"]
            return error.problems + hint, WRONG_CONFIGURATION
        case SealBroken():
            words = "lacks the key that the database was sealed with. Add the old key at the end of the list."
            return [f"SLOTQUEST_KEYS {words}"], WRONG_CONFIGURATION
        case DatabaseUnavailable() | DBAPIError():
            reason = getattr(error, "orig", None) or error
            return [f"The database cannot be used: {reason}\nCheck DATABASE_URL and that the server runs."], NOT_WELL
        case OSError(filename=str(place), strerror=str(reason)):
            return [f"{place}: {reason}"], NOT_WELL
        case _:
            return None


def migrated() -> Settings:
    """The settings, once the database has its tables. Raises ConfigurationError; ends the command when it has not."""
    from storage.migrate import behind

    settings = load_settings()
    if behind(settings.database_url):
        typer.secho("✗ The database is not up to date: run `slotquest migrate` first.", err=True, fg=typer.colors.RED)
        raise typer.Exit(NOT_WELL)
    return settings


@cli.command()
@plain
def run() -> None:
    """Run the bot until Ctrl-C: by Socket Mode when SLACK_APP_TOKEN is set, else by HTTP on PORT."""
    sys.setswitchinterval(SWITCH_S)
    gc.disable()  # what is imported stays: looking through it again and again takes a tenth of the start
    from bot.running import run_bot

    raise typer.Exit(run_bot(migrated()))


@cli.command()
@plain
def demo(
    port: Annotated[int, typer.Option(help="Port of the page", min=1, max=65535)] = 8700,
    directory: Annotated[Path, typer.Option(help="Where the demo keeps its data")] = Path("var/demo"),
    seed: Annotated[int, typer.Option(help="Another seed, another team's history")] = 1,
    reset: Annotated[bool, typer.Option("--reset", help="Forget everything and begin anew")] = False,
) -> None:
    """Start the sandbox (a local Slack and Google Calendar) and the bot with a believable team."""
    from bot.demo import run_demo

    raise typer.Exit(run_demo(port, directory, seed, reset))


@cli.command()
@plain
def migrate(
    to: Annotated[str, typer.Option(help="Revision to go to")] = "head",
    database_url: Annotated[str | None, typer.Option(help="Another database than DATABASE_URL")] = None,
) -> None:
    """Bring the database up to date (or, with --to, back)."""
    from alembic.util import CommandError

    from storage.migrate import migrate as bring

    try:
        bring(load_database_url(**({"database_url": database_url} if database_url else {})), to)
    except CommandError as error:
        typer.secho(f"✗ {error}.", err=True, fg=typer.colors.RED)
        raise typer.Exit(WRONG_USE) from None
    typer.echo("✓ The database is up to date." if to == "head" else f"✓ The database is at {to}.")


@cli.command()
@plain
def load(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The team, as TOML")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change")] = False,
) -> None:
    """Set a workspace up from a file. Loading it again changes nothing; a changed file changes only that."""
    from bot.loading import load_team

    raise typer.Exit(load_team(migrated(), file, dry_run))


@cli.command("import-history")
@plain
def import_history(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Appointments, one JSON object a line")],
    workspace: Annotated[str | None, typer.Option(help="Slack team id, where there are several")] = None,
) -> None:
    """Bring in appointments that were booked elsewhere, past and coming. Importing them again changes nothing."""
    from bot.loading import bring_history

    raise typer.Exit(bring_history(migrated(), file, workspace))


@cli.command()
@plain
def doctor() -> None:
    """Check Slack, the calendars, the database and the keys, and say what to do about what is wrong."""
    from bot.doctor import examine

    raise typer.Exit(examine(load_settings()))


@cli.command()
@plain
def verify() -> None:
    """Compare the tables with the journal and with each other."""
    from bot.doctor import verify_all

    raise typer.Exit(verify_all(migrated()))


@cli.command("new-key")
def new_key() -> None:
    """Print a fresh key for SLOTQUEST_KEYS. Keep it apart from the database and its backups."""
    from storage.crypto import new_key as fresh

    typer.echo(fresh())


@cli.command()
@plain
def manifest(
    url: Annotated[str | None, typer.Option(help="Public address for HTTP; without it, Socket Mode")] = None,
    locale: Annotated[
        Language, typer.Option(help="Language of command hints, shortcuts and descriptions")
    ] = Language.EN,
    file: Annotated[Path, typer.Option(help="Where to write it; - prints it")] = Path("manifest.json"),
) -> None:
    """Write the Slack app's manifest from what the bot can do."""
    from bot.manifest import manifest_text

    if url and not url.startswith("https://"):
        raise typer.BadParameter("Slack calls addresses that begin with https:// alone", param_hint="--url")
    text = manifest_text(url, locale)
    if str(file) == "-":
        sys.stdout.write(text)
    else:
        file.write_text(text, encoding="utf-8")
        typer.echo(f"✓ {file} is written.")


if __name__ == "__main__":
    logging.captureWarnings(True)
    main()
