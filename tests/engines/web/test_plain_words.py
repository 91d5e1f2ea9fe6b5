"""What the validating library says, as people can read it."""

from __future__ import annotations

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


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ('{"name": "%s"}' % ("y" * 41), "name", "takes at most 40 characters"),
        ('{"name": ""}', "name", "takes at least 1 character"),
        ('{"name": 7}', "name", "takes text"),
        ('{"id": "no"}', "id", "takes a UUID"),
        ('{"role": "king"}', "role", "takes one of a fixed list of words"),
        ('{"inner": {}}', "inner.count", "is missing"),
        ('{"inner": {"count": 0}}', "inner.count", "takes a number of at least 1"),
        ('{"inner": 1}', "inner", "takes an object or null"),
        ('{"flag": "yes"}', "flag", "takes true or false"),
        ('{"extra": 1}', "extra", "is not known here"),
        ("[]", "body", "takes an object"),
    ],
)
def test_names_the_field_and_what_it_takes(body: str, field: str, message: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(body, type=Outer)
    error = field_error(str(caught.value))
    assert (error.field, error.message) == (field, message)
