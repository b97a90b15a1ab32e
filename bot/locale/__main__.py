"""`python -m bot.locale`: collect the texts and bring the catalogues up to date; `--check` only looks."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.language import CATALOGUES, LANGUAGES
from bot.locale.catalogues import as_text, examine, read_language, update
from bot.locale.extract import NotAText, texts_in_tree

SOURCE = "en"  # stands in the code


def main(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit 1 when a text is missing or unused.")
    ] = False,
) -> None:
    """Collect the texts of the bot and bring the catalogues up to date; say what is still to be translated."""
    try:
        texts = texts_in_tree(CATALOGUES.parent)
    except NotAText as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    amiss = False
    for language in (language for language in LANGUAGES if language != SOURCE):
        folder = CATALOGUES / language
        if not check:
            _write(folder, {name: as_text(c) for name, c in update(texts, read_language(folder), language).items()})
        findings = examine(texts, read_language(folder))
        for line in findings.lines():
            typer.echo(f"{language}: {line}")
        amiss = amiss or bool(findings)
        typer.echo(f"{language}: {len({text.one for text in texts})} texts, {len(findings.lines())} to be looked at")
    sys.exit(1 if amiss and check else 0)


def _write(folder: Path, files: dict[str, str]) -> None:
    """Write what has changed; a catalogue without entries goes."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.po"):
        if path.stem not in files:
            path.unlink()
    for name, text in files.items():
        path = folder / f"{name}.po"
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


if __name__ == "__main__":
    typer.run(main)
