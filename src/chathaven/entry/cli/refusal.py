"""What a command cannot do, in one line for the person at the terminal."""

from __future__ import annotations


class Refusal(Exception):
    """The command stops here; the text is one line that says why and what to do."""
