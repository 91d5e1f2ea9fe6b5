"""Roots in a hardware security module: made, used and destroyed inside, by SoftHSM."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pkcs11
import psycopg
import pytest
from pkcs11 import Attribute, ObjectClass

from chathaven.base.settings import SettingError
from chathaven.engines.vault.key_set import read_key_set, write_key_set
from chathaven.engines.vault.key_set_bring import bring_instead
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.roots import LostRoot, RootsStayInside
from chathaven.engines.vault.roots_pkcs11 import Pkcs11Roots
from chathaven.engines.vault.tick import shred_tick
from chathaven.engines.vault.wrapping import CannotUnwrap
from tests.engines.vault.ticking import Place, account_with, erase, find
from tests.engines.vault.tokens import Token


def test_a_root_wraps_inside_and_never_comes_out(token: Token) -> None:
    keyring = token.keyring()
    roots = keyring.roots
    assert roots.held() == set()
    roots.make(1)
    epoch, wrapped = keyring.wrap(b"k" * 32, b"here")
    assert (epoch, roots.held()) == (1, {1})
    assert keyring.unwrap(1, wrapped, b"here") == b"k" * 32
    assert token.keyring().unwrap(1, wrapped, b"here") == b"k" * 32
    flipped = wrapped[:-1] + bytes([wrapped[-1] ^ 1])
    for bound, altered in ((b"there", wrapped), (b"here", flipped), (b"here", b"")):
        with pytest.raises(CannotUnwrap):
            keyring.unwrap(1, altered, bound)
    with pytest.raises(CannotUnwrap, match="epoch 2"):
        keyring.unwrap(2, wrapped, b"here")
    with pytest.raises(RootsStayInside):
        roots.export()
    with pytest.raises(RootsStayInside):
        roots.bring({2: b"r" * 32})
    with pytest.raises(LostRoot):
        roots.make(1)
    assert isinstance(roots, Pkcs11Roots)
    held = roots._opened().get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY})
    key = next(iter(held))
    assert (key[Attribute.SENSITIVE], key[Attribute.EXTRACTABLE]) == (True, False)
    assert (key[Attribute.ALWAYS_SENSITIVE], key[Attribute.NEVER_EXTRACTABLE]) == (True, True)
    with pytest.raises(pkcs11.exceptions.AttributeSensitive):
        _ = key[Attribute.VALUE]


def test_a_destroyed_root_is_gone_and_the_newest_never_goes(token: Token) -> None:
    keyring = token.keyring()
    for epoch in (1, 2):
        keyring.roots.make(epoch)
    wrapped = keyring.roots.wrap(1, b"k" * 32, b"here")
    keyring.roots.destroy([1, 2, 7])
    assert keyring.roots.held() == {2}
    with pytest.raises(CannotUnwrap):
        keyring.unwrap(1, wrapped, b"here")


_CHILD = """
import os, sys
from chathaven.base.settings import Settings
from chathaven.engines.vault.keyring import Keyring
keyring = Keyring.of(Settings.from_env(os.environ))
print(sorted(keyring.roots.held()))
child = os.fork()
if not child:
    keyring.roots.make(9)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
print(sorted(keyring.roots.held()))
"""


def test_another_process_sees_the_same_even_forked(token: Token) -> None:
    token.keyring().roots.make(1)
    said = subprocess.run(
        [sys.executable, "-c", _CHILD],
        check=False,
        env=os.environ
        | {"CHATHAVEN_KEYRING": token.address, "CHATHAVEN_KEYRING_PIN_FILE": str(token.pin_file)},
        capture_output=True,
        text=True,
    )
    assert said.stdout.split("\n")[:2] == ["[1]", "[1, 9]"], said.stderr
    assert token.keyring().roots.held() == {1, 9}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"CHATHAVEN_KEYRING": "pkcs11:token=x"}, "CHATHAVEN_KEYRING takes pkcs11:token=NAME"),
        (
            {"CHATHAVEN_KEYRING": "pkcs11:token=x?module-path=/m.so&pin-value=1234"},
            "CHATHAVEN_KEYRING takes pkcs11:token=NAME",
        ),
        ({"CHATHAVEN_KEYRING": "vault:somewhere"}, "CHATHAVEN_KEYRING takes a file, or an address"),
        (
            {"CHATHAVEN_KEYRING": "pkcs11:token=x?module-path=/nowhere.so"},
            r"CHATHAVEN_KEYRING: token x of /nowhere.so does not do it",
        ),
        ({"CHATHAVEN_KEYRING_PIN_FILE": ""}, "CHATHAVEN_KEYRING_PIN_FILE takes a file"),
        ({"CHATHAVEN_KEYRING_PIN_FILE": "/nowhere"}, "CHATHAVEN_KEYRING_PIN_FILE: /nowhere"),
    ],
)
def test_a_wrong_value_is_refused_in_one_line(
    token: Token, changed: dict[str, str], says: str
) -> None:
    with pytest.raises(SettingError, match=says) as caught:
        Keyring.of(token.settings(**changed))
    assert "\n" not in str(caught.value)
    assert "1234" not in str(caught.value)


def test_a_wrong_pin_and_an_open_pin_file_are_refused(token: Token) -> None:
    token.pin_file.write_text("0000")
    with pytest.raises(SettingError, match=r"CHATHAVEN_KEYRING: token .*PinIncorrect") as caught:
        token.keyring()
    assert "0000" not in str(caught.value)
    token.pin_file.chmod(0o644)
    with pytest.raises(SettingError, match=r"CHATHAVEN_KEYRING_PIN_FILE: .*0644"):
        token.keyring()


async def test_ticks_run_on_it_and_what_was_erased_is_final(place: Place, token: Token) -> None:
    keyring = token.keyring()
    database = place.process(keyring)
    account, (ada, bob) = await account_with(database, "ada@x.example", "bob@x.example")
    old = place.rows("SELECT wrapped FROM account_keys")[0][0]
    await erase(database, account, ada)
    destroyed = [(await shred_tick(database, database.vault)).destroyed for _ in range(3)]
    assert destroyed == [[], [], [1]]
    assert keyring.roots.held() == {2, 3, 4}
    with pytest.raises(CannotUnwrap, match="epoch 1"):
        keyring.unwrap(1, old, b"anywhere")
    assert await find(database, account, "bob@x.example") == [bob]
    await database.close()


async def test_a_key_set_holds_no_roots_and_comes_back_to_the_same_token(
    place: Place, token: Token, tmp_path: Path
) -> None:
    keyring = token.keyring()
    database = place.process(keyring)
    account, (ada,) = await account_with(database, "ada@x.example")
    path, passphrase = tmp_path / "keys", "a passphrase for a test"
    with psycopg.connect(place.urls.app) as connection:
        write_key_set(connection, keyring, path, passphrase)
        assert read_key_set(path, passphrase).roots == {}
        bring_instead(connection, keyring, path, passphrase)
    database.vault.forget_all()
    assert await find(database, account, "ada@x.example") == [ada]
    await database.close()
