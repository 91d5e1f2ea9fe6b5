"""Names of files as people see them: no path, nothing invisible, nothing that turns the text."""

from __future__ import annotations

import re
import unicodedata

from chathaven.base.errors import Invalid
from chathaven.base.reasons import Reason

MAX_LENGTH = 200
_PATH = re.compile(r"[/\\]")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def shown_name(given: str) -> str:
    """Returns the last part of a name without what cannot be seen.

    A mark that turns the direction of writing would let `exe.gpj` read as `jpg.exe` backwards, so
    it goes, and the end of the name is judged as it is read.

    Raises:
        Invalid: nothing is left, or it is longer than 200 characters.
    """
    last = _PATH.split(given)[-1]
    name = "".join(
        char
        for char in unicodedata.normalize("NFC", last)
        if unicodedata.category(char) not in _UNSEEN
    ).strip()
    if len(name) > MAX_LENGTH:
        raise Invalid.field("file", Reason.FILE_NAME_TOO_LONG, max=MAX_LENGTH)
    if not name.strip(". "):
        raise Invalid.field("file", Reason.FILE_NAME_MISSING)
    return name


def with_extension(name: str, extensions: tuple[str, ...]) -> str:
    """Returns a name that ends with one of these, in place of what it ends with."""
    stem, _, end = name.rpartition(".")
    return name if f".{end.lower()}" in extensions else f"{stem}{extensions[0]}"
