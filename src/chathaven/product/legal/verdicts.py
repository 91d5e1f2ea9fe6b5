"""What a check has found, in a language of the widget.

The check says it in English, once, for the command and for the page. Here each sentence is known
by its form, and said in another language with what stood in it, times in words before what was
signed; what a certificate itself says is translated sentence by sentence, where it is known.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from chathaven.base.dates import readable
from chathaven.base.languages import direction
from chathaven.product.legal.certificate_texts import in_words

_TEXTS: dict[str, dict[str, dict[str, str]]] = json.loads(
    Path(__file__).with_name("verdicts.json").read_text("utf-8")
)
_PLACE = re.compile(r"{(\w+)}")
_OF_A_LIST = frozenset({"kind", "shown", "until"})
"""Places in which a word of a short list may stand, which is said in the language too."""
_SIGNED = frozenset({"what", "ground"})
"""Places in which a sentence of a certificate stands."""
_PLACES = "places"
"""The place of a list of what was not searched, divided by semicolons."""


@cache
def _forms() -> list[tuple[re.Pattern[str], str]]:
    """Returns each sentence as a pattern; the longest first, so that none takes another's."""
    return [(_pattern(form), form) for form in sorted(_TEXTS["lines"], key=len, reverse=True)]


def _pattern(form: str) -> re.Pattern[str]:
    parts = _PLACE.split(form)
    # Every second part is the name of a place.
    return re.compile(
        "".join(
            f"(?P<{part}>.+)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
        ),
        re.DOTALL,
    )


def is_known(line: str) -> bool:
    """Whether a sentence can be said in every language."""
    return any(pattern.fullmatch(line) for pattern, _ in _forms())


def in_language(lines: tuple[str, ...], language: str) -> tuple[str, ...]:
    """Returns sentences in a language; one of a form that is not known stays English."""
    return tuple(_said(line, language) for line in lines)


def _said(line: str, language: str) -> str:
    for pattern, form in _forms():
        found = pattern.fullmatch(line)
        if found:
            text = _TEXTS["lines"][form].get(language, form)
            return _filled(text, found.groupdict(), language)
    return line


def _filled(text: str, given: dict[str, str], language: str) -> str:
    def value(place: re.Match[str]) -> str:
        name, said = place[1], given[place[1]]
        moment = readable(said, language)
        if moment is not None:
            return f"{moment} ({_exact(said, language)})"
        told = said
        if name in _SIGNED:
            told = in_words(said, language)
        elif name == _PLACES:
            told = "; ".join(_word(each, language) for each in said.split("; "))
        elif name in _OF_A_LIST:
            told = _word(said, language)
        return _exact(said, language) if told == said else told

    return _PLACE.sub(value, text)


def _exact(said: str, language: str) -> str:
    """Returns a number, time or hash; in a line from the right its parts would change places."""
    if direction(language) == "ltr":
        return said
    return f"\N{LEFT-TO-RIGHT ISOLATE}{said}\N{POP DIRECTIONAL ISOLATE}"


def _word(text: str, language: str) -> str:
    return _TEXTS["words"].get(text, {}).get(language, text)
