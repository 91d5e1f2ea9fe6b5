"""The results as a table."""

from __future__ import annotations

from benchmarks.figures import Figure, Outcome

HEAD = ("Measured", "Value", "Beside it, in the same run", "Value", "Ratio", "Goal", "Holds")


def table(outcomes: list[Outcome]) -> list[tuple[str, ...]]:
    """Returns the rows, the head first."""
    return [HEAD, *(_row(figure) for outcome in outcomes for figure in outcome.figures)]


def as_markdown(
    outcomes: list[Outcome], facts: list[tuple[str, str]], how: list[str], plot: str
) -> str:
    """Returns the whole result as a page."""
    head, *rows = table(outcomes)
    lines = ["# Benchmarks", "", f"![The figures as bars]({plot})", ""]
    lines += [_line(head), _line(("---", "--:", "---", "--:", "--:", "---", "---"))]
    lines += [_line(row) for row in rows]
    lines += ["", "## Measured on", ""]
    lines += [f"- {name}: {value}" for name, value in facts]
    lines += [f"- {each}" for each in how]
    for outcome in outcomes:
        lines += ["", f"## {outcome.title}", "", *(f"- {note}" for note in outcome.notes)]
    return "\n".join(lines) + "\n"


def as_text(outcomes: list[Outcome]) -> str:
    """Returns the table for a terminal."""
    rows = table(outcomes)
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _row(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name,
        f"{_number(figure.value)} {figure.unit}",
        figure.limit_name,
        f"{_number(figure.limit)} {figure.unit}" if figure.limit is not None else "",
        f"{figure.ratio:.2f}" if figure.ratio is not None else "",
        _goal(figure),
        {True: "yes", False: "no", None: ""}[figure.holds],
    )


def _goal(figure: Figure) -> str:
    if figure.goal is None:
        return ""
    sign = "≥" if figure.at_least else "≤"
    if figure.goal_is_ratio:
        return f"ratio {sign} {figure.goal:g}"
    return f"{sign} {figure.goal:g} {figure.unit}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
