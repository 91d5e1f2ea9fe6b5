"""Names of files: as they are read, and nothing else."""

from __future__ import annotations

import pytest

from chathaven.base.errors import Invalid
from chathaven.engines.files.kinds import extension_of
from chathaven.engines.files.names import MAX_LENGTH, shown_name, with_extension


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("photo.png", "photo.png"),
        ("  photo.png \n", "photo.png"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\ada\\photo.png", "photo.png"),
        ("/photo.png", "photo.png"),
        ("a\0b.png", "ab.png"),
        ("a\r\nSet-Cookie: x=y.png", "aSet-Cookie: x=y.png"),
        ("gnp.\u202eexe", "gnp.exe"),
        ("a\u2066b\u2069\u200b.png", "ab.png"),
        ("\ufeffa.png", "a.png"),
        ("e\u0301.png", "é.png"),
        ("世界 👩.png", "世界 👩.png"),
        ("صورة.png", "صورة.png"),
        ("\ud800a.png", "a.png"),
        ("..png", "..png"),
    ],
)
def test_shown(given: str, shown: str) -> None:
    assert shown_name(given) == shown


@pytest.mark.parametrize("given", ["", " ", "..", "/", "a/", "\0", "\u202e", "C:\\"])
def test_nothing_is_left(given: str) -> None:
    with pytest.raises(Invalid, match="name"):
        shown_name(given)


def test_a_long_name_is_refused_with_its_limit() -> None:
    assert len(shown_name("x" * (MAX_LENGTH - 4) + ".png")) == MAX_LENGTH
    with pytest.raises(Invalid, match="at most 200 characters"):
        shown_name("x" * 10_000 + ".png")


def test_the_end_is_judged_as_it_is_read() -> None:
    assert extension_of(shown_name("harmless\u202egnp.exe")) == ".exe"


def test_the_end_follows_what_it_is() -> None:
    assert with_extension("a.jpg", (".webp",)) == "a.webp"
    assert with_extension("a.b.JPEG", (".jpg", ".jpeg")) == "a.b.JPEG"
