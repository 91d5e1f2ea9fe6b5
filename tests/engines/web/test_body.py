"""Bodies: read strictly, with errors that name the field and never what it held."""

from __future__ import annotations

import json
from contextlib import suppress
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar, post
from litestar.testing import TestClient

from chathaven.base.errors import Fault, Invalid, Malformed
from chathaven.engines.web.body import Body, decode
from chathaven.engines.web.problems import on_crash, on_fault

CANARY = "Canarina"


class Kind(StrEnum):
    ONE = "one"


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    number: int


class Sent(msgspec.Struct, forbid_unknown_fields=True):
    id: UUID
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    inner: Inner | None = None
    kind: Kind = Kind.ONE
    anything: Any = None


GOOD: dict[str, Any] = {"id": str(UUID(int=1)), "text": "hello"}


def body(**changed: Any) -> bytes:
    return json.dumps(GOOD | changed).encode()


def test_what_fits_is_taken() -> None:
    sent = decode(body(inner={"number": 3}), Sent)
    assert sent == Sent(UUID(int=1), "hello", Inner(3))


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (b'{"text": "hello"}', "id"),
        (body(id=CANARY), "id"),
        (body(text=7), "text"),
        (body(text=""), "text"),
        (body(text=CANARY * 10), "text"),
        (body(inner={"number": CANARY}), "inner.number"),
        (body(inner={}), "inner.number"),
        (body(inner={"number": 1, "other": CANARY}), "inner.other"),
        (body(kind=CANARY), "kind"),
        (body(unheard_of=CANARY), "unheard_of"),
        (b"[]", "body"),
        (b'"Canarina"', "body"),
        (body(text=f"{CANARY}\0"), "body"),
        (body(anything={"deep": ["\0"]}), "body"),
        (body(**{"anything\0": 1}), "body"),
    ],
)
def test_the_error_names_the_field_and_not_the_value(sent: bytes, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        decode(sent, Sent)
    assert [error.field for error in caught.value.errors] == [field]
    assert CANARY not in repr((caught.value.detail, caught.value.errors))
    assert "$" not in repr((caught.value.detail, caught.value.errors))


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"{",
        b"nothing",
        b"\xff\xfe{\x00}\x00",
        b'{"text": "\xff"}',
        b'{"text": "\xed\xa0\x80"}',
        rb'{"text": "\ud800"}',
        b'{"text": "\x00"}',
        b'{"text": "line\nbreak"}',
        b'{"id": 1} trailing',
        b"\xef\xbb\xbf{}",
        b'{"anything": ' + b"[" * 100_000,
        b'{"anything": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        b'{"anything": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001,
    ],
    ids=range(14),
)
def test_what_is_not_json_is_malformed(sent: bytes) -> None:
    with pytest.raises((Malformed, Invalid)):
        decode(sent, Sent)


def test_a_backslash_before_a_u_is_no_nul() -> None:
    assert decode(rb'{"id": "00000000-0000-0000-0000-000000000001", "text": "\\u0000"}', Sent)


@given(text=st.text(min_size=1, max_size=20).filter(lambda text: "\0" not in text))
def test_every_text_without_nul_is_taken_as_it_is(text: str) -> None:
    assert decode(body(text=text), Sent).text == text
    assert decode(json.dumps(GOOD | {"text": text}, ensure_ascii=False).encode(), Sent).text == text


@given(text=st.text(max_size=9), rest=st.text(max_size=9))
def test_every_text_with_nul_is_refused(text: str, rest: str) -> None:
    with pytest.raises((Invalid, Malformed)):
        decode(body(text=f"{text}\0{rest}"), Sent)


@given(sent=st.binary(max_size=200))
def test_no_bytes_break_it(sent: bytes) -> None:
    with suppress(Malformed, Invalid):
        assert isinstance(decode(sent, Sent), Sent)


@post("/", dto=Body[Sent], return_dto=None)
async def take(data: Sent) -> dict[str, str]:
    return {"text": data.text}


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 201),
        ("Application/JSON; charset=utf-8", 201),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/json-patch+json", 415),
        ("text/plain; application/json", 415),
        ("", 415),
    ],
)
def test_only_json_that_says_so_is_taken(kind: str, status: int) -> None:
    app = Litestar([take], exception_handlers={Fault: on_fault, Exception: on_crash})
    with TestClient(app) as client:
        answer = client.post("/", content=body(), headers={"content-type": kind})
    assert answer.status_code == status
    if status == 415:
        assert answer.json()["code"] == "unsupported_media"
