"""The figures as a table."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A measured thing against its baseline. `met` None: there is no goal for it."""

    what: str
    ours: str
    baseline: str = ""
    ratio: str = ""
    goal: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """As a row."""
        sign = {True: "✓", False: "✗", None: ""}[self.met]
        return (self.what, self.ours, self.baseline, self.ratio, self.goal, sign)


HEAD = ("", "Slotquest", "baseline", "ratio", "goal", "")


def at_most(what: str, ours: float, baseline: float, goal: float, form: str = "{:.1f} ms") -> Figure:
    """A figure that is to stay below `goal` times the baseline."""
    ratio = ours / baseline
    return Figure(what, form.format(ours), form.format(baseline), f"{ratio:.2f} ×", f"≤ {goal:g} ×", ratio <= goal)


def at_least(what: str, ours: float, baseline: float, goal: float | None, form: str = "{:,.0f}/s") -> Figure:
    """A figure that is to reach `goal` times the baseline; None: only told."""
    ratio = ours / baseline
    told = f"≥ {goal:g} ×" if goal is not None else ""
    return Figure(
        what, form.format(ours), form.format(baseline), f"{ratio:.2f} ×", told, None if goal is None else ratio >= goal
    )


def as_text(figures: Sequence[Figure]) -> str:
    """Aligned columns."""
    rows = [HEAD, *(figure.cells() for figure in figures)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEAD))]
    lines = [
        "  ".join(
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def as_markdown(figures: Sequence[Figure]) -> str:
    """The same for a README."""
    rows = [HEAD, ("---", "---:", "---:", "---:", "---:", "---"), *(figure.cells() for figure in figures)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
