"""What changed between two versions of a text, word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal, NamedTuple


class Part(NamedTuple):
    """A run of words that stayed, came or went."""

    how: Literal["same", "added", "removed"]
    text: str


@lru_cache(maxsize=64)
def changes(before: str, after: str) -> tuple[Part, ...]:
    """Returns both texts as one, in runs. Put together, what is not removed is `after`.

    Kept, for anybody may ask, as often as they like, and long texts take seconds.
    """
    old, new = (re.findall(r"\S+\s*", text) for text in (before, after))
    parts: list[Part] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal":
            parts.append(Part("same", "".join(new[new_from:new_to])))
            continue
        if old_to > old_from:
            parts.append(Part("removed", "".join(old[old_from:old_to])))
        if new_to > new_from:
            parts.append(Part("added", "".join(new[new_from:new_to])))
    return tuple(parts)
