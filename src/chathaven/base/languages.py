"""The languages in which widget and app speak, and choosing one of them."""

from __future__ import annotations

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ar")
DEFAULT = "en"
_RIGHT_TO_LEFT = frozenset({"ar"})
_LONGEST = 500


def choose(requested: str | None, accept_language: str | None) -> str:
    """Returns the language to speak.

    The one that was asked for (`de`, `de-AT`) when it is known, else the one that the browser's
    Accept-Language (RFC 9110, 12.5.4) likes best, else English.
    """
    for tag in (requested or "", *_wanted((accept_language or "")[:_LONGEST])):
        language = tag.replace("_", "-").partition("-")[0].strip().lower()
        if language in LANGUAGES:
            return language
    return DEFAULT


def direction(language: str) -> str:
    """Returns `rtl` or `ltr`."""
    return "rtl" if language.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"


def _wanted(accept_language: str) -> list[str]:
    weighted: list[tuple[float, str]] = []
    for part in accept_language.split(","):
        tag, _, quality = part.partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=")) if quality else 1.0
        except ValueError:
            continue
        if weight > 0:
            weighted.append((weight, tag.strip()))
    # The sort is stable: of equal weights, the one named first.
    return [tag for _, tag in sorted(weighted, key=lambda each: -each[0])]
