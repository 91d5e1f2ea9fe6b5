"""Fields that many bodies have: their limits, and the form in which they are kept."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Annotated

from msgspec import Meta

from chathaven.base.errors import Invalid
from chathaven.base.reasons import Reason

NAME_LENGTH = 200

NameText = Annotated[str, Meta(min_length=1, max_length=NAME_LENGTH)]
"""A name as it was sent; `one_line` makes it what is kept."""
EmailText = Annotated[str, Meta(min_length=3, max_length=254)]
"""An e-mail address as it was sent (RFC 5321 takes 254); `email_address` checks it."""
NewPassword = Annotated[str, Meta(min_length=12, max_length=128)]
GivenPassword = Annotated[str, Meta(max_length=128)]
"""A password to compare: whatever its length, a wrong one is only wrong."""

# What has a meaning of its own in a letter's headers is not taken, however rare and valid.
_EMAIL = re.compile(
    r'[^\s@<>()\[\],;:\\"]{1,64}@(?=.{1,253}\Z)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]*\Z'
)


_INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def is_blank(text: str) -> bool:
    """Whether nothing in a text can be seen: spaces, controls, marks of direction and width."""
    return all(unicodedata.category(char) in _INVISIBLE for char in text)


def one_line(field: str, text: str) -> str:
    """Returns a name without the space around it.

    Raises:
        Invalid: it is blank, or holds line breaks or other control characters.
    """
    text = unicodedata.normalize("NFC", text.strip())
    if is_blank(text):
        raise Invalid.field(field, Reason.BLANK)
    if any(unicodedata.category(char) in {"Cc", "Zl", "Zp", "Cs"} for char in text):
        raise Invalid.field(field, Reason.ONE_LINE)
    return text


def email_address(field: str, text: str) -> str:
    """Returns an e-mail address without the space around it.

    Raises:
        Invalid: it cannot be one.
    """
    text = unicodedata.normalize("NFC", text.strip())
    if not _EMAIL.match(text) or ".." in text or not text.isprintable():
        raise Invalid.field(field, Reason.EMAIL)
    return text


_YEARS = range(1970, 9999)
"""Before and behind them a time with a zone may have no year that can be read back."""


def with_zone(field: str, moment: datetime) -> datetime:
    """Returns a time that somebody gave.

    Raises:
        Invalid: it has no zone, or is of no time that anybody means.
    """
    if moment.tzinfo is None or moment.year not in _YEARS:
        raise Invalid.field(field, Reason.TIME_WITH_ZONE)
    return moment
