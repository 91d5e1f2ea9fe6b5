"""Hashing passwords."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher, extract_parameters

from chathaven.base.errors import Unavailable
from chathaven.product.operators.passwords import MOST_WAITING, PASSWORDS, Passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


async def test_hashes_with_argon2id_as_decided() -> None:
    stored = (await PASSWORDS.hash("correct horse battery")).decode()
    used = extract_parameters(stored)
    assert stored.startswith("$argon2id$")
    assert (used.time_cost, used.memory_cost, used.parallelism) == (3, 65_536, 4)
    assert (await PASSWORDS.verify(stored.encode(), "correct horse battery")).right
    assert not (await PASSWORDS.verify(stored.encode(), "correct horse batterY")).right


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
    nobodys = PASSWORDS._nobodys.decode()
    real = (await PASSWORDS.hash("correct horse battery")).decode()
    assert extract_parameters(nobodys) == extract_parameters(real)
    assert len(nobodys) == len(real)
    assert not (await PASSWORDS.verify(None, "")).right
    assert not (await PASSWORDS.verify(b"nonsense", "correct horse battery")).right


async def test_a_flood_is_turned_away_before_it_waits() -> None:
    passwords = Passwords(CHEAP)
    results = await asyncio.gather(
        *(passwords.hash("correct horse battery") for _ in range(MOST_WAITING + 5)),
        return_exceptions=True,
    )
    turned_away = [each for each in results if isinstance(each, Unavailable)]
    assert len(turned_away) == 5
    assert all(each.retry_after for each in turned_away)
    assert len([each for each in results if isinstance(each, bytes)]) == MOST_WAITING
    assert await passwords.hash("correct horse battery")
