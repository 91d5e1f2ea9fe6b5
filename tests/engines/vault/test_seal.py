"""Sealing: what was sealed for one place opens there, and nowhere else."""

from __future__ import annotations

import os
from typing import NamedTuple
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathaven.base.ids import new_id
from chathaven.engines.vault.seal import CannotOpen, Key, place

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


class Place(NamedTuple):
    account_id: UUID
    person_id: UUID
    table: str
    column: str
    row: str

    def bound(self) -> bytes:
        return place(*self)


HERE = Place(new_id(), new_id(), "events", "params", "row-1")
KEY = Key(os.urandom(32), 1, HERE.person_id)


@given(value=JSON)
def test_what_was_sealed_opens_to_the_same_value(value: object) -> None:
    assert KEY.open(KEY.seal(value, HERE.bound()), HERE.bound()) == value


@given(text=st.text(min_size=8))
def test_the_sealed_bytes_do_not_show_the_text(text: str) -> None:
    assert text.encode() not in KEY.seal(text, HERE.bound())


def test_the_same_value_is_never_sealed_to_the_same_bytes() -> None:
    assert len({KEY.seal("hello", HERE.bound()) for _ in range(100)}) == 100


def test_every_flipped_bit_is_noticed() -> None:
    sealed = KEY.seal({"text": "hello"}, HERE.bound())
    for bit in range(len(sealed) * 8):
        altered = bytearray(sealed)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CannotOpen):
            KEY.open(bytes(altered), HERE.bound())


def test_every_shortened_value_is_noticed() -> None:
    sealed = KEY.seal({"text": "hello"}, HERE.bound())
    for length in range(len(sealed)):
        with pytest.raises(CannotOpen):
            KEY.open(sealed[:length], HERE.bound())


@pytest.mark.parametrize(
    "elsewhere",
    [
        HERE._replace(account_id=new_id()),
        HERE._replace(person_id=new_id()),
        HERE._replace(table="visitors"),
        HERE._replace(column="text"),
        HERE._replace(row="row-2"),
        HERE._replace(table="events|params", column=""),
    ],
    ids=["account", "person", "table", "column", "row", "shifted border"],
)
def test_a_value_that_was_moved_does_not_open(elsewhere: Place) -> None:
    sealed = KEY.seal("hello", HERE.bound())
    with pytest.raises(CannotOpen):
        KEY.open(sealed, elsewhere.bound())


def test_another_key_does_not_open_it() -> None:
    sealed = KEY.seal("hello", HERE.bound())
    with pytest.raises(CannotOpen):
        Key(os.urandom(32), 1, HERE.person_id).open(sealed, HERE.bound())


def test_another_version_of_the_key_does_not_open_it() -> None:
    sealed = KEY.seal("hello", HERE.bound())
    with pytest.raises(CannotOpen, match="version"):
        Key(KEY.raw, 2, HERE.person_id).open(sealed, HERE.bound())


def test_the_error_says_nothing_of_the_value() -> None:
    sealed = KEY.seal("a secret text", HERE.bound())
    with pytest.raises(CannotOpen) as caught:
        KEY.open(sealed, HERE._replace(row="row-2").bound())
    assert "secret" not in str(caught.value)
