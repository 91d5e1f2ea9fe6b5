"""Arrays as PostgreSQL reads them in text, for statements that write many rows at once.

The driver builds an array element by element in Python. Where a batch has hundreds of rows, a
join is several times faster. Only types whose text needs no quoting are here.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID


def uuids(values: Iterable[UUID | None]) -> str:
    """Returns a `uuid[]`."""
    return f"{{{','.join(['NULL' if value is None else value.hex for value in values])}}}"


def numbers(values: Iterable[int]) -> str:
    """Returns a `bigint[]`."""
    return f"{{{','.join(map(str, values))}}}"


def words(values: Iterable[str]) -> str:
    """Returns a `text[]` of words from closed lists.

    Raises:
        ValueError: a value has other characters than letters and hyphens, or is `null`.
    """
    found = list(values)
    # Never a text from outside: that would need quoting.
    for value in set(found):
        if not value.replace("-", "").isalpha() or value.lower() == "null":
            raise ValueError("words takes letters and hyphens alone, and no null")
    return f"{{{','.join(found)}}}"


def byte_strings(values: Iterable[bytes]) -> str:
    """Returns a `bytea[]`."""
    found = [f'"\\\\x{value.hex()}"' for value in values]
    return f"{{{','.join(found)}}}"
