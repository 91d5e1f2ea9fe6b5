"""Settings of an account."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.product.served import Company, Served

DEFAULT = {
    "general": {
        "notification_email": None,
        "legal_text": {"enabled": False, "requires_agreement": False, "texts": {}},
    },
    "email_request": {
        "enabled": False,
        "when": "always",
        "texts": {},
        "marketing": {"enabled": False, "texts": {}},
    },
    "privacy": {
        "organisation": {
            "address": None,
            "country": None,
            "email": None,
            "joint_controllers": None,
            "data_protection_officer": None,
            "representative": None,
        },
        "breach_deadline_hours": 72,
        "retention": {
            "visit_hours": 24,
            "conversation_months": 12,
            "consent_months": 36,
            "security_days": 180,
            "audit_months": 36,
            "export_days": 7,
        },
    },
}


async def test_a_patch_is_merged(company: Company) -> None:
    assert (await company.owner.get("/v1/settings")).json() == DEFAULT
    patch = {
        "general": {
            "notification_email": " team@example.com ",
            "legal_text": {"enabled": True, "texts": {"en": "Read this", "de": "Lies das"}},
        }
    }
    answer = await company.owner.patch("/v1/settings", json=patch)
    assert answer.status_code == 200
    general = answer.json()["general"]
    assert general["notification_email"] == "team@example.com"
    assert general["legal_text"]["texts"] == {"en": "Read this", "de": "Lies das"}
    patch = {"general": {"legal_text": {"texts": {"de": None}}}}
    answer = await company.owner.patch("/v1/settings", json=patch)
    legal = answer.json()["general"]["legal_text"]
    assert legal == {"enabled": True, "requires_agreement": False, "texts": {"en": "Read this"}}
    assert (await company.owner.get("/v1/settings")).json() == answer.json()
    answer = await company.owner.patch("/v1/settings", json={"general": None})
    assert answer.json() == DEFAULT


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ({"unknown": {}}, "unknown"),
        ({"privacy": {"unknown": 1}}, "privacy.unknown"),
        ({"general": {"unknown": 1}}, "general.unknown"),
        ({"general": 7}, "general"),
        ({"general": {"notification_email": "nobody"}}, "general.notification_email"),
        ({"general": {"legal_text": {"enabled": "yes"}}}, "general.legal_text.enabled"),
        (
            {"general": {"legal_text": {"texts": {"en": "x" * 20_001}}}},
            "general.legal_text.texts[...]",
        ),
        ({"general": {"legal_text": {"texts": {"<b>": "x"}}}}, "general.legal_text.texts"),
        (
            {"general": {"legal_text": {"texts": {f"en-{n:04}": "x" for n in range(51)}}}},
            "general.legal_text.texts",
        ),
        ({"email_request": {"when": "never"}}, "email_request.when"),
    ],
)
async def test_names_what_cannot_be_taken(
    company: Company, patch: dict[str, Any], field: str
) -> None:
    answer = await company.owner.patch("/v1/settings", json=patch)
    assert answer.status_code == 422, answer.text
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert (await company.owner.get("/v1/settings")).json() == DEFAULT


async def test_two_patches_at_once_both_hold(company: Company) -> None:
    patches = [{"email_request": {"texts": {language: "x"}}} for language in ("en", "de", "fr")]
    await asyncio.gather(*(company.owner.patch("/v1/settings", json=each) for each in patches))
    texts = (await company.owner.get("/v1/settings")).json()["email_request"]["texts"]
    assert set(texts) == {"en", "de", "fr"}


async def test_what_is_set_is_sealed_and_noted_without_content(
    served: Served, company: Company
) -> None:
    patch = {"general": {"notification_email": "canary@example.com"}}
    await company.owner.patch("/v1/settings", json=patch)
    async with served.process.ground.database.transaction(UUID(company.id)) as tx:
        rows = await tx.session.execute(text("SELECT a::text FROM accounts a"))
        stored = "".join(row for (row,) in rows)
        noted = await tx.session.execute(text("SELECT l::text FROM audit_lines l"))
        lines = "".join(row for (row,) in noted)
    for found in (stored, lines):
        assert "canary" not in found
        assert b"canary".hex() not in found
    assert "settings-changed" in lines


async def test_each_account_has_its_own(served: Served, company: Company) -> None:
    stranger = await served.sign_up()
    await stranger.owner.patch("/v1/settings", json={"email_request": {"enabled": True}})
    assert (await company.owner.get("/v1/settings")).json() == DEFAULT
