"""What outlives people moves with the account: proofs and the list hold in another installation."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from chathaven.engines.database.transaction import Database
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import Vault
from chathaven.product.consents.proofs import proofs_of_address, proofs_of_holder
from chathaven.product.consents.suppressed import is_suppressed
from chathaven.product.privacy.import_account import import_account
from tests.ground import migrated_database
from tests.product.consents.kept import answering, erased, proofs
from tests.product.privacy.test_import_busy import exported
from tests.product.served import Company, Served, fresh_email


async def test_an_export_brings_proofs_and_the_list_with_it(
    served: Served, company: Company, tmp_path: Path
) -> None:
    person = await answering(served, company, "yes")
    _, nonce = await erased(served, company, person, do_not_contact=True)
    before = await proofs(company, email=person.email)
    file = tmp_path / "account.zip"
    file.write_bytes(await exported(served, company))
    data = tmp_path / "elsewhere"
    data.mkdir()
    with migrated_database() as urls:
        await _look(urls, data, served, file, UUID(company.id), person.email, nonce, before)


async def _look(
    urls: DatabaseUrls,
    data: Path,
    served: Served,
    file: Path,
    account_id: UUID,
    email: str,
    nonce: str,
    before: list[dict[str, object]],
) -> None:
    opened = Database(urls.app, Vault(Keyring.open(data / "keyring.json")))
    try:
        await import_account(opened, served.process.ground.objects, file)
        async with opened.transaction(account_id) as tx:
            assert [each.document for each in await proofs_of_address(tx, email)] == before
            assert [each.document for each in await proofs_of_holder(tx, nonce)] == before
            assert await is_suppressed(tx, email.upper())
            assert not await is_suppressed(tx, fresh_email("other"))
    finally:
        await opened.close()
