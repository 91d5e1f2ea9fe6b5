"""Erasing and merging at the same moment (B-T7): whoever was linked goes, and nobody comes back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest

from tests.conftest import Api
from tests.driving import Account, all_items, json_of
from tests.product.visitors.people import Person, come, listed, rows_about, until_erased

pytestmark = pytest.mark.slow
ROUNDS = 10
SAYS_NO = {(409, "being_erased"), (404, "not_found"), (422, "invalid")}
"""How a merge is refused: asked for and under way, or gone already, the one or the other."""


def both_at_once(account: Account, one: Person, into: Person, goes: Person, turn: int) -> bool:
    """Merges and erases in the same moment; returns whether they were one person by then."""
    start = Barrier(2)

    def merge() -> httpx.Response:
        start.wait()
        return account.http.post(f"{one.path}/merge", json={"into": into.id})

    def erase() -> httpx.Response:
        start.wait()
        return account.http.delete(goes.path)

    calls = [merge, erase] if turn % 2 else [erase, merge]
    with ThreadPoolExecutor(2) as pool:
        told = [done.result() for done in [pool.submit(call) for call in calls]]
    merged, erased = told if turn % 2 else told[::-1]
    assert erased.status_code == 202, erased.text
    if merged.status_code != 200:
        assert (merged.status_code, merged.json()["code"]) in SAYS_NO, merged.text
    return merged.status_code == 200


@pytest.mark.parametrize("through", [True, False], ids=["the-person", "who-was-merged"])
def test_whatever_comes_first_the_end_is_whole(api: Api, through: bool) -> None:
    account = api.sign_up()
    gone: list[Person] = []
    stay: list[Person] = []
    for turn in range(ROUNDS):
        into, one = come(api, account, f"Into{turn}"), come(api, account, f"One{turn}")
        goes, other = (into, one) if through else (one, into)
        linked = both_at_once(account, one, into, goes, turn)
        gone.append(goes)
        (gone if linked else stay).append(other)
    until_all_erased(account)
    assert rows_about(account, *gone) == 0
    for person in gone:
        assert person.client.http.get("/v1/widget/me").status_code == 401
    for person in stay:
        card = json_of(account.http.get(person.path))
        assert (card["merged_into"], card["merged"]) == (None, [])
        assert person.client.say("I am still here")["chat_id"] == person.chat_id
    assert set(listed(account)) == {person.id for person in stay}


@pytest.mark.parametrize("first", ["merge", "erase"])
def test_one_right_after_the_other(api: Api, first: str) -> None:
    account = api.sign_up()
    into, one = come(api, account, "Into"), come(api, account, "One")
    body = {"into": into.id}
    if first == "merge":
        json_of(account.http.post(f"{one.path}/merge", json=body))
        json_of(account.http.delete(into.path), 202)
    else:
        json_of(account.http.delete(into.path), 202)
        answer = account.http.post(f"{one.path}/merge", json=body)
        assert (answer.status_code, answer.json()["code"]) in SAYS_NO
    until_all_erased(account)
    assert listed(account) == ([] if first == "merge" else [one.id])
    assert rows_about(account, into) == 0


def until_all_erased(account: Account) -> None:
    """Waits until every erasure of the account is done."""
    for each in all_items(account.http, "/v1/erasures"):
        until_erased(account, each["id"])
