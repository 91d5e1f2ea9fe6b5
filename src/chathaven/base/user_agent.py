"""From a browser's long self-description to its family, and no further (A-25-4)."""

from __future__ import annotations

import re

_LONGEST = 1_000

# The first that fits: browsers also name those they descend from.
_BROWSERS = tuple(
    (name, re.compile(pattern + r"/(\d{1,4})"))
    for name, pattern in (
        ("Edge", r"\b(?:Edg|EdgA|EdgiOS|Edge)"),
        ("Opera", r"\b(?:OPR|OPT|OPiOS)"),
        ("Samsung Internet", r"\bSamsungBrowser"),
        ("Vivaldi", r"\bVivaldi"),
        ("Yandex Browser", r"\bYaBrowser"),
        ("DuckDuckGo", r"\b(?:DuckDuckGo|Ddg)"),
        ("Firefox", r"\b(?:Firefox|FxiOS)"),
        ("Chrome", r"\b(?:CriOS|Chrome|HeadlessChrome|Chromium)"),
        ("Safari", r"\bVersion(?=/\d+(?:\.\d+)*(?: Mobile/\w+)? Safari/)"),
    )
)
_SYSTEMS = (
    ("iOS", ("iPhone", "iPad", "iPod")),
    ("Android", ("Android",)),
    ("Windows", ("Windows",)),
    ("ChromeOS", ("CrOS",)),
    ("macOS", ("Macintosh", "Mac OS X")),
    ("Linux", ("Linux", "X11")),
)


def family(user_agent: str | None) -> tuple[str | None, str | None]:
    """Returns browser family with its major version, and system family.

    `("Firefox 140", "Windows")`; None for what is not known. Nothing else of the text is kept.
    """
    text = (user_agent or "")[:_LONGEST]
    browser = None
    for name, pattern in _BROWSERS:
        found = pattern.search(text)
        if found:
            browser = f"{name} {found.group(1)}"
            break
    system = next((name for name, marks in _SYSTEMS if any(m in text for m in marks)), None)
    return browser, system
