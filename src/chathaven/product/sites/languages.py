"""The widget's languages."""

from __future__ import annotations

from chathaven.base.languages import DEFAULT, LANGUAGES, choose, direction

__all__ = ["DEFAULT", "LANGUAGES", "choose", "direction"]
