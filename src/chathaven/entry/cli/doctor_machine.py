"""What `doctor` looks at outside the database."""

from __future__ import annotations

import platform
import shutil
import stat
import sys

from chathaven.base.settings import SettingError, Settings
from chathaven.engines.vault import signing as signing_key
from chathaven.entry.cli.finding import Finding
from chathaven.product.legal.installation import read

_LEAST_DISK = 1 << 30
_PATIENCE = 3.0


def python() -> Finding:
    """The Python that runs us."""
    version = f"{platform.python_implementation()} {platform.python_version()}"
    return Finding(sys.version_info >= (3, 11), "Python", version, "Install Python 3.11 to 3.14")


def data(settings: Settings) -> Finding:
    """The data folder, and who may enter it."""
    folder = settings.data
    if not folder.is_dir():
        advice = "Start chathaven serve once, or name another folder with --data"
        return Finding(False, "Data", f"{folder} does not exist", advice)
    mode = stat.S_IMODE(folder.stat().st_mode)
    return Finding(
        not mode & 0o077,
        "Data",
        f"{folder} (mode {mode:04o})",
        f"Others on this machine may look into it: chmod 700 {folder}",
    )


def signing(settings: Settings) -> Finding:
    """The key that signs certificates and agreements."""
    path = settings.data / signing_key.FILE_NAME
    if not path.is_file():
        return Finding(True, "Signing", f"{path} is made at the next start")
    try:
        key_id = signing_key.Signing.open(path).key_id
    except SettingError as error:
        return Finding(False, "Signing", str(error), "Bring it back from your copy, or chmod 600")
    return Finding(True, "Signing", f"{path} signs as {key_id}; keep a copy of it elsewhere")


def installation(settings: Settings) -> Finding:
    """Who runs it, as its file says."""
    try:
        here = read(settings.data)
    except SettingError as error:
        return Finding(False, "Operator", str(error), "docs/self-hosting/legal.md has an example")
    whom = "for other companies" if here.hosting == "others" else "for the company that uses it"
    return Finding(True, "Operator", f"{here.company or 'not named'}; run {whom}")


def disk(settings: Settings) -> Finding:
    """The room that is left where the data is."""
    folder = settings.data
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    free = usage.free / usage.total
    return Finding(
        usage.free >= _LEAST_DISK,
        "Disk",
        f"{usage.free / 1e9:.1f} GB free ({free:.0%})",
        "A full disk stops the database: make room",
    )


def redis(url: str) -> Finding:
    """The bus between processes."""
    import redis as client

    try:
        with client.Redis.from_url(
            url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE
        ) as connection:
            connection.ping()
    except (client.RedisError, OSError, ValueError):
        # Without the cause: its text may repeat the address with the password.
        return Finding(False, "Redis", "does not answer", "Look at CHATHAVEN_REDIS_URL")
    return Finding(True, "Redis", "answers")


def public_address(settings: Settings) -> Finding:
    """Whether people outside come by an encrypted address."""
    secure = settings.is_loopback or settings.public_url.startswith("https://")
    return Finding(
        secure,
        "Address",
        settings.public_url,
        "Outside this machine Chathaven needs https: set CHATHAVEN_PUBLIC_URL",
    )
