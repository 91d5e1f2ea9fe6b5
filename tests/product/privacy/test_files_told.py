"""That files are kept is told by itself: in the record, in copies, and in the paragraph for policies."""

from __future__ import annotations

import json

import pytest

from chathaven.base.languages import LANGUAGES
from chathaven.product.legal.paragraph import SENTENCES
from tests.product.privacy.test_export_visitor import Visitor
from tests.product.served import Company


async def test_the_record_of_processing_names_their_store(company: Company) -> None:
    for kind in ("controller", "processor"):
        found = (await company.owner.get("/v1/records", params={"kind": kind})).json()
        for language in found["record"]["languages"].values():
            stores = {store for each in language["activities"] for store in each["stores"]}
            assert "files" in stores, kind


async def test_a_persons_copy_says_what_is_kept_of_them(visitor: Visitor) -> None:
    columns = json.loads((await visitor.export())["processing.json"])["columns"]
    of_files = {each["column"]: each for each in columns if each["store"] == "files"}
    assert of_files["details"]["kept"] == "R2 conversation"
    assert of_files["details"]["in_this_copy"] is True
    assert of_files["file_key"]["in_this_copy"] is False
    assert "lock" in of_files["file_key"]["why_not"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_paragraph_names_them(company: Company, language: str) -> None:
    told = await company.owner.get("/v1/legal/privacy-paragraph", params={"language": language})
    assert SENTENCES[language]["files"] in told.json()["text"]
