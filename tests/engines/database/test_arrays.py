"""Arrays as text are read by PostgreSQL as what they were made of."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest

from chathaven.base.ids import new_id
from chathaven.engines.database.arrays import byte_strings, numbers, uuids, words
from chathaven.engines.database.urls import DatabaseUrls


def read(urls: DatabaseUrls, array: str, kind: str) -> object:
    with psycopg.connect(urls.app) as connection:
        row = connection.execute(f"SELECT %s::{kind}[]", (array,)).fetchone()
        assert row is not None
        return row[0]


def test_uuids_with_gaps(urls: DatabaseUrls) -> None:
    ids: list[UUID | None] = [new_id(), None, UUID(int=0), new_id()]
    assert read(urls, uuids(ids), "uuid") == ids


def test_numbers_to_both_ends(urls: DatabaseUrls) -> None:
    found = [0, -1, 2**63 - 1, -(2**63)]
    assert read(urls, numbers(found), "bigint") == found


def test_bytes_of_every_value_and_none(urls: DatabaseUrls) -> None:
    found = [b"", bytes(range(256)), b'"\\{},', b"NULL"]
    assert read(urls, byte_strings(found), "bytea") == found


def test_words(urls: DatabaseUrls) -> None:
    found = ["visitor-message", "operator", "open"]
    assert read(urls, words(found), "text") == found


@pytest.mark.parametrize("make", [uuids, numbers, words, byte_strings])
def test_nothing_is_an_empty_array(urls: DatabaseUrls, make: object) -> None:
    assert callable(make)
    assert make([]) == "{}"


@pytest.mark.parametrize("text", ["a,b", "a b", "", 'x"', "a\\b", "null}", "{", "NULL"])
def test_a_text_that_is_no_word_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="letters"):
        words(["visitor", text])
