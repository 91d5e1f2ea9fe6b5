"""One spelling for each JSON document (RFC 8785), so that a signature is over its meaning.

Of the value kinds of JSON those that our documents use: objects, lists, texts, whole numbers,
true, false and null. A fraction is refused, for its shortest spelling is a study of its own.
"""

from __future__ import annotations

import json
from typing import Any

_LARGEST = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly (RFC 7493)."""


class NotCanonical(ValueError):
    """A value has no spelling here: a fraction, a huge number, half a character."""


def canonical(value: Any) -> bytes:
    """Returns the one spelling of a document.

    Raises:
        NotCanonical: it holds a value of another kind.
    """
    try:
        text = json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"))
        return text.encode()
    except UnicodeEncodeError:
        raise NotCanonical("A text holds half a character.") from None
    except RecursionError:
        raise NotCanonical("It is nested too deeply.") from None


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise NotCanonical("A name is not a text.")
        # By UTF-16 code units, as the RFC says (3.2.3); Python compares code points.
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return {name: _ordered(value[name]) for name in names}
    if isinstance(value, list | tuple):
        return [_ordered(each) for each in value]
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int) and abs(value) <= _LARGEST:
        return value
    raise NotCanonical(f"A {type(value).__name__} of this kind is not taken.")


def read_strictly(text: bytes) -> Any:
    """Reads a JSON document in which every name stands once.

    Raises:
        NotCanonical: it is not JSON in UTF-8, or a name stands twice.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise NotCanonical("A name stands twice.")
        return found

    try:
        return json.loads(text.decode("utf-8"), object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        if isinstance(error, NotCanonical):
            raise
        raise NotCanonical("It is not JSON.") from None
