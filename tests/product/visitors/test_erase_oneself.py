"""A visitor whom an operator merged erases themselves in the widget."""

from __future__ import annotations

import pytest

from tests.conftest import Api
from tests.driving import all_items, json_of
from tests.product.visitors.people import come, listed, merge, rows_about, until_erased


@pytest.mark.parametrize("through", [True, False], ids=["the-person", "who-was-merged"])
def test_a_widget_erases_its_own_visitor_and_nobody_an_operator_takes_for_them(
    api: Api, through: bool
) -> None:
    account = api.sign_up()
    vera, phone = come(api, account, "Vera"), come(api, account, "Veraphone")
    json_of(merge(account, phone, vera))
    one, other = (vera, phone) if through else (phone, vera)
    asked = json_of(one.client.http.post("/v1/widget/me/erasure"), 202)
    assert other.id not in str(asked)
    until_erased(account, asked["erasure"]["id"])
    assert [each["id"] for each in all_items(account.http, "/v1/erasures")] == [
        asked["erasure"]["id"]
    ]
    assert rows_about(account, one) == 0
    card = json_of(account.http.get(other.path))
    assert (card["merged_into"], card["merged"]) == (None, [])
    assert listed(account) == [other.id]
    assert other.client.events()[0]["params"]["text"].startswith("I am ")
    # It is not forgotten: somebody looks whether the other is to go, too.
    [request] = all_items(account.http, "/v1/requests")
    assert (request["kind"], request["state"]) == ("erasure", "received")
    assert (request["visitor_id"], request["who"]) == (other.id, other.client.me["visitor"]["name"])
