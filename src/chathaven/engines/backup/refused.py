"""What a backup or a restore cannot do."""

from __future__ import annotations


class BackupError(Exception):
    """It stops here; the text is one line that says why and what to do."""
