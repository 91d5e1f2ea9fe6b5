"""What the validating library says, as people can read it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
import pytest
from msgspec import Meta

from chathaven.base.actor import Role
from chathaven.engines.web.plain_words import field_error


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    count: Annotated[int, Meta(ge=1, le=9)]


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    id: UUID | None = None
    name: Annotated[str, Meta(min_length=1, max_length=40)] = "x"
    role: Role = Role.OPERATOR
    inner: Inner | None = None
    texts: dict[str, str] = {}
    flag: bool = False
    at: datetime | None = None
    many: Annotated[list[str], Meta(max_length=2)] = []
    word: Annotated[str, Meta(pattern="^[a-z]+$")] = "x"


@pytest.mark.parametrize(
    ("body", "field", "reason", "params", "message"),
    [
        (
            '{"name": "%s"}' % ("y" * 41),
            "name",
            "too_long",
            {"max": 40},
            "takes at most 40 characters",
        ),
        ('{"name": ""}', "name", "too_short", {"min": 1}, "takes at least 1 character"),
        ('{"name": 7}', "name", "wrong_type", {"expected": ["string"]}, "takes text"),
        ('{"id": "no"}', "id", "uuid", {}, "takes an identifier (UUID)"),
        ('{"role": "king"}', "role", "not_listed", {}, "takes one of a fixed list of words"),
        ('{"at": "soon"}', "at", "time", {}, "takes a time such as 2026-11-23T14:00:00Z"),
        ('{"many": ["a", "b", "c"]}', "many", "too_many", {"max": 2}, "takes at most 2 entries"),
        ('{"many": [7]}', "many[0]", "wrong_type", {"expected": ["string"]}, "takes text"),
        ('{"word": "A"}', "word", "form", {}, "takes another form"),
        ('{"inner": {}}', "inner.count", "missing", {}, "is missing"),
        (
            '{"inner": {"count": 0}}',
            "inner.count",
            "too_low",
            {"min": 1},
            "takes a number of at least 1",
        ),
        (
            '{"inner": {"count": 10}}',
            "inner.count",
            "too_high",
            {"max": 9},
            "takes a number of at most 9",
        ),
        (
            '{"inner": 1}',
            "inner",
            "wrong_type",
            {"expected": ["object", "null"]},
            "takes an object or null",
        ),
        (
            '{"flag": "yes"}',
            "flag",
            "wrong_type",
            {"expected": ["boolean"]},
            "takes true or false",
        ),
        ('{"extra": 1}', "extra", "not_known", {}, "is not known here"),
        ("[]", "body", "wrong_type", {"expected": ["object"]}, "takes an object"),
    ],
)
def test_names_the_field_and_why_it_is_not_taken(
    body: str, field: str, reason: str, params: dict[str, object], message: str
) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(body, type=Outer)
    error = field_error(str(caught.value))
    assert error.shown() == {
        "field": field,
        "message": message,
        "reason": reason,
        "params": params,
    }
