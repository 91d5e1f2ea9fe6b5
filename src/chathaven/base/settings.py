"""What an installation may set, all of it by environment variables, read once at start.

`SETTINGS` is the list; the table in docs/self-hosting/settings.md is compared with it.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from chathaven.base import smtp
from chathaven.base.smtp import LOOPBACK_NAMES, Tls

Network = IPv4Network | IPv6Network
T = TypeVar("T")

_KEY_GRACE = 2
_BACKUP_DAYS = 35
_PASSWORD_MEMORY = 64
LOG_LEVELS = ("debug", "info", "warning", "error")


class SettingError(Exception):
    """A setting holds what it cannot take; the text is one line for the terminal.

    The text never repeats the value, for it may hold a password.
    """


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name and what it takes, in words."""

    name: str
    takes: str


SETTINGS = (
    Setting("CHATHAVEN_DATA", "a folder; it is made when it is missing"),
    Setting("CHATHAVEN_DATABASE_URL", "postgresql://user:password@host/database"),
    Setting("CHATHAVEN_DATABASE_OWNER_URL", "postgresql://owner:password@host/database"),
    Setting("CHATHAVEN_DATABASE_OS_USER", "the name of an existing, unprivileged user"),
    Setting("CHATHAVEN_REDIS_URL", "redis://host:6379/0, rediss://… or unix:///path"),
    Setting("CHATHAVEN_FILES_URL", "file:///folder, s3://bucket, gs://bucket or az://container"),
    Setting("CHATHAVEN_SMTP_URL", "smtp://user:password@host:587 or smtps://…:465"),
    Setting("CHATHAVEN_SMTP_TLS", "required, offered or none"),
    Setting("CHATHAVEN_PUBLIC_URL", "https://chat.example.com, without a path"),
    Setting(
        "CHATHAVEN_KEYRING",
        "a file outside the database's folder, or pkcs11:token=NAME?module-path=/path/to/module.so",
    ),
    Setting("CHATHAVEN_KEYRING_PIN_FILE", "a file that holds the PIN of the hardware module"),
    Setting("CHATHAVEN_KEY_GRACE", "whole ticks, which are days, from 0 to 30"),
    Setting("CHATHAVEN_BACKUP_DAYS", "whole days, from 1 to 90"),
    Setting("CHATHAVEN_PASSWORD_MEMORY", "whole MiB, from 19 to 1024"),
    Setting("CHATHAVEN_LOG", "debug, info, warning or error"),
    Setting("CHATHAVEN_RATE_LIMITS", "on, or off for benchmarks on a loopback address"),
    Setting("CHATHAVEN_METRICS", "addresses or networks with commas, as 10.0.0.0/8,192.0.2.7"),
    Setting("CHATHAVEN_PROXIES", "addresses or networks with commas, as 10.0.0.0/8,192.0.2.7"),
)
_TAKES = {setting.name: setting.takes for setting in SETTINGS}


