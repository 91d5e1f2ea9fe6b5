"""What a field takes, in plain words, from the words of the validating library."""

from __future__ import annotations

import re

from chathaven.base.errors import FieldError

_WHERE = re.compile(r" - at `(?:key` in `)?\$\.?([^`]*)`$")
_MISSING = re.compile(r"missing required field `([^`]+)`")
_UNKNOWN = re.compile(r"contains unknown field `([^`]+)`")
_LENGTH = re.compile(r"`(str|array|object)` of length (<=|>=) (\d+)")
_BOUND = re.compile(r"`(?:int|float)` (<=|>=|<|>) (-?[\d.]+)")
_TYPE = re.compile(r"Expected `([^`]+)`")

_COUNTED = {"str": "character", "array": "entry", "object": "entry"}
_PLURAL = {"character": "characters", "entry": "entries"}
_BOUNDS = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}
_NAMES = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
    "uuid": "a UUID",
    "datetime": "a time such as 2026-11-23T14:00:00Z",
}
_BEGINNINGS = {
    "Invalid enum value": "takes one of a fixed list of words",
    "Invalid UUID": "takes a UUID",
    "Invalid RFC3339": f"takes {_NAMES['datetime']}",
}


def field_error(text: str) -> FieldError:
    """Returns which field it is about and what it takes; never the value that was sent."""
    where = _WHERE.search(text)
    path = where.group(1) if where else ""
    message = text[: where.start()] if where else text
    for pattern, words in ((_MISSING, "is missing"), (_UNKNOWN, "is not known here")):
        named = pattern.search(message)
        if named:
            return FieldError(f"{path}.{named.group(1)}" if path else named.group(1), words)
    return FieldError(path or "body", in_plain_words(message))


def in_plain_words(message: str) -> str:
    """Returns "takes …" for what the validator said."""
    for begin, words in _BEGINNINGS.items():
        if message.startswith(begin):
            return words
    if length := _LENGTH.search(message):
        unit, bound, count = _COUNTED[length.group(1)], length.group(2), int(length.group(3))
        return f"takes {_BOUNDS[bound]} {count} {unit if count == 1 else _PLURAL[unit]}"
    if limit := _BOUND.search(message):
        return f"takes a number of {_BOUNDS[limit.group(1)]} {limit.group(2)}"
    if (expected := _TYPE.search(message)) and "regex" not in message:
        kinds = [_NAMES.get(each.strip(), each.strip()) for each in expected.group(1).split("|")]
        return f"takes {' or '.join(kinds)}"
    return "takes another form"
