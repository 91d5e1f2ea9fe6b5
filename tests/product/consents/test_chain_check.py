"""The chain of receipts: what is tampered with is found and placed."""

from __future__ import annotations

from datetime import UTC
from hashlib import sha256
from uuid import UUID

import pytest
from sqlalchemy import select, text

from chathaven.engines.database.transaction import Database
from chathaven.product.consents.check import Broken, check_receipts
from chathaven.product.consents.model import Receipt, ReceiptLink
from chathaven.product.consents.receipts import link_hash
from tests.product.served import Company, Served

RECEIPTS = 4


async def answered(served: Served, company: Company) -> UUID:
    """A company in which visitors saw the legal text; each has a receipt."""
    legal = {"enabled": True, "texts": {"en": "Read this"}}
    changed = await company.owner.patch("/v1/settings", json={"general": {"legal_text": legal}})
    assert changed.status_code == 200, changed.text
    key = company.made["site"]["key"]
    for _ in range(RECEIPTS):
        visitor = served.client()
        notice = (await visitor.get(f"/v1/widget/{key}")).json()["notice"]
        body = {"language": "en", "notice_id": notice["id"]}
        made = await visitor.post(f"/v1/widget/{key}/visitors", json=body)
        assert made.status_code == 201, made.text
    return UUID(company.id)


async def tamper(database: Database, account_id: UUID, statement: str) -> None:
    """Does what somebody with the database's password could do."""
    async with database.transaction(account_id) as tx:
        await tx.session.execute(text(statement))


async def test_it_is_intact_and_every_change_is_placed(served: Served, company: Company) -> None:
    account_id = await answered(served, company)
    database = served.process.ground.database
    assert await check_receipts(database, account_id) == []
    flip = "set_byte(details, {at}, get_byte(details, {at}) # {bit})"
    tried = 0
    for number in (1, RECEIPTS):
        for at in (0, 1, 5, 9, 20, 60):
            for bit in (1, 8, 128):
                change = (
                    f"UPDATE receipts SET details = {flip.format(at=at, bit=bit)}"
                    f" WHERE number = {number}"
                )
                await tamper(database, account_id, change)
                found = await check_receipts(database, account_id)
                assert found == [Broken(number, "a receipt was changed")], (number, at, bit)
                await tamper(database, account_id, change)
                tried += 1
    assert tried == 36
    for column in ("commitment", "previous", "hash"):
        for at in range(0, 64, 9):
            other = f"overlay({column} placing '{{}}' from {at + 1} for 1)"
            put = f"UPDATE receipt_links SET {column} = {other} WHERE number = 2"
            async with database.transaction(account_id) as tx:
                row = await tx.session.execute(
                    text(f"SELECT {column} FROM receipt_links WHERE number = 2")
                )
                [(before,)] = row.all()
            wrong = "0" if before[at] != "0" else "1"
            await tamper(database, account_id, put.format(wrong))
            found = await check_receipts(database, account_id)
            assert found, (column, at)
            assert found[0].number == 2, (column, at)
            await tamper(database, account_id, put.format(before[at]))
    assert await check_receipts(database, account_id) == []


OTHER = {
    "id": "gen_random_uuid()",
    # Somebody else who is there; under nobody's id it is as gone as with its person.
    "visitor_id": "(SELECT visitor_id FROM receipts WHERE number = 3)",
    "subject": "'marketing'",
    "answer": "'given'",
    "created_at": "created_at + interval '1 microsecond'",
}
"""What somebody might put into a column in place of what is there."""


@pytest.mark.parametrize("column", OTHER)
async def test_every_column_of_a_receipt_counts(
    served: Served, company: Company, column: str
) -> None:
    account_id = await answered(served, company)
    database = served.process.ground.database
    change = f"UPDATE receipts SET {column} = {OTHER[column]} WHERE number = 2"
    await tamper(database, account_id, change)
    assert await check_receipts(database, account_id) == [Broken(2, "a receipt was changed")]


def test_no_column_of_a_receipt_is_forgotten() -> None:
    columns = set(Receipt.__table__.columns.keys())
    assert columns == {"account_id", "number", "details", *OTHER}


async def test_other_words_under_the_right_key_are_placed(served: Served, company: Company) -> None:
    """Whoever has the keys can seal other words; the commitment is to those that were shown."""
    account_id = await answered(served, company)
    database = served.process.ground.database
    async with database.transaction(account_id) as tx:
        receipt = await tx.one(
            select(Receipt).where(Receipt.account_id == account_id, Receipt.number == 2)
        )
        assert receipt is not None
        await tx.update(receipt, details=receipt.details | {"text": "Read that"})
    assert await check_receipts(database, account_id) == [Broken(2, "a receipt was changed")]


