"""The legal text: shown, agreed to, enforced by the server, and proven by a receipt."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx
import pytest

from tests.conftest import Api
from tests.driving import Account, json_of, sign_up

EN = "By chatting you accept our [privacy policy](https://company.example/privacy)."
DE = "Mit dem Chat gilt unsere [Datenschutzerklärung](https://company.example/datenschutz)."


def show(account: Account, *, agreement: bool, **texts: str) -> None:
    legal = {"enabled": True, "requires_agreement": agreement, "texts": texts}
    json_of(account.http.patch("/v1/settings", json={"general": {"legal_text": legal}}))


def notice(account: Account, language: str = "en") -> dict[str, Any]:
    shown = account.http.get(f"/v1/widget/{account.site_key}", params={"language": language})
    found: dict[str, Any] = json_of(shown)["notice"]
    return found


def start(account: Account, **body: Any) -> httpx.Response:
    with account.server.http() as http:
        return http.post(f"/v1/widget/{account.site_key}/visitors", json={"language": "en", **body})


def refused(answer: httpx.Response, code: str) -> dict[str, Any]:
    problem = json_of(answer, 409)
    assert problem["code"] == code
    carried: dict[str, Any] = problem["notice"]
    return carried


def test_nobody_begins_without_the_text(api: Api) -> None:
    account = api.sign_up()
    assert notice(account) is None
    show(account, agreement=False, en=EN, de=DE)
    carried = refused(start(account), "notice_required")
    assert carried == notice(account)
    assert carried["text"] == EN
    assert carried["sha256"] == hashlib.sha256(EN.encode()).hexdigest()
    assert notice(account, "de-AT")["text"] == DE
    assert start(account, notice_id=carried["id"]).status_code == 201
    assert json_of(account.http.get("/v1/visitors"))["items"].__len__() == 1


def test_a_changed_text_has_to_be_shown_again(api: Api) -> None:
    account = api.sign_up()
    show(account, agreement=False, en=EN)
    old = notice(account)
    show(account, agreement=False, en=EN + " More.")
    carried = refused(start(account, notice_id=old["id"]), "notice_stale")
    assert carried["text"] == EN + " More."
    assert (old["version"], carried["version"]) == (1, 2)


def test_what_did_not_change_keeps_its_version(api: Api) -> None:
    account = api.sign_up()
    show(account, agreement=False, en=EN)
    before = notice(account)
    show(account, agreement=False, en=EN, de=DE)
    assert notice(account) == before


@pytest.mark.parametrize("agreed", [None, False])
def test_agreement_is_a_yes_and_nothing_else(api: Api, agreed: bool | None) -> None:
    account = api.sign_up()
    show(account, agreement=True, en=EN)
    shown = notice(account)
    assert shown["requires_agreement"] is True
    answer = start(account, notice_id=shown["id"], agreed=agreed)
    refused(answer, "agreement_required")
    assert json_of(account.http.get("/v1/visitors"))["items"] == []


def test_messages_are_refused_until_the_new_text_was_shown(api: Api) -> None:
    account = api.sign_up()
    show(account, agreement=True, en=EN)
    visitor = api.visitor(account.site_key, notice_id=notice(account)["id"], agreed=True)
    visitor.say("first")
    show(account, agreement=True, en=EN + " New.")
    message = {"id": "01890a5d-ac96-774b-bcce-b302099a8057", "text": "second"}
    carried = refused(visitor.http.post("/v1/widget/me/messages", json=message), "notice_stale")
    assert [event["params"]["text"] for event in visitor.events()] == ["first"]
    answer = {"notice_id": carried["id"], "agreed": True}
    json_of(visitor.http.post("/v1/widget/me/notice", json=answer), 201)
    json_of(visitor.http.post("/v1/widget/me/messages", json=message), 201)


@pytest.mark.parametrize("shown", ["en", "de"])
def test_the_new_text_comes_in_the_language_of_the_old_one(api: Api, shown: str) -> None:
    account = api.sign_up()
    show(account, agreement=False, en=EN, de=DE)
    visitor = api.visitor(account.site_key, notice_id=notice(account, shown)["id"])
    show(account, agreement=False, en=EN + " New.", de=DE + " Neu.")
    message = {"id": "01890a5d-ac96-774b-bcce-b302099a8057", "text": "hello"}
    browser = {"accept-language": "fr, en;q=0.5" if shown == "en" else "en"}
    sent = visitor.http.post("/v1/widget/me/messages", json=message, headers=browser)
    carried = refused(sent, "notice_stale")
    assert carried["text"] == {"en": EN + " New.", "de": DE + " Neu."}[shown]


def test_an_agreement_can_be_withdrawn(api: Api) -> None:
    account = api.sign_up()
    show(account, agreement=True, en=EN)
    shown = notice(account)
    visitor = api.visitor(account.site_key, notice_id=shown["id"], agreed=True)
    answer = {"notice_id": shown["id"], "agreed": False}
    me = json_of(visitor.http.post("/v1/widget/me/notice", json=answer), 201)
    assert [receipt["answer"] for receipt in me["receipts"]] == ["withdrawn", "given"]
    message = {"id": "01890a5d-ac96-774b-bcce-b302099a8057", "text": "no"}
    refused(visitor.http.post("/v1/widget/me/messages", json=message), "agreement_required")


def test_a_receipt_says_what_was_shown(api: Api) -> None:
    account = api.sign_up()
    show(account, agreement=False, en=EN)
    shown = notice(account)
    visitor = api.visitor(
        account.site_key, notice_id=shown["id"], page_url="https://shop.example/a?secret=1"
    )
    [receipt] = visitor.me["receipts"]
    assert receipt["subject"] == "legal-text"
    assert receipt["answer"] == "shown"
    assert receipt["text"] == EN
    assert receipt["sha256"] == shown["sha256"]
    assert receipt["text_version"] == "1"
    assert receipt["language"] == "en"
    assert receipt["surface"] == "pre-chat"
    assert len(receipt["hash"]) == 64


def test_switched_on_without_words_is_refused(api: Api) -> None:
    account = api.sign_up()
    legal = {"enabled": True, "texts": {"en": "  "}}
    problem = json_of(
        account.http.patch("/v1/settings", json={"general": {"legal_text": legal}}), 422
    )
    assert problem["errors"][0]["field"] == "general.legal_text.texts"
    assert json_of(account.http.get("/v1/settings"))["general"]["legal_text"]["enabled"] is False


def test_another_accounts_notice_counts_for_nothing(api: Api) -> None:
    one, other = api.sign_up(), sign_up(api.server)
    show(one, agreement=False, en=EN)
    show(other, agreement=False, en=EN)
    refused(start(one, notice_id=notice(other)["id"]), "notice_stale")
    other.http.close()
