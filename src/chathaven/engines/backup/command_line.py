"""A database's address for PostgreSQL's programs, without its secrets on the command line.

The command line of a process is everybody's to read; its environment and a file of mode 0600 are
its user's alone.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from chathaven.engines.backup.refused import BackupError

WITHOUT_A_VARIABLE = ("sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key")
"""Secrets of an address that libpq takes from the address or a service file, and nowhere else."""
_SERVICE = "chathaven"


@contextmanager
def public_part(dsn: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Gives an address that everybody may read, and what the environment has to hold beside it.

    Raises:
        BackupError: the address names a service of its own and has secrets beside it, or one that
            a service file cannot hold.
    """
    parts = {key: str(value) for key, value in conninfo_to_dict(dsn).items()}
    password = parts.pop("password", "")
    environment = {"PGPASSWORD": password} if password else {}
    held = {name: parts.pop(name) for name in WITHOUT_A_VARIABLE if parts.get(name)}
    if not held:
        yield make_conninfo("", **parts), environment
        return
    if "service" in parts:
        raise BackupError(
            f"The database's address names a service: put {', '.join(held)} into the file of services"
        )
    with tempfile.TemporaryDirectory(prefix="chathaven-") as folder:
        file = Path(folder) / "service"
        _write(file, held)
        environment["PGSERVICEFILE"] = str(file)
        yield make_conninfo("", **parts, service=_SERVICE), environment


def _write(file: Path, held: dict[str, str]) -> None:
    for name, value in held.items():
        # Each is the rest of a line, without the space around it.
        if value != value.strip() or not value.isprintable():
            raise BackupError(
                f"{name} in the database's address begins or ends with a space, or has a line"
            )
    text = "".join([f"[{_SERVICE}]\n", *(f"{name}={value}\n" for name, value in held.items())])
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as written:
        written.write(text)
