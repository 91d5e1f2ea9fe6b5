"""Visitors who are one person have had their time together: when the last of them has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.conftest import Api
from tests.driving import Server, json_of
from tests.interface.rows import superuser
from tests.product.retention.test_runs import age, due, is_there, of_class, run, talked


@pytest.fixture
def rows(server: Server) -> Iterator[psycopg.Connection[Any]]:
    with superuser(server) as connection:
        connection.autocommit = True
        yield connection


@pytest.mark.parametrize("old", ["who-was-merged", "the-person"])
def test_whoever_is_one_person_with_somebody_who_was_here_stays(
    api: Api, rows: psycopg.Connection[Any], old: str
) -> None:
    account = api.sign_up()
    into, one, alone = (talked(api, account) for _ in range(3))
    path = f"/v1/visitors/{one.visitor_id}/merge"
    json_of(account.http.post(path, json={"into": into.visitor_id}))
    silent, awake = (one, into) if old == "who-was-merged" else (into, one)
    age(rows, silent, 400)
    age(rows, alone, 400)
    assert due(account)["conversation"]["people"] == 1
    assert of_class(run(account), "conversation")["people_erased"] == 1
    assert [is_there(account, each) for each in (into, one, alone)] == [True, True, False]
    age(rows, awake, 400)
    assert due(account)["conversation"]["people"] == 2
    assert of_class(run(account), "conversation")["people_erased"] == 2
    assert [is_there(account, each) for each in (into, one)] == [False, False]


def test_whoever_is_no_longer_merged_has_a_time_of_their_own(
    api: Api, rows: psycopg.Connection[Any]
) -> None:
    account = api.sign_up()
    into, one = talked(api, account), talked(api, account)
    path = f"/v1/visitors/{one.visitor_id}/merge"
    json_of(account.http.post(path, json={"into": into.visitor_id}))
    age(rows, one, 400)
    assert due(account)["conversation"]["people"] == 0
    assert account.http.delete(path).status_code == 204
    assert due(account)["conversation"]["people"] == 1
