"""Bodies that are no JSON, and values that no field takes, or few."""

from __future__ import annotations

from typing import Any

WRONG_BYTES = {
    "nothing": b"",
    "half": b'{"name": "a',
    "two": b"{} {}",
    "utf-16": '{"name": "a"}'.encode("utf-16"),
    "latin-1": '{"name": "é", "text": "é"}'.encode("latin-1"),
    "broken utf-8": b'{"name": "\xff\xfe", "text": "\xc3"}',
    "surrogate, raw": b'{"name": "\xed\xa0\x80", "text": "\xed\xa0\x80"}',
    "surrogate, escaped": b'{"name": "\\ud800", "text": "\\udfff", "email": "\\ud800@x.example"}',
    "nul, raw": b'{"name": "a\x00b", "text": "a\x00b"}',
    "nul, escaped": b'{"name": "a\\u0000b", "text": "a\\u0000b"}',
    "nul in a key": b'{"a\\u0000": 1}',
    "deep": b"[" * 30_000,
    "deep object": b'{"a":' * 10_000,
    "not a number": b"NaN",
    "list": b"[]",
    "null": b"null",
    "text": b'"text"',
    "huge number": b'{"seq": ' + b"9" * 5_000 + b"}",
    "infinite": b'{"seq": 1e999999, "text": 1e999999}',
}
WRONG_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**63,
    10**30,
    1.5,
    "",
    " \n\t\u2003",
    "x" * 30_000,
    "\u202e\u200b",
    [],
    {},
    [[]],
    {"a": {"a": {}}},
    ["x"] * 1_000,
    "'; DROP TABLE accounts; --",
    "x\r\nset-cookie: a=b",
)
