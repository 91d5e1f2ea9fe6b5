"""Canaries: words that are nowhere else in the world, one for each field of each person.

A canary reads `cnry-FIELD-` and at least 96 random bits, written in the letters of one script.
Several stand in one value, so that one name is planted in every script at once; then the field
is named in the first.
"""

from __future__ import annotations

import secrets
from enum import StrEnum

import msgspec

PREFIX = "cnry"
BITS = 96
ANYWHERE = "*"


class Script(StrEnum):
    """The letters in which the random part is written."""

    LATIN = "latin"
    CYRILLIC = "cyrillic"
    CJK = "cjk"
    EMOJI = "emoji"
    MIXED = "mixed case"
    DIGITS = "digits"
    ADDRESS = "e-mail address"
    BYTES = "bytes"


_LETTERS = {
    Script.LATIN: "abcdefghijklmnopqrstuvwxyz234567",
    # With й, which has a composed and a decomposed form.
    Script.CYRILLIC: "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    Script.CJK: "".join(map(chr, range(0x4E00, 0x4E00 + 4096))),
    Script.EMOJI: "".join(map(chr, range(0x1F400, 0x1F400 + 128))),
    # With letters that have an accent, and both cases.
    Script.MIXED: "ABCDEFGHKLMNPQRSabcdefghklmnpqrsÀÉÎÕÜÇÑŠàéîõüçñšĄĘŻŁąężłØÅÆøåæŐŰőű",
    Script.DIGITS: "0123456789",
}
EVERY_SCRIPT = (Script.LATIN, Script.CYRILLIC, Script.CJK, Script.EMOJI, Script.MIXED)


class Canary(msgspec.Struct, frozen=True):
    """One canary.

    `field` is `table.column` of the data map, `whose` the person it was planted for. `text` is
    what stands in the value; its random part begins at `tag`. `sample` is set instead of `text`
    where a file itself is what is searched for: some of its bytes. `open_in` names the stores in
    which it may stand in the clear by design, as an address in a letter that waits there;
    `ANYWHERE` is for what everybody may read.
    """

    field: str
    whose: str
    script: Script
    text: str = ""
    tag: int = 0
    sample: bytes = b""
    open_in: frozenset[str] = frozenset()


def random_text(script: Script, bits: int = BITS) -> str:
    """Returns at least `bits` random bits in the letters of a script."""
    letters = _LETTERS[script]
    made, chances = "", 1
    while chances < 1 << bits:
        made += secrets.choice(letters)
        chances *= len(letters)
    return made


def word(
    field: str, whose: str, script: Script = Script.LATIN, open_in: frozenset[str] = frozenset()
) -> Canary:
    """Returns a canary for a field that takes text."""
    head = f"{PREFIX}-{field}-"
    return Canary(field, whose, script, head + random_text(script), len(head), open_in=open_in)


def words(field: str, whose: str, open_in: frozenset[str] = frozenset()) -> list[Canary]:
    """Returns a canary in every script; planted together, with spaces between (`together`)."""
    first, *others = EVERY_SCRIPT
    head = f"{PREFIX}-"
    return [word(field, whose, first, open_in)] + [
        Canary(field, whose, script, head + random_text(script), len(head), open_in=open_in)
        for script in others
    ]


def together(canaries: list[Canary]) -> str:
    """Returns the value in which several canaries stand."""
    return " ".join(each.text for each in canaries)


def address(field: str, whose: str, open_in: frozenset[str] = frozenset()) -> Canary:
    """Returns an e-mail address whose domain has a letter that DNS spells otherwise."""
    head = f"{PREFIX}-{field}-"
    domain = f"prüf{random_text(Script.LATIN, 50)}.example"
    text = f"{head}{random_text(Script.LATIN)}@{domain}"
    return Canary(field, whose, Script.ADDRESS, text, len(head), open_in=open_in)


def phone(field: str, whose: str) -> Canary:
    """Returns a phone number of 29 random digits; a field's name has no place in it."""
    return Canary(field, whose, Script.DIGITS, f"+{random_text(Script.DIGITS)}", 1)


def sample_of(field: str, whose: str, file: bytes, open_in: frozenset[str] = frozenset()) -> Canary:
    """Returns 48 bytes from the middle of a file as the canary for it.

    Raises:
        ValueError: the file is too short to be told from others.
    """
    if len(file) < 256:
        raise ValueError("a file of less than 256 bytes is no canary")
    middle = len(file) // 2
    return Canary(field, whose, Script.BYTES, sample=file[middle : middle + 48], open_in=open_in)
