"""Hashing passwords: argon2id (RFC 9106), two at a time, off the event loop."""

from __future__ import annotations

import asyncio
import base64
import os
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chathaven.base.errors import Unavailable

T = TypeVar("T")

AT_ONCE = 2
"""How many are hashed at once: two take two processors and, as a rule, 128 MiB."""
MEMORY = 64
"""MiB that one takes, unless the installation's settings say otherwise."""
MOST_WAITING = 40
"""Behind these, a caller is asked to come back; they are some ten seconds of work."""


class Verdict(NamedTuple):
    """Whether a password was right, and its new hash where it is to be stored anew."""

    right: bool
    rehashed: bytes | None = None


class Passwords:
    """Hashes and compares. Memory and threads are taken at the first use."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")
        self._waiting = 0
        self._use(hasher or _hasher(MEMORY))

    def take(self, memory: int) -> None:
        """Hashes with so many MiB from now on; what was stored before is still compared."""
        if memory * 1024 != self._hasher.memory_cost:
            self._use(_hasher(memory))

    def _use(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self._nobodys = self._unknowable()

    async def hash(self, password: str) -> bytes:
        """Returns the hash to store.

        Raises:
            Unavailable: too many are waiting.
        """
        return await self._run(lambda: self._hasher.hash(_text(password)).encode())

    async def verify(self, stored: bytes | None, password: str) -> Verdict:
        """Compares a password with a stored hash.

        Without one (nobody has that e-mail) it compares with a hash that nothing fits, so that
        both take the same time.

        Raises:
            Unavailable: too many are waiting.
        """
        return await self._run(lambda: self._verify(stored or self._nobodys, _text(password)))

    def _verify(self, stored: bytes, password: str) -> Verdict:
        text = stored.decode()
        try:
            self._hasher.verify(text, password)
        except (VerificationError, InvalidHashError):
            return Verdict(right=False)
        if self._hasher.check_needs_rehash(text):
            return Verdict(right=True, rehashed=self._hasher.hash(password).encode())
        return Verdict(right=True)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= MOST_WAITING:
            raise Unavailable(retry_after=5)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1

    def _unknowable(self) -> bytes:
        """Returns a hash of the same cost with random bits, made without hashing."""
        h = self._hasher
        salt, tag = (
            base64.b64encode(os.urandom(n)).rstrip(b"=").decode() for n in (h.salt_len, h.hash_len)
        )
        settings = f"m={h.memory_cost},t={h.time_cost},p={h.parallelism}"
        return f"$argon2id$v=19${settings}${salt}${tag}".encode()


def _hasher(memory: int) -> PasswordHasher:
    return PasswordHasher(time_cost=3, memory_cost=memory * 1024, parallelism=4)


def _text(password: str) -> str:
    """The same characters, however the keyboard composed them (NIST SP 800-63B, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


PASSWORDS = Passwords()
"""The one pool of a process."""
