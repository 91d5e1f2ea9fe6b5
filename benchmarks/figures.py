"""What a benchmark gives back: figures, each beside the limit of the same run and the goal."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Figure:
    """One measured value.

    `limit` is what the machine allowed in the same run, by the means named in `limit_name`, in
    the same unit. `goal` is for the value, or for value / limit where `goal_is_ratio`.
    """

    name: str
    value: float
    unit: str
    limit_name: str = ""
    limit: float | None = None
    goal: float | None = None
    at_least: bool = False
    goal_is_ratio: bool = False

    @property
    def ratio(self) -> float | None:
        """The value as a part of the limit."""
        return self.value / self.limit if self.limit else None

    @property
    def holds(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        reached = self.ratio if self.goal_is_ratio else self.value
        if self.goal is None or reached is None:
            return None
        return reached >= self.goal if self.at_least else reached <= self.goal


@dataclass
class Outcome:
    """All that one benchmark found. `samples` are raw values for the plot, by name."""

    title: str
    figures: list[Figure]
    notes: list[str] = field(default_factory=list)
    samples: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Bench:
    """How to measure: `folder` is on the disk that is measured; `quick` trades care for time."""

    folder: Path
    quick: bool

    def seconds(self, full: float) -> float:
        """Returns how long to load for."""
        return full / 3 if self.quick else full

    def rounds(self, full: int) -> int:
        """Returns how often to repeat."""
        return 1 if self.quick else full