async def test_links_hold_without_their_receipts(served: Served, company: Company) -> None:
    """After an erasure the links are all that is left; each part of one is in its hash."""
    account_id = await answered(served, company)
    database = served.process.ground.database
    await tamper(database, account_id, "DELETE FROM receipts")
    async with database.transaction(account_id) as tx:
        links = await tx.all(select(ReceiptLink).where(ReceiptLink.account_id == account_id))
    for link in links:
        at = link.created_at.astimezone(UTC).isoformat()
        said = f"{account_id}|{link.number}|{link.commitment}|{link.previous}|{at}"
        assert link.hash == sha256(said.encode()).hexdigest()
    assert await check_receipts(database, account_id) == []
    later = "created_at = created_at + interval '1 microsecond'"
    for change in (f"commitment = '{'0' * 64}'", later):
        await tamper(database, account_id, f"UPDATE receipt_links SET {change} WHERE number = 2")
        assert await check_receipts(database, account_id) == [Broken(2, "a link was changed")]
        columns = {"then": links[1].created_at, "was": links[1].commitment}
        async with database.transaction(account_id) as tx:
            back = "UPDATE receipt_links SET commitment = :was, created_at = :then WHERE number = 2"
            await tx.session.execute(text(back), columns)


async def test_a_missing_link_is_placed(served: Served, company: Company) -> None:
    account_id = await answered(served, company)
    database = served.process.ground.database
    await tamper(database, account_id, "DELETE FROM receipt_links WHERE number = 2")
    found = await check_receipts(database, account_id)
    assert Broken(2, "a link is missing", 2) in found
    assert Broken(2, "a receipt has no link") in found


async def test_a_cut_off_end_is_placed(served: Served, company: Company) -> None:
    account_id = await answered(served, company)
    database = served.process.ground.database
    await tamper(database, account_id, f"DELETE FROM receipt_links WHERE number >= {RECEIPTS}")
    found = await check_receipts(database, account_id)
    assert Broken(RECEIPTS, "the end of the chain was cut off", RECEIPTS) in found


async def test_two_swapped_receipts_are_placed(served: Served, company: Company) -> None:
    account_id = await answered(served, company)
    database = served.process.ground.database
    for one, other in ((2, -1), (3, 2), (-1, 3)):
        change = f"UPDATE receipts SET number = {other} WHERE number = {one}"
        await tamper(database, account_id, change)
    found = {each.number for each in await check_receipts(database, account_id)}
    assert found == {2, 3}


@pytest.mark.parametrize("number", [2, RECEIPTS])
async def test_a_link_that_was_written_anew_with_its_hash_is_placed(
    served: Served, company: Company, number: int
) -> None:
    """It is whole by itself; what follows it tells: the next link, or the head behind the last."""
    account_id = await answered(served, company)
    database = served.process.ground.database
    async with database.transaction(account_id) as tx:
        wanted = select(ReceiptLink).where(ReceiptLink.account_id == account_id)
        link = await tx.one(wanted.where(ReceiptLink.number == number))
    assert link is not None
    other = "0" * 64
    hashed = link_hash(account_id, number, other, link.previous, link.created_at)
    await tamper(database, account_id, f"DELETE FROM receipts WHERE number = {number}")
    change = f"UPDATE receipt_links SET commitment = '{other}', hash = '{hashed}'"
    await tamper(database, account_id, f"{change} WHERE number = {number}")
    if number == RECEIPTS:
        expected = Broken(number, "the chain does not end where it says")
    else:
        expected = Broken(number + 1, "a link does not follow the one before it")
    assert await check_receipts(database, account_id) == [expected]


async def test_each_receipt_has_a_salt_of_its_own(served: Served, company: Company) -> None:
    """Without it, what is left of somebody who was erased could be guessed and compared."""
    account_id = await answered(served, company)
    async with served.process.ground.database.transaction(account_id) as tx:
        receipts = await tx.all(select(Receipt).where(Receipt.account_id == account_id))
    salts = {bytes.fromhex(receipt.details["salt"]) for receipt in receipts}
    assert len(salts) == RECEIPTS
    assert {len(salt) for salt in salts} == {32}
