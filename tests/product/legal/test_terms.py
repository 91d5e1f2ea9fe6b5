"""Terms: versions that stay readable, the operator's own text, and being asked again."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.keyring import Keyring
from chathaven.entry.page_words import WORDS
from chathaven.product.legal.changes import changes
from chathaven.product.legal.model import TermsAcceptance
from tests.product.served import Company, Served, serve

OWN = "# Our own terms\n\nBe **kind**. [Ask](javascript:alert(1)) <script>alert(1)</script>\n"


async def test_whoever_signed_up_just_now_is_asked_nothing(company: Company) -> None:
    assert (await company.owner.get("/v1/me")).json()["terms_due"] is None


async def test_changed_terms_are_asked_for_once_and_kept(
    company: Company, urls: DatabaseUrls, keyring: Keyring, tmp_path: Path
) -> None:
    old = company.served.terms.version
    (tmp_path / "legal").mkdir()
    (tmp_path / "legal" / "terms.en.md").write_text(OWN)
    async with serve(urls, tmp_path, keyring.path) as again:
        owner = await again.sign_in(company.email)
        new = again.terms.version
        due = {"version": new, "accepted_version": old}
        assert (await owner.get("/v1/me")).json()["terms_due"] == due
        stale = await owner.post("/v1/legal/terms/acceptances", json={"version": old})
        assert (stale.status_code, stale.json()["code"]) == (409, "terms_stale")
        accepted = await owner.post("/v1/legal/terms/acceptances", json={"version": new})
        assert accepted.status_code == 201
        assert (await owner.get("/v1/me")).json()["terms_due"] is None
        async with again.process.ground.database.transaction(UUID(company.id)) as tx:
            [kept] = await tx.all(
                select(TermsAcceptance).where(TermsAcceptance.account_id == tx.account_id)
            )
        assert (kept.version, str(kept.operator_id)) == (new, company.owner_id)

        visitor = again.client()
        page = (await visitor.get("/terms", params={"language": "de"})).text
        # It is written in English alone, and says so to whoever reads it aloud.
        assert '<article class="document" lang="en" dir="ltr">' in page
        assert WORDS["de"]["written"] in page
        assert "Be <strong>kind</strong>" in page
        assert "<script" not in page
        assert 'href="javascript' not in page
        before = (await visitor.get("/terms", params={"version": old, "language": "en"})).text
        assert "Who offers what" in before
        assert new in before
        differences = (await visitor.get("/terms/changes", params={"language": "en"})).text
        assert "<ins>" in differences
        assert "<del>" in differences


async def test_who_may_not_accept_is_not_asked(served: Served, company: Company) -> None:
    for method, path in (("POST", "/v1/legal/terms/acceptances"),):
        answer = await served.client().request(method, path, json={"version": "x"})
        assert answer.status_code == 401
    made = await company.owner.post("/v1/tokens", json={"name": "t", "scopes": ["settings:read"]})
    script = served.client(authorization=f"Bearer {made.json()['token']}")
    answer = await script.post("/v1/legal/terms/acceptances", json={"version": "x"})
    assert answer.status_code == 403


def test_changes_put_together_give_both_texts() -> None:
    before, after = "one two three four\n", "one deux three\nfour five\n"
    parts = changes(before, after)
    assert "".join(part.text for part in parts if part.how != "removed") == after
    assert [part.how for part in changes(before, before)] == ["same"]


def test_texts_are_compared_once() -> None:
    before, after = (" ".join(f"{word}-{each}" for each in range(9)) for word in ("one", "two"))
    assert changes(before, after) is changes(before, after)
