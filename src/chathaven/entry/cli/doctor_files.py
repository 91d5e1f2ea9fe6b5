"""What `doctor` looks at in the store of files, without writing there."""

from __future__ import annotations

import os
import stat
from urllib.parse import urlsplit

from chathaven.base.settings import SettingError, Settings
from chathaven.engines.files.objects import Away, Objects, folder_of
from chathaven.entry.cli.finding import Finding

_NAME = "Files"


def files(settings: Settings) -> Finding:
    """Where files of chats are kept, and whether it can be reached."""
    folder = folder_of(settings)
    if folder is None:
        return _bucket(settings)
    if not folder.is_dir():
        return Finding(True, _NAME, f"{folder} is made at the next start")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        advice = "The server's user has to own it: see ls -ld, then chown"
        return Finding(False, _NAME, f"{folder} cannot be written", advice)
    mode = stat.S_IMODE(folder.stat().st_mode)
    return Finding(
        not mode & 0o077,
        _NAME,
        f"{folder} (mode {mode:04o}); what is in it is encrypted",
        f"Others on this machine may see how many there are: chmod 700 {folder}",
    )


def _bucket(settings: Settings) -> Finding:
    # The address without what may be a password in it.
    parts = urlsplit(str(settings.files_url))
    shown = f"{parts.scheme}://{parts.hostname}{parts.path}"
    advice = "Look at the address, the network and the credentials in the environment"
    try:
        next(Objects.open(settings).names(), None)
    except (Away, SettingError):
        return Finding(False, _NAME, f"{shown} does not answer", advice)
    return Finding(True, _NAME, f"{shown} answers; what is in it is encrypted")
