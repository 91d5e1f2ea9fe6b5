"""Public keys that somebody gave on the line, to check with instead of the installation's own."""

from __future__ import annotations

from pathlib import Path

from chathaven.engines.vault.signing import Checker
from chathaven.entry.cli.refusal import Refusal


def given_keys(key: str) -> Checker:
    """Returns what checks with a public key, or with a file that holds keys.

    Raises:
        Refusal: it is neither.
    """
    try:
        path = Path(key)
        text = path.read_text("utf-8") if path.is_file() else key
        return Checker.of(text)
    except (OSError, ValueError):
        raise Refusal(
            "--key takes a public key, or a file with keys as /.well-known/chathaven-keys.json"
        ) from None
