"""Colours that an account chooses, made readable: WCAG 2 contrast of sRGB colours.

The rule is the same as in the frontend: white text where it can be, on a ground darkened as far
as it needs; a light colour keeps its look and gets dark text.
"""

from __future__ import annotations

WHITE = "#ffffff"
INK = "#12151b"
READABLE = 4.5
"""What text of normal size needs against its ground (WCAG 2.2, 1.4.3)."""
_TOO_LIGHT_FOR_WHITE = 3
_STEPS = 50


def contrast(one: str, other: str) -> float:
    """Returns the contrast of two colours `#rrggbb`, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def text_colour(colour: str) -> str:
    """Returns the colour of text on `accent(colour)`, at least 4.5:1."""
    return INK if contrast(colour, WHITE) < _TOO_LIGHT_FOR_WHITE else WHITE


def accent(colour: str) -> str:
    """Returns the ground to paint: `colour`, darkened until its text is readable."""
    if text_colour(colour) == INK:
        return colour
    for step in range(_STEPS + 1):
        candidate = _darkened(colour, step / _STEPS)
        if contrast(candidate, WHITE) >= READABLE:
            return candidate
    return "#000000"


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _darkened(colour: str, amount: float) -> str:
    # Half is rounded up, as the browser's Math.round does; Python's round would go to even.
    return "#" + "".join(f"{int(each * (1 - amount) + 0.5):02x}" for each in _channels(colour))


def _luminance(colour: str) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (each / 255 for each in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
