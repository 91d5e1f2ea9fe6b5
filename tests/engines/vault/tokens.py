"""A hardware module made of software: a token of SoftHSM's for each test."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pkcs11
import pytest

from chathaven.base.settings import Settings
from chathaven.engines.vault.keyring import Keyring

ROOT = Path(__file__).parents[3]
PIN = "a pin: 5678"


class Token(NamedTuple):
    """A token of SoftHSM's."""

    address: str
    pin_file: Path

    def settings(self, **changed: str) -> Settings:
        """Returns settings that name it."""
        environ = {
            "CHATHAVEN_KEYRING": self.address,
            "CHATHAVEN_KEYRING_PIN_FILE": str(self.pin_file),
            **changed,
        }
        return Settings.from_env({name: value for name, value in environ.items() if value})

    def keyring(self) -> Keyring:
        """Opens it as the server does."""
        return Keyring.of(self.settings())


@pytest.fixture(scope="session")
def module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The path of SoftHSM's module, with an empty folder for its tokens."""
    found = subprocess.run(
        [ROOT / "tools" / "softhsm"], check=False, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr
    folder = tmp_path_factory.mktemp("tokens")
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {folder}\nobjectstore.backend = file\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(conf)
    yield found.stdout.strip()
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


@pytest.fixture
def token(module: str, tmp_path: Path) -> Token:
    """A new token with a PIN."""
    label = f"chat {uuid4().hex[:8]}"
    subprocess.run(
        [
            *("softhsm2-util", "--init-token", "--free", "--label", label),
            *("--so-pin", secrets.token_hex(8), "--pin", PIN),
        ],
        check=True,
        capture_output=True,
    )
    pkcs11.lib(module).reinitialize()
    pin_file = tmp_path / "pin"
    pin_file.write_text(PIN + "\n")
    pin_file.chmod(0o600)
    return Token(f"pkcs11:token={label.replace(' ', '%20')}?module-path={module}", pin_file)
