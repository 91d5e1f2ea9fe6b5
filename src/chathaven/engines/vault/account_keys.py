"""The keys of one account, opened."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.places import account_place


class AccountKeys(NamedTuple):
    """An account's keys by version. There are two versions while a tick replaces one."""

    keys: dict[int, bytes]
    index_keys: dict[int, bytes]

    @property
    def version(self) -> int:
        """The version that wraps new keys."""
        return max(self.keys)

    @property
    def key(self) -> bytes:
        """The key that wraps new keys."""
        return self.keys[self.version]

    @property
    def index_key(self) -> bytes:
        """The key of the keyed hashes that are written."""
        return self.index_keys[self.version]


def opened(keyring: Keyring, account_id: UUID, rows: list[Any]) -> AccountKeys:
    """Opens rows of version, root's epoch, wrapped key and wrapped index key.

    Raises:
        CannotUnwrap: one does not open.
    """
    keys, index_keys = {}, {}
    for version, epoch, key, index_key, *_ in rows:
        keys[version] = keyring.unwrap(epoch, key, account_place(account_id, version, b"key"))
        index_keys[version] = keyring.unwrap(
            epoch, index_key, account_place(account_id, version, b"index")
        )
    return AccountKeys(keys, index_keys)
