"""The root epoch keys, in a file outside the database."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from chathaven.base.settings import SettingError
from chathaven.engines.vault.key_file import TooOpen, read_private, write_once


class _File(msgspec.Struct):
    format: str
    current: int
    epochs: dict[str, str]


FORMAT = "chathaven-keyring-1"


class CannotUnwrap(Exception):
    """A wrapped key does not open: its root is not here, or it was altered."""


class Keyring:
    """The roots that this installation holds. New keys are wrapped by the current one."""

    def __init__(self, path: Path, current: int, epochs: dict[int, bytes]) -> None:
        self.path = path
        self.current = current
        self._epochs = epochs

    @classmethod
    def open(cls, path: Path) -> Keyring:
        """Reads the keyring, or makes it (mode 0600) when there is none.

        Two processes that start together end with the same file.

        Raises:
            SettingError: the file cannot be made or read, others may read it, or it is damaged.
        """
        try:
            if not path.exists():
                _create(path)
            held = msgspec.json.decode(read_private(path), type=_File)
            epochs = {int(n): base64.b64decode(k) for n, k in held.epochs.items()}
        except TooOpen as error:
            raise SettingError(f"CHATHAVEN_KEYRING: {error}") from None
        except OSError as error:
            raise SettingError(
                f"CHATHAVEN_KEYRING: cannot make or read {path}: {error.strerror}."
            ) from None
        except (msgspec.MsgspecError, ValueError):
            raise SettingError(
                f"CHATHAVEN_KEYRING: {path} is not a keyring; it takes a file made by chathaven."
            ) from None
        if held.format != FORMAT or len(epochs.get(held.current, b"")) != 32:
            raise SettingError(
                f"CHATHAVEN_KEYRING: {path} is not a keyring of a known format ({FORMAT})."
            )
        return cls(path, held.current, epochs)

    def wrap(self, key: bytes, bound: bytes) -> tuple[int, bytes]:
        """Wraps a key with the current root. Returns the root's epoch and the wrapped key."""
        return self.current, wrap(self._epochs[self.current], key, bound)

    def unwrap(self, epoch: int, wrapped: bytes, bound: bytes) -> bytes:
        """Unwraps a key.

        Raises:
            CannotUnwrap: the root of that epoch is not held, or the bytes were altered.
        """
        root = self._epochs.get(epoch)
        if root is None:
            raise CannotUnwrap(f"The root of epoch {epoch} is not in the keyring.")
        return unwrap(root, wrapped, bound)


def _create(path: Path) -> None:
    made = _File(FORMAT, 1, {"1": base64.b64encode(os.urandom(32)).decode()})
    write_once(path, msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n")


def wrap(key: bytes, inner: bytes, bound: bytes) -> bytes:
    """Wraps a key with another: AES-256-GCM-SIV (RFC 8452), for a repeated nonce does no harm."""
    nonce = os.urandom(12)
    return nonce + AESGCMSIV(key).encrypt(nonce, inner, bound)


def unwrap(key: bytes, wrapped: bytes, bound: bytes) -> bytes:
    """Unwraps a key.

    Raises:
        CannotUnwrap: another key wrapped it, for another place, or it was altered.
    """
    try:
        return AESGCMSIV(key).decrypt(wrapped[:12], wrapped[12:], bound)
    except (InvalidTag, ValueError):
        raise CannotUnwrap("A wrapped key does not open.") from None
