"""Root keys in a hardware security module, through PKCS#11 (OASIS PKCS #11 3.1).

A root is made inside, is never given out, and wraps and unwraps inside (AES-256-GCM, with what
the wrapped key is bound to as associated data). Destroying is the module's own C_DestroyObject.

The address is a PKCS#11 URI (RFC 7512):

    pkcs11:token=NAME;object=PREFIX?module-path=/path/to/module.so&pin-source=file:/path/to/pin

`object` is what the labels of our roots begin with (`chathaven-root`), for a token that several
installations share. The PIN stands in a file: CHATHAVEN_KEYRING_PIN_FILE, or `pin-source`.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote

from chathaven.base.settings import SettingError
from chathaven.engines.vault.key_file import TooOpen, read_private
from chathaven.engines.vault.roots import LostRoot, RootsStayInside
from chathaven.engines.vault.wrapping import CannotUnwrap

try:
    import pkcs11
    from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, ObjectClass
    from pkcs11 import exceptions as faults
except ImportError:
    raise SettingError(
        "CHATHAVEN_KEYRING: an address of a hardware module needs python-pkcs11: install"
        " chathaven[hsm]"
    ) from None

T = TypeVar("T")

_NONCE = 12
_TAG_BITS = 128
_TAKES = "pkcs11:token=NAME?module-path=/path/to/module.so, and the PIN in a file"


class ModuleAway(OSError):
    """The module does not answer, or refuses; nothing was changed."""


class _Address(NamedTuple):
    module: str
    token: str
    prefix: str
    pin_source: str | None


def open_roots(address: str, pin_file: Path | None) -> Pkcs11Roots:
    """Opens a token and logs in.

    Raises:
        SettingError: the address cannot be taken, the PIN file cannot be read, or the module does
            not answer or take the PIN.
    """
    read = _read_address(address)
    roots = Pkcs11Roots(read.module, read.token, read.prefix, _pin(read, pin_file))
    try:
        roots.held()
    except ModuleAway as error:
        raise SettingError(f"CHATHAVEN_KEYRING: {error}") from None
    return roots


class Pkcs11Roots:
    """The roots in one token. One session for all threads of a process, one call at a time."""

    kind = "hardware module"
    is_slow = True

    def __init__(self, module: str, token: str, prefix: str, pin: str) -> None:
        self._module, self._token, self._prefix, self._pin = module, token, prefix, pin
        self._lock = threading.RLock()
        self._session: Any = None
        self._process = 0

    def where(self) -> str:
        """Returns the token and the module, in words."""
        return f"token {self._token} of {self._module}"

    def held(self) -> set[int]:
        """Returns the epochs whose root is in the token."""
        return set(self._run(lambda session: [epoch for epoch, _ in self._ours(session)]))

    def make(self, epoch: int) -> None:
        """Lets the module make a root that it never gives out; see `Roots.make`."""

        def call(session: Any) -> None:
            if self._find(session, epoch):
                raise LostRoot(f"A root of epoch {epoch} is there already.")
            session.generate_key(
                KeyType.AES,
                256,
                label=f"{self._prefix}-{epoch}",
                id=epoch.to_bytes(4),
                store=True,
                template={
                    Attribute.SENSITIVE: True,
                    Attribute.EXTRACTABLE: False,
                    Attribute.MODIFIABLE: False,
                    Attribute.ENCRYPT: True,
                    Attribute.DECRYPT: True,
                },
            )

        self._run(call)

    def wrap(self, epoch: int, key: bytes, bound: bytes) -> bytes:
        """Wraps a key in the module; see `Roots.wrap`."""
        nonce = os.urandom(_NONCE)
        how = GCMParams(nonce, bound, _TAG_BITS)

        def call(session: Any) -> bytes:
            root = self._root(session, epoch)
            return bytes(root.encrypt(key, mechanism=Mechanism.AES_GCM, mechanism_param=how))

        return nonce + self._run(call)

    def unwrap(self, epoch: int, wrapped: bytes, bound: bytes) -> bytes:
        """Unwraps a key in the module; see `Roots.unwrap`."""
        if len(wrapped) <= _NONCE + _TAG_BITS // 8:
            raise CannotUnwrap("A wrapped key does not open.")
        how = GCMParams(wrapped[:_NONCE], bound, _TAG_BITS)

        def call(session: Any) -> bytes:
            root = self._root(session, epoch)
            try:
                return bytes(
                    root.decrypt(wrapped[_NONCE:], mechanism=Mechanism.AES_GCM, mechanism_param=how)
                )
            except _ALTERED:
                raise CannotUnwrap("A wrapped key does not open.") from None

        return self._run(call)

    def destroy(self, epochs: Iterable[int]) -> None:
        """Lets the module destroy roots; see `Roots.destroy`."""
        self.clear(set(epochs) - {max(self.held(), default=0)})

    def clear(self, epochs: Iterable[int]) -> None:
        """Lets the module destroy roots, the newest too; see `Roots.clear`."""
        gone = set(epochs)

        def call(session: Any) -> None:
            for epoch, root in self._ours(session):
                if epoch in gone:
                    root.destroy()

        self._run(call)

    def watch(self) -> None:
        """Nothing can be put back into a module, so nothing is remembered."""

    def complete(self) -> None:
        """See `watch`."""

    def settle(self) -> None:
        """See `watch`."""

    def export(self) -> dict[int, bytes]:
        """Refuses: the roots never leave the module."""
        raise RootsStayInside("The roots stay inside the hardware module.")

    def bring(self, roots: Mapping[int, bytes]) -> None:
        """Refuses: only roots that the module made are never known outside."""
        raise RootsStayInside("No root can be put into the hardware module.")

    # The session

    def _run(self, call: Callable[[Any], T]) -> T:
        """Runs a call in the session; once more in a new one where the old one has ended.

        Raises:
            ModuleAway: the module does not answer, or refuses.
        """
        with self._lock:
            try:
                return call(self._opened())
            except _ENDED:
                self._session = None
            except faults.PKCS11Error as error:
                raise self._away(error) from None
            try:
                return call(self._opened())
            except faults.PKCS11Error as error:
                self._session = None
                raise self._away(error) from None

    def _away(self, error: Exception) -> ModuleAway:
        # Its name alone: a module's text may repeat what it was given.
        return ModuleAway(f"{self.where()} does not do it ({type(error).__name__}).")

    def _opened(self) -> Any:
        """Returns the session, opened anew where there is none or the process was forked."""
        if self._session is not None and self._process == os.getpid():
            return self._session
        module = pkcs11.lib(self._module)
        if self._process and self._process != os.getpid():
            # A module's state does not outlive a fork (PKCS #11, 6.7).
            module.reinitialize()
        token = module.get_token(token_label=self._token)
        try:
            self._session = token.open(rw=True, user_pin=self._pin)
        except faults.UserAlreadyLoggedIn:
            # By another session of this process; the login is the process's.
            self._session = token.open(rw=True)
        self._process = os.getpid()
        return self._session

    def _ours(self, session: Any) -> list[tuple[int, Any]]:
        found = session.get_objects(
            {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.KEY_TYPE: KeyType.AES}
        )
        label = re.compile(rf"{re.escape(self._prefix)}-([1-9][0-9]{{0,8}})")
        named = [(label.fullmatch(each.label or ""), each) for each in found]
        return [(int(match[1]), each) for match, each in named if match]

    def _find(self, session: Any, epoch: int) -> Any:
        found = list(
            session.get_objects(
                {
                    Attribute.CLASS: ObjectClass.SECRET_KEY,
                    Attribute.LABEL: f"{self._prefix}-{epoch}",
                }
            )
        )
        if len(found) > 1:
            raise LostRoot(f"There are two roots of epoch {epoch} in the module.")
        return found[0] if found else None

    def _root(self, session: Any, epoch: int) -> Any:
        root = self._find(session, epoch)
        if root is None:
            raise CannotUnwrap(f"The root of epoch {epoch} is not in the keyring.")
        return root


_ALTERED = (
    faults.EncryptedDataInvalid,
    faults.EncryptedDataLenRange,
    faults.DataInvalid,
    faults.DataLenRange,
    # What SoftHSM says where the tag does not hold.
    faults.GeneralError,
)
_ENDED = (
    faults.SessionClosed,
    faults.SessionHandleInvalid,
    faults.UserNotLoggedIn,
    faults.DeviceRemoved,
    faults.TokenNotPresent,
    faults.ObjectHandleInvalid,
)


def _read_address(address: str) -> _Address:
    path, _, query = address.partition(":")[2].partition("?")
    named = dict(each.partition("=")[::2] for each in (*path.split(";"), *query.split("&")) if each)
    known = {"token", "object", "module-path", "pin-source"}
    if named.keys() - known or not named.get("token") or not named.get("module-path"):
        # Without the value, which may hold a PIN all the same.
        raise SettingError(f"CHATHAVEN_KEYRING takes {_TAKES}")
    plain = {name: unquote(value) for name, value in named.items()}
    return _Address(
        plain["module-path"],
        plain["token"],
        plain.get("object", "chathaven-root"),
        plain.get("pin-source"),
    )


def _pin(address: _Address, pin_file: Path | None) -> str:
    source = address.pin_source
    path = pin_file or (Path(source.removeprefix("file:")) if source else None)
    if path is None:
        raise SettingError(
            "CHATHAVEN_KEYRING_PIN_FILE takes a file that holds the PIN of the hardware module"
        )
    try:
        return read_private(path).decode().strip()
    except TooOpen as error:
        raise SettingError(f"CHATHAVEN_KEYRING_PIN_FILE: {error}") from None
    except (OSError, UnicodeDecodeError):
        raise SettingError(f"CHATHAVEN_KEYRING_PIN_FILE: {path} cannot be read.") from None
