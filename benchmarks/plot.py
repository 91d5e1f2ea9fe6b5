"""The results as one picture: ours, what stands beside it, and the goal as a line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl

from benchmarks.figures import Figure, Outcome

mpl.use("Agg")
from matplotlib import pyplot as plt

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OURS = "#1f5fbf"
BESIDE = "#a9b4c2"
GOAL = "#c2410c"
INK = "#1b1f24"


def draw(outcomes: list[Outcome], path: Path) -> None:
    """Writes the picture as PNG."""
    panels = [
        (outcome.title, unit, [each for each in outcome.figures if each.unit == unit])
        for outcome in outcomes
        for unit in dict.fromkeys(figure.unit for figure in outcome.figures)
    ]
    mpl.rcParams.update({"font.size": 9, "text.color": INK, "axes.labelcolor": INK})
    heights = [len(figures) for _, _, figures in panels]
    figure, axes = plt.subplots(
        len(panels),
        1,
        figsize=(9, 0.62 * sum(heights) + 0.95 * len(panels)),
        gridspec_kw={"height_ratios": [height + 0.6 for height in heights]},
        squeeze=False,
        layout="constrained",
    )
    for place, (title, unit, figures) in zip(axes[:, 0], panels, strict=True):
        _panel(place, title, unit, figures)
    figure.savefig(path, dpi=120, facecolor="white")
    plt.close(figure)


def _panel(place: Axes, title: str, unit: str, figures: list[Figure]) -> None:
    place.set_title(f"{title}, {unit}", loc="left", fontweight="bold")
    furthest = max(max(each.value, each.limit or 0, _goal(each) or 0) for each in figures)
    for row, each in enumerate(figures):
        _bar(place, row - 0.2, each.value, OURS, "", furthest)
        if each.limit is not None:
            _bar(place, row + 0.2, each.limit, BESIDE, each.limit_name, furthest)
        goal = _goal(each)
        if goal is not None:
            place.plot([goal, goal], [row - 0.45, row + 0.45], color=GOAL, linewidth=2)
            sign = "≥" if each.at_least else "≤"
            place.annotate(
                f"goal {sign} {goal:,.3g}" if goal < 1000 else f"goal {sign} {goal:,.0f}",
                (goal, row - 0.45),
                color=GOAL,
                fontsize=7,
                ha="center",
                va="bottom",
            )
    place.set_yticks(range(len(figures)), [each.name for each in figures])
    place.set_ylim(len(figures) - 0.4, -0.75)
    place.set_xlim(0, furthest * 1.45)
    place.xaxis.set_visible(False)
    for side in ("top", "right", "bottom"):
        place.spines[side].set_visible(False)


def _bar(place: Axes, at: float, value: float, colour: str, name: str, furthest: float) -> None:
    place.barh(at, value, height=0.36, color=colour)
    shown = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    place.annotate(
        f"{shown}  {name}".rstrip(),
        (value + furthest * 0.01, at),
        va="center",
        fontsize=8 if not name else 7,
    )


def _goal(figure: Figure) -> float | None:
    if figure.goal is None:
        return None
    return figure.goal * (figure.limit or 0) if figure.goal_is_ratio else figure.goal
