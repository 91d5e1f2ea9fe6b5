"""Letters to those concerned by a breach, where none may or can leave."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.mail.post import NotSent, Post
from chathaven.product.accounts import features
from chathaven.product.records import mailing, mailing_send
from tests.product.records.mailed import Case, letter_ids
from tests.product.rights.desk import come, made
from tests.product.served import Company, Served, fresh_email


async def test_a_full_disk_ends_a_batch_all_the_same(
    served: Served, company: Company, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(served, company)
    await case.begin(await come(served, company, email=fresh_email()))
    account_id, batch = UUID(company.id), await case.send()
    await mailing.fill(ground, account_id, UUID(batch["id"]))
    [letter_id] = await letter_ids(ground, company)

    def full(*_: Any) -> None:
        raise OSError

    monkeypatch.setattr(Post, "_keep", full)
    for _ in range(mailing_send.MOST_TRIES - 1):
        with pytest.raises(NotSent):
            await mailing_send.send_letter(ground, account_id, letter_id)
    await mailing_send.send_letter(ground, account_id, letter_id)
    assert (await case.shown())["counts"]["failed"] == 1


async def test_while_letters_to_visitors_are_off_none_is_tried_again(
    served: Served, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = await come(served, company)
    case = Case(served, company)
    await case.begin(nobody)
    await case.send()
    batch = await case.done()
    made(await nobody.http.patch("/v1/widget/me", json={"email": fresh_email()}))

    async def off(_tx: Transaction, feature: str) -> bool:
        return feature == "visitor-mail"

    monkeypatch.setattr(features, "off_by", [off])
    again = f"{case.path}/mailings/{batch['id']}/again"
    assert made(await company.owner.post(again, json={}), 403)["code"] == "feature_off"
    assert (await case.send(403))["code"] == "feature_off"
