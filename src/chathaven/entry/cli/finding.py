"""What `doctor` found out about one thing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One line of `doctor`: whether it is well, what was found, and what to do if it is not."""

    well: bool
    subject: str
    found: str
    advice: str = ""

    def __str__(self) -> str:
        line = f"{'✓' if self.well else '✗'} {self.subject:<12} {self.found}"
        return line if self.well or not self.advice else f"{line}. {self.advice}"
