"""Why a field is not taken, from the words of the validating library."""

from __future__ import annotations

import re

from chathaven.base.errors import FieldError
from chathaven.base.reasons import Reason

_WHERE = re.compile(r" - at `(?:key` in `)?\$\.?([^`]*)`$")
_MISSING = re.compile(r"missing required field `([^`]+)`")
_UNKNOWN = re.compile(r"contains unknown field `([^`]+)`")
_LENGTH = re.compile(r"`(str|array|object)` of length (<=|>=) (\d+)")
_BOUND = re.compile(r"`(int|float)` (<=|>=) (-?[\d.]+)")
_TYPE = re.compile(r"Expected `([^`]+)`")

_TYPES = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "datetime": "time",
}
"""The types by the names that JSON Schema has for them."""
_BOUNDED = {
    "str": (Reason.TOO_LONG, Reason.TOO_SHORT),
    "array": (Reason.TOO_MANY, Reason.TOO_FEW),
    "object": (Reason.TOO_MANY, Reason.TOO_FEW),
    "int": (Reason.TOO_HIGH, Reason.TOO_LOW),
    "float": (Reason.TOO_HIGH, Reason.TOO_LOW),
}
"""What it is to lie beyond a bound: above it, below it."""
_BEGINNINGS = {
    "Invalid enum value": Reason.NOT_LISTED,
    "Invalid UUID": Reason.UUID,
    "Invalid RFC3339": Reason.TIME,
}


def field_error(text: str) -> FieldError:
    """Returns which field it is about and why it is not taken; never the value that was sent."""
    where = _WHERE.search(text)
    path = where.group(1) if where else ""
    said = text[: where.start()] if where else text
    for pattern, reason in ((_MISSING, Reason.MISSING), (_UNKNOWN, Reason.NOT_KNOWN)):
        named = pattern.search(said)
        if named:
            return FieldError(f"{path}.{named.group(1)}" if path else named.group(1), reason)
    return error_of(path or "body", said)


def error_of(field: str, said: str) -> FieldError:
    """Returns why a field is not taken, from what the validator said of it."""
    for begin, reason in _BEGINNINGS.items():
        if said.startswith(begin):
            return FieldError(field, reason)
    if bound := _LENGTH.search(said) or _BOUND.search(said):
        kind, sign, number = bound.groups()
        most, least = _BOUNDED[kind]
        limit = int(number) if number.lstrip("-").isdecimal() else float(number)
        if sign == "<=":
            return FieldError(field, most, {"max": limit})
        return FieldError(field, least, {"min": limit})
    # A pattern is told as an expected text as well, and is no wrong type.
    if (expected := _TYPE.search(said)) and "regex" not in said:
        types = [each.strip() for each in expected.group(1).split("|")]
        named = [_TYPES.get(each, each) for each in types]
        return FieldError(field, Reason.WRONG_TYPE, {"expected": named})
    return FieldError(field, Reason.FORM)
