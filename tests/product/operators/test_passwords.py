"""Hashing passwords."""

from __future__ import annotations

import asyncio
from threading import Event

from argon2 import PasswordHasher, extract_parameters

from chathaven.base.errors import Unavailable
from chathaven.product.operators.passwords import MOST_WAITING, Passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


async def test_hashes_with_argon2id_as_decided() -> None:
    passwords = Passwords()
    stored = (await passwords.hash("correct horse battery")).decode()
    used = extract_parameters(stored)
    assert stored.startswith("$argon2id$")
    assert (used.time_cost, used.memory_cost, used.parallelism) == (3, 65_536, 4)
    assert (await passwords.verify(stored.encode(), "correct horse battery")).right
    assert not (await passwords.verify(stored.encode(), "correct horse batterY")).right


async def test_takes_the_memory_that_is_set() -> None:
    passwords = Passwords()
    dear = await passwords.hash("correct horse battery")
    passwords.take(19)
    stored = (await passwords.hash("correct horse battery")).decode()
    used = extract_parameters(stored)
    assert (used.time_cost, used.memory_cost, used.parallelism) == (3, 19 * 1024, 4)
    assert extract_parameters(passwords._nobodys.decode()) == used
    verdict = await passwords.verify(dear, "correct horse battery")
    assert verdict.right
    assert extract_parameters((verdict.rehashed or b"").decode()) == used


async def test_a_hash_of_other_parameters_is_made_anew() -> None:
    cheap = Passwords(CHEAP)
    stored = await cheap.hash("correct horse battery")
    assert (await cheap.verify(stored, "correct horse battery")).rehashed is None
    dearer = Passwords(PasswordHasher(time_cost=2, memory_cost=64, parallelism=1))
    verdict = await dearer.verify(stored, "correct horse battery")
    assert verdict.right
    assert verdict.rehashed is not None
    again = await dearer.verify(verdict.rehashed, "correct horse battery")
    assert again == (True, None)
    assert (await dearer.verify(stored, "wrong")).rehashed is None


async def test_nobodys_hash_costs_the_same_and_fits_nothing() -> None:
    passwords = Passwords()
    nobodys = passwords._nobodys.decode()
    real = (await passwords.hash("correct horse battery")).decode()
    assert extract_parameters(nobodys) == extract_parameters(real)
    assert len(nobodys) == len(real)
    assert not (await passwords.verify(None, "")).right
    assert not (await passwords.verify(b"nonsense", "correct horse battery")).right


class Held(PasswordHasher):
    """Hashes once it may: what is done at once waits for nobody and fills no queue."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=64, parallelism=1)
        self.may = Event()

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.may.wait()
        return super().hash(password, salt=salt)


async def test_a_flood_is_turned_away_before_it_waits() -> None:
    hasher = Held()
    passwords = Passwords(hasher)
    asked = [
        asyncio.create_task(passwords.hash("correct horse battery"))
        for _ in range(MOST_WAITING + 5)
    ]
    # Each begins, and those for whom there is no room end.
    await asyncio.sleep(0)
    hasher.may.set()
    results = await asyncio.gather(*asked, return_exceptions=True)
    turned_away = [each for each in results if isinstance(each, Unavailable)]
    assert len(turned_away) == 5
    assert all(each.retry_after for each in turned_away)
    assert len([each for each in results if isinstance(each, bytes)]) == MOST_WAITING
    assert await passwords.hash("correct horse battery")
