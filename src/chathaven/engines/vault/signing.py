"""The installation's signature: Ed25519 (RFC 8032) over documents and files.

The private key lies in DATA/signing.json (mode 0600), apart from the keyring: whoever may sign
may not open, and the other way round. Whoever has a document and the public key can check it
without us, and after we are gone.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chathaven.base.clock import now
from chathaven.base.settings import SettingError
from chathaven.engines.vault.canonical import NotCanonical, canonical
from chathaven.engines.vault.key_file import TooOpen, read_private, write_once

FORMAT = "chathaven-signing-1"
ALGORITHM = "Ed25519"
FILE_NAME = "signing.json"
_DOCUMENT = b"chathaven-document-1\0"
_FILE = b"chathaven-file-1\0"
"""Said before what is signed, so that no signature of one kind passes as one of the other."""


class NotGenuine(Exception):
    """A signature does not hold; the text says why in one sentence."""


class _Held(msgspec.Struct):
    seed: str
    created_at: datetime


class _File(msgspec.Struct):
    format: str
    current: str
    keys: dict[str, _Held]


class PublicKey(msgspec.Struct, frozen=True):
    """A key that signatures are checked with. `value` is base64url of its 32 bytes."""

    key_id: str
    alg: str
    value: str
    created_at: datetime | None = None


class PublicKeys(msgspec.Struct, frozen=True):
    """All keys that an installation has signed with; `current` signs now."""

    format: str
    current: str
    keys: tuple[PublicKey, ...]


class Signing:
    """Signs with the installation's current key; see `Checker` for checking."""

    def __init__(self, path: Path, held: _File) -> None:
        self.path = path
        self.key_id = held.current
        self._key = Ed25519PrivateKey.from_private_bytes(_decode(held.keys[held.current].seed))
        made = {
            name: Ed25519PrivateKey.from_private_bytes(_decode(each.seed)).public_key()
            for name, each in held.keys.items()
        }
        self.public = PublicKeys(
            FORMAT,
            held.current,
            tuple(
                PublicKey(
                    name, ALGORITHM, _encode(key.public_bytes_raw()), held.keys[name].created_at
                )
                for name, key in made.items()
            ),
        )
        if any(key_id_of(key) != name for name, key in made.items()):
            raise ValueError("a key bears another key's name")

    @classmethod
    def open(cls, path: Path) -> Signing:
        """Reads the key file, or makes it (mode 0600) when there is none.

        Raises:
            SettingError: the file cannot be made or read, others may read it, or it is damaged.
        """
        try:
            if not path.exists():
                write_once(path, _new_file())
            return cls.of(read_private(path), path)
        except TooOpen as error:
            raise SettingError(f"CHATHAVEN_DATA: {error}") from None
        except OSError as error:
            raise SettingError(
                f"CHATHAVEN_DATA: cannot make or read {path}: {error.strerror}."
            ) from None
        except ValueError:
            raise SettingError(
                f"CHATHAVEN_DATA: {path} is not a signing key; it takes a file made by chathaven."
            ) from None

    @classmethod
    def of(cls, body: bytes, path: Path = Path(FILE_NAME)) -> Signing:
        """Reads what a key file holds, which may be at hand without being on this machine's disk.

        Raises:
            ValueError: it is not a signing key, or is damaged.
        """
        try:
            held = msgspec.json.decode(body, type=_File)
            if held.format == FORMAT:
                return cls(path, held)
        except (msgspec.MsgspecError, KeyError):
            pass
        raise ValueError("this is not a signing key of a known format")

    @property
    def checker(self) -> Checker:
        """What checks this installation's signatures."""
        return Checker(self.public.keys)

    @property
    def public_key(self) -> str:
        """The key with which what is signed now can be checked, as base64url."""
        return next(each.value for each in self.public.keys if each.key_id == self.key_id)

    def sign(self, document: dict[str, Any]) -> dict[str, Any]:
        """Returns a document with `signature {alg, key_id, value}` added.

        The signature covers everything else in it, and its own algorithm and key.

        Raises:
            NotCanonical: the document holds a value that has no one spelling.
        """
        named = {"alg": ALGORITHM, "key_id": self.key_id}
        text = canonical({**document, "signature": named})
        return {
            **document,
            "signature": {**named, "value": _encode(self._key.sign(_DOCUMENT + text))},
        }

    def sign_bytes(self, body: bytes) -> str:
        """Returns the signature of a file's bytes, base64url."""
        return _encode(self._key.sign(_of_file(body, self.key_id)))


class Checker:
    """Checks signatures with public keys alone."""

    def __init__(self, keys: tuple[PublicKey, ...]) -> None:
        self._keys = {each.key_id: _public(each.value) for each in keys}
        if any(key_id_of(key) != name for name, key in self._keys.items()):
            raise ValueError("a key bears another key's name")

    @classmethod
    def of(cls, text: str) -> Checker:
        """Reads public keys: the well-known document, or one key as base64url.

        Raises:
            ValueError: it is neither.
        """
        text = text.strip()
        try:
            if not text.startswith("{"):
                return cls((PublicKey(key_id_of(_public(text)), ALGORITHM, text),))
            return cls(msgspec.json.decode(text, type=PublicKeys).keys)
        except (msgspec.MsgspecError, ValueError):
            raise ValueError("these are no public keys") from None

    def check(self, document: Any) -> str:
        """Checks a document made by `Signing.sign`. Returns the key's id.

        Raises:
            NotGenuine: it was changed, or another key signed it.
        """
        signature = document.get("signature") if isinstance(document, dict) else None
        if not isinstance(signature, dict) or set(signature) != {"alg", "key_id", "value"}:
            raise NotGenuine("It bears no signature.")
        named = {"alg": signature["alg"], "key_id": signature["key_id"]}
        try:
            text = canonical({**document, "signature": named})
        except NotCanonical:
            raise NotGenuine("It holds values that no signed document holds.") from None
        self._hold(named, signature["value"], _DOCUMENT + text)
        return str(named["key_id"])

    def check_bytes(self, body: bytes, key_id: str, value: str) -> None:
        """Checks a file's bytes.

        Raises:
            NotGenuine: they were changed, or another key signed them.
        """
        named = {"alg": ALGORITHM, "key_id": key_id}
        self._hold(named, value, _of_file(body, key_id))

    def _hold(self, named: dict[str, Any], value: Any, signed: bytes) -> None:
        key = self._keys.get(named["key_id"]) if isinstance(named["key_id"], str) else None
        if named["alg"] != ALGORITHM or key is None:
            raise NotGenuine("It was signed with a key that is not known here.")
        try:
            # Whatever stands there: a stranger may have written it.
            key.verify(_decode(str(value)), signed)
        except (InvalidSignature, ValueError):
            raise NotGenuine("The signature does not hold: something was changed.") from None


def key_id_of(key: Ed25519PublicKey) -> str:
    """Returns a key's name: the first 16 hex digits of the SHA-256 of its bytes."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def _of_file(body: bytes, key_id: str) -> bytes:
    return _FILE + key_id.encode() + b"\0" + hashlib.sha256(body).digest()


def _new_file() -> bytes:
    key = Ed25519PrivateKey.generate()
    name = key_id_of(key.public_key())
    made = _File(FORMAT, name, {name: _Held(_encode(key.private_bytes_raw()), now())})
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"


def _public(value: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(_decode(value))


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    if _encode(raw) != text:
        # Base64 has more than one spelling of some bytes; only ours is taken.
        raise ValueError("not base64url as it is written here")
    return raw
