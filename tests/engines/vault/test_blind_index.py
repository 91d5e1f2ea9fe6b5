"""Blind indexes: spellings of one thing meet, and different things do not."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chathaven.engines.vault.blind_index import LENGTH, blind_index, normalise

KEY = os.urandom(32)
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
LOCAL = st.text(LETTERS + ".+-_äéłçñ", min_size=1, max_size=20)
LABEL = st.text(LETTERS + "äéłçñüß", min_size=1, max_size=12).filter(
    lambda label: not label.startswith("xn")
)
DOMAIN = st.lists(LABEL, min_size=2, max_size=4).map(".".join)


def index(value: str, kind: str = "email") -> bytes:
    return blind_index(KEY, kind, value)


@given(local=LOCAL, domain=DOMAIN, space=st.text(" \t\n", max_size=3))
def test_case_space_and_form_make_no_difference(local: str, domain: str, space: str) -> None:
    plain = f"{local}@{domain}"
    spelled = unicodedata.normalize("NFD", plain)
    # The capital of ß is written SS, which is another word; all else comes back in lower case.
    loud = "".join(c if c == "ß" else c.upper() for c in plain)
    assert index(plain) == index(space + plain + space) == index(spelled) == index(loud)


@given(local=LOCAL, domain=DOMAIN)
def test_a_domain_meets_its_ascii_form(local: str, domain: str) -> None:
    normal = normalise("email", f"{local}@{domain}")
    assert index(normal) == index(f"{local}@{domain}")
    assert normal.rpartition("@")[2].isascii()


@given(one=LOCAL, other=LOCAL, domain=DOMAIN)
def test_different_addresses_do_not_meet(one: str, other: str, domain: str) -> None:
    assume(one != other)
    assert index(f"{one}@{domain}") != index(f"{other}@{domain}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.b@example.com", "ab@example.com"),
        ("a+x@example.com", "a@example.com"),
        ("a@straße.de", "a@strasse.de"),
        ("a@example.com", "a@example.org"),
        ("a@example.com", "a@sub.example.com"),
    ],
)
def test_no_tricks_are_played_with_addresses(one: str, other: str) -> None:
    assert index(one) != index(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a@bücher.example", "a@xn--bcher-kva.example"),
        ("a@BÜCHER.example", "a@bücher.example"),
        ("a@bücher。example", "a@bücher.example"),
        (" A@Example.Com\n", "a@example.com"),
        ("not an address", "NOT an address "),
        ("a@under_score.example", "A@UNDER_score.example"),
        ("a@" + "x" * 70 + ".example", "A@" + "X" * 70 + ".example"),
    ],
)
def test_spellings_of_one_address_meet(one: str, other: str) -> None:
    assert index(one) == index(other)


def test_phone_numbers_are_their_digits() -> None:
    assert index("+49 (89) 123-45", "phone") == index("+498912345", "phone")
    assert index("٠٨٩ ١٢٣", "phone") == index("089123", "phone")
    assert index("+089123", "phone") != index("089123", "phone")
    assert index("089123²", "phone") == index("089123", "phone")


def test_kinds_and_keys_are_apart() -> None:
    assert index("123", "email") != index("123", "phone")
    assert blind_index(os.urandom(32), "email", "a@b.example") != index("a@b.example")
    assert len(index("a@b.example")) == LENGTH == 16


@given(value=st.text())
def test_any_text_has_an_index_and_normalising_is_final(value: str) -> None:
    once = normalise("email", value)
    assert normalise("email", once) == once
    assert len(index(value)) == LENGTH
