"""Cells of tables that are given out, in which a program for tables finds no formula."""

from __future__ import annotations

_BEGINS_A_FORMULA = frozenset("=+-@\t\r\n\0＝＋－＠")


def harmless(cell: str) -> str:
    """Returns a cell that a spreadsheet takes for text: with an apostrophe where it would not."""
    first = cell.lstrip(" \N{NO-BREAK SPACE}")[:1] or cell[:1]
    return f"'{cell}" if first in _BEGINS_A_FORMULA else cell
