"""As whom the embedded server runs, and which folders that account may enter.

PostgreSQL refuses root. Started by root, we use an unprivileged account that exists, and
change the permissions of nothing that we did not make.
"""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path


class EmbeddedError(Exception):
    """The embedded database cannot start; the text is one line that says what to do."""


@dataclass(frozen=True)
class Account:
    """An account of the operating system; `drops` when we are root and it is another."""

    name: str
    uid: int
    gid: int
    drops: bool

    @classmethod
    def choose(cls, os_user: str | None) -> Account:
        """Returns the account to run as: ourselves, or, as root, `os_user` or nobody.

        Raises:
            EmbeddedError: there is no such account, or it is root.
        """
        if os.geteuid() != 0:
            return cls("", os.geteuid(), os.getegid(), drops=False)
        name = os_user or "nobody"
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            raise EmbeddedError(
                f"There is no account {name} on this machine to run the database as: name an "
                "existing one in CHATHAVEN_DATABASE_OS_USER"
            ) from None
        if entry.pw_uid == 0:
            raise EmbeddedError(
                "PostgreSQL does not run as root: name another account in "
                "CHATHAVEN_DATABASE_OS_USER"
            )
        return cls(name, entry.pw_uid, entry.pw_gid, drops=True)

    def barrier(self, path: Path) -> Path | None:
        """Returns the first folder on the way to `path`, itself included, that is closed to us.

        Only the permission bits are looked at; None when nothing is in the way.
        """
        real = path.resolve()
        ways = [*reversed(real.parents), real]
        return next((folder for folder in ways if not self.enters(folder)), None)

    def enters(self, folder: Path) -> bool:
        """True when the folder's own permissions let the account pass."""
        if not self.drops:
            return True
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)

    def give(self, path: Path) -> None:
        """Gives a file or folder that we have just made to the account."""
        if self.drops:
            os.chown(path, self.uid, self.gid)

    def closed(self, folder: Path, what: str, advice: str) -> EmbeddedError:
        """Returns the error that names the folder in the way, and why."""
        status = folder.stat()
        owner = _owner(status.st_uid)
        mode = stat.S_IMODE(status.st_mode)
        return EmbeddedError(
            f"The account {self.name}, as which the database runs, may not enter {folder} "
            f"(owner {owner}, mode {mode:04o}), where {what}: {advice}"
        )


def _owner(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
