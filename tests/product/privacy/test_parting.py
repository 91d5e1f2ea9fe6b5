"""The comment of somebody who leaves goes to whoever runs the installation, and nowhere else."""

from __future__ import annotations

import email
import email.policy
import json
from pathlib import Path

import pytest

from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.keyring import Keyring
from tests.product.served import PASSWORD, Served, serve

COMMENT = "Ada found another one"


async def close(served: Served, comment: str | None) -> str:
    """Closes a new account; returns its id."""
    company = await served.sign_up()
    body = {"confirm": "DELETE", "password": PASSWORD, "reason": "moving", "comment": comment}
    answer = await company.owner.request("DELETE", "/v1/account", json=body)
    assert answer.status_code == 202, answer.text
    return company.id


@pytest.mark.parametrize("contact", ["host@nordlicht.example", None])
async def test_it_is_mailed_and_not_kept(
    urls: DatabaseUrls, keyring: Keyring, tmp_path: Path, contact: str | None
) -> None:
    (tmp_path / "installation.json").write_text(json.dumps({"email": contact}))
    async with serve(urls, tmp_path, keyring.path) as served:
        account_id = await close(served, COMMENT)
        await close(served, None)
        async with served.process.ground.database.transaction() as tx:
            rows = await (await tx.driver()).execute("SELECT a::text FROM account_erasures a")
            kept = [row[0] for row in await rows.fetchall()]
    assert kept
    assert not any(COMMENT in row for row in kept)
    letters = list((tmp_path / "outbox").glob("*.eml"))
    assert len(letters) == (1 if contact else 0)
    for path in letters:
        letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        text = str(letter.get_content())
        assert letter["to"] == contact
        assert "moving" in text
        assert COMMENT in text
        assert account_id not in text


async def test_that_it_cannot_be_sent_keeps_no_account_open(
    urls: DatabaseUrls, keyring: Keyring, tmp_path: Path
) -> None:
    (tmp_path / "installation.json").write_text(json.dumps({"email": "host@nordlicht.example"}))
    # A file where the folder of letters belongs.
    (tmp_path / "outbox").write_text("")
    async with serve(urls, tmp_path, keyring.path) as served:
        await close(served, COMMENT)