@dataclass(frozen=True)
class Settings:
    """The settings of one installation, checked. Addresses with passwords stay out of repr.

    `database_url` is None for the embedded PostgreSQL, `smtp_url` None for mail written to
    DATA/outbox, `redis_url` None for a bus inside the process. The roots live in the file
    `keyring` unless `keyring_address` names another place. `key_grace` counts the ticks that a
    root outlives the next one. `backup_days` is how long a backup of this installation is kept.
    `password_memory` is what hashing one password takes, in MiB.
    """

    data: Path
    public_url: str
    keyring: Path
    keyring_address: str | None = field(default=None, repr=False)
    keyring_pin_file: Path | None = None
    key_grace: int = _KEY_GRACE
    backup_days: int = _BACKUP_DAYS
    password_memory: int = _PASSWORD_MEMORY
    database_url: str | None = field(default=None, repr=False)
    database_owner_url: str | None = field(default=None, repr=False)
    database_os_user: str | None = None
    redis_url: str | None = field(default=None, repr=False)
    files_url: str | None = field(default=None, repr=False)
    smtp_url: str | None = field(default=None, repr=False)
    smtp_tls: Tls = Tls.REQUIRED
    log: str = "info"
    rate_limits: bool = True
    metrics: tuple[Network, ...] = ()
    proxies: tuple[Network, ...] = ()

    @classmethod
    def from_env(
        cls,
        environ: Mapping[str, str],
        *,
        data: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 8000,
    ) -> Settings:
        """Reads the settings.

        `data`, when given, goes before CHATHAVEN_DATA. `host` and `port` make the public
        address when CHATHAVEN_PUBLIC_URL is not set. An empty variable counts as not set.

        Raises:
            SettingError: a value cannot be taken.
        """
        read = _Reader(environ)
        smtp_url = read("CHATHAVEN_SMTP_URL", _url("smtp", "smtps"))
        folder = _path(str(data)) if data else read("CHATHAVEN_DATA", _path) or _path("data")
        settings = cls(
            data=folder,
            public_url=read("CHATHAVEN_PUBLIC_URL", _public_url) or _own_address(host, port),
            keyring=read("CHATHAVEN_KEYRING", _file_alone) or folder / "keyring.json",
            keyring_address=read("CHATHAVEN_KEYRING", _address),
            keyring_pin_file=read("CHATHAVEN_KEYRING_PIN_FILE", _path),
            key_grace=_KEY_GRACE
            if (given := read("CHATHAVEN_KEY_GRACE", _grace)) is None
            else given,
            backup_days=read("CHATHAVEN_BACKUP_DAYS", _days) or _BACKUP_DAYS,
            password_memory=read("CHATHAVEN_PASSWORD_MEMORY", _password_memory) or _PASSWORD_MEMORY,
            database_url=read("CHATHAVEN_DATABASE_URL", _database),
            database_owner_url=read("CHATHAVEN_DATABASE_OWNER_URL", _database),
            database_os_user=read("CHATHAVEN_DATABASE_OS_USER", _user_name),
            redis_url=read("CHATHAVEN_REDIS_URL", _url("redis", "rediss", "unix")),
            files_url=read("CHATHAVEN_FILES_URL", _files),
            smtp_url=smtp_url,
            smtp_tls=read("CHATHAVEN_SMTP_TLS", Tls) or smtp.usual(smtp_url),
            log=read("CHATHAVEN_LOG", _level) or "info",
            rate_limits=read("CHATHAVEN_RATE_LIMITS", _switch) is not False,
            metrics=read("CHATHAVEN_METRICS", _networks) or (),
            proxies=read("CHATHAVEN_PROXIES", _networks) or (),
        )
        settings._check_together()
        return settings

    @property
    def is_loopback(self) -> bool:
        """True when nobody outside this machine is meant to come."""
        return urlsplit(self.public_url).hostname in LOOPBACK_NAMES

    def _check_together(self) -> None:
        if not self.rate_limits and not self.is_loopback:
            raise SettingError(
                "CHATHAVEN_RATE_LIMITS=off is refused while CHATHAVEN_PUBLIC_URL is not a "
                "loopback address: it takes on"
            )
        if self.database_owner_url and not self.database_url:
            raise SettingError(
                "CHATHAVEN_DATABASE_OWNER_URL needs CHATHAVEN_DATABASE_URL beside it, which takes "
                + _TAKES["CHATHAVEN_DATABASE_URL"]
            )
        if fault := smtp.why_not(self.smtp_url, self.smtp_tls):
            raise SettingError(f"CHATHAVEN_SMTP_TLS={self.smtp_tls}: {fault}; it takes required")
        inside = Path(os.path.normpath(self.data / "postgres"))
        if Path(os.path.normpath(self.keyring)).is_relative_to(inside):
            raise SettingError(f"CHATHAVEN_KEYRING takes {_TAKES['CHATHAVEN_KEYRING']}")


class _Reader:
    """Reads one variable after another, and names the one that cannot be taken."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def __call__(self, name: str, parse: Callable[[str], T | None]) -> T | None:
        text = self._environ.get(name, "").strip()
        if not text:
            return None
        try:
            return parse(text)
        except (ValueError, RuntimeError):
            # Without the cause: its text would repeat the value. The second is of a home (~name)
            # that is nobody's.
            raise SettingError(f"{name} takes {_TAKES[name]}") from None


def _own_address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def _split(text: str) -> SplitResult:
    parts = urlsplit(text)
    # Reading it is what checks it: urlsplit raises ValueError for a port that is none.
    _ = parts.port
    return parts


def _public_url(text: str) -> str:
    parts = _split(text)
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
        raise ValueError
    if parts.path not in ("", "/") or re.search(r"\s", text):
        raise ValueError
    return f"{parts.scheme}://{parts.netloc}"


def _database(text: str) -> str:
    parts = _split(text)
    if parts.scheme not in ("postgresql", "postgres") or len(parts.path) < 2:
        raise ValueError
    return text


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        parts = _split(text)
        if parts.scheme not in schemes or not (parts.hostname or parts.path):
            raise ValueError
        return text

    return parse


def _files(text: str) -> str:
    parts = _split(text)
    # What stands between file:// and the next slash is the name of a machine, and no folder.
    if parts.scheme == "file" and (parts.hostname or not parts.path.startswith("/")):
        raise ValueError
    return _url("file", "s3", "gs", "az")(text)


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _is_address(text: str) -> bool:
    return re.match(r"[a-z][a-z0-9]+:", text) is not None


def _file_alone(text: str) -> Path | None:
    return None if _is_address(text) else _path(text)


def _address(text: str) -> str | None:
    # What kinds there are is known where they are opened (engines.vault.roots).
    return text if _is_address(text) else None


def _grace(text: str) -> int:
    ticks = int(text)
    if not 0 <= ticks <= 30:
        raise ValueError
    return ticks


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 90:
        raise ValueError
    return days


def _password_memory(text: str) -> int:
    mebibytes = int(text)
    # Below 19 MiB a hash can be guessed too cheaply (OWASP, Password Storage Cheat Sheet).
    if not 19 <= mebibytes <= 1024:
        raise ValueError
    return mebibytes


def _user_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]{0,31}", text) or text == "root":
        raise ValueError
    return text


def _level(text: str) -> str:
    if text not in LOG_LEVELS:
        raise ValueError
    return text


def _switch(text: str) -> bool:
    if text not in ("on", "off"):
        raise ValueError
    return text == "on"


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(","))
