"""The signed PDF holds the whole agreement: what is set in type is what was read and hashed."""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pikepdf import Pdf
from sqlalchemy import select

from chathaven.product.legal import paper
from chathaven.product.legal.model import DpaFile
from tests.product.legal.test_dpa import SIGNER, file_of, sign
from tests.product.privacy.canaries import leaves
from tests.product.served import Company


def words(text: str) -> Counter[str]:
    """Counts the words of a text, whatever they are marked with."""
    return Counter(re.findall(r"\w{3,}", text))


@pytest.mark.parametrize("language", ["en", "de"])
async def test_it_holds_every_word_and_who_signed(
    customer: Company, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    given: list[dict[str, Any]] = []
    set_in_type = paper.set_in_type

    async def seen(content: dict[str, Any], moment: datetime, template: Path) -> bytes:
        given.append(content)
        return await set_in_type(content, moment, template)

    monkeypatch.setattr(paper, "set_in_type", seen)
    shown = await customer.owner.get("/v1/legal/dpa", params={"language": language})
    dpa = shown.json()
    made = await sign(customer, language=language)
    [content] = given
    said = " ".join(str(leaf) for leaf in leaves(content))
    for part in (dpa["text"], *(f"{each['title']} {each['text']}" for each in dpa["annexes"])):
        assert words(part) - words(said) == Counter()
    facts = (made["id"], made["sha256"], dpa["version"], *" ".join(SIGNER.values()).split())
    assert [fact for fact in facts if fact not in said] == []
    async with customer.served.process.ground.database.transaction(UUID(customer.id)) as tx:
        kept = await tx.one(select(DpaFile).where(DpaFile.account_id == tx.account_id))
    assert kept is not None
    assert hashlib.sha256(kept.text.encode()).hexdigest() == made["sha256"] == dpa["sha256"]
    with Pdf.open(io.BytesIO(await file_of(customer, made["id"]))) as pdf:
        assert len(pdf.pages) > 3
