"""An e-mail address is one by the same rule, whoever says it and of whomever."""

from __future__ import annotations

import httpx
import pytest

from tests.product.rights.desk import come
from tests.product.served import Company, Served

WRONG = [
    "vera@localhost",
    "vera@shop..example",
    "vera@-shop.example",
    "vera@[192.0.2.7]",
    "vera(home)@shop.example",
    "vera@shop.7",
    "ve\u200bra@shop.example",
]
RIGHT = ["vera+news@shop.example", "jörg@bücher.example", "o'neil@shop.co.example"]


async def said(served: Served, company: Company, address: str) -> list[httpx.Response]:
    """Says an address in the widget, on the visitor's card, in an invitation and at the desk."""
    vera = await come(served, company)
    owner, email = company.owner, {"email": address}
    return [
        await vera.http.patch("/v1/widget/me", json=email),
        await owner.patch(f"/v1/visitors/{vera.id}", json=email),
        await owner.post("/v1/invitations", json={**email, "role": "operator"}),
        await owner.post("/v1/requests", json={**email, "kind": "access", "via": "letter"}),
    ]


@pytest.mark.parametrize("address", WRONG)
async def test_what_is_none_is_none_everywhere(
    served: Served, company: Company, address: str
) -> None:
    for answer in await said(served, company, address):
        assert answer.status_code == 422, answer.request.url
        assert [each["field"] for each in answer.json()["errors"]] == ["email"]


@pytest.mark.parametrize("address", RIGHT)
async def test_what_is_one_is_one_everywhere(
    served: Served, company: Company, address: str
) -> None:
    assert [answer.is_success for answer in await said(served, company, f" {address} ")] == [
        True
    ] * 4
