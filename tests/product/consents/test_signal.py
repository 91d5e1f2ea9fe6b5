"""Global Privacy Control: a refusal with a receipt, above every default, below the own word."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from chathaven.base.languages import LANGUAGES
from chathaven.product.consents.signal import WORDS
from tests.conftest import Api
from tests.driving import Account, json_of
from tests.product.consents.test_marketing import ask


@contextmanager
def come(
    api: Api, account: Account, signal: str | None, language: str = "en"
) -> Iterator[httpx.Client]:
    """Comes with the header that a browser sends or leaves out; gives a client of theirs."""
    headers = {"sec-gpc": signal} if signal is not None else {}
    with api.server.http(headers=headers) as http:
        body = {"language": language}
        made = json_of(http.post(f"/v1/widget/{account.site_key}/visitors", json=body), 201)
        http.headers["authorization"] = f"Bearer {made['token']}"
        yield http


def receipts(http: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json_of(http.get("/v1/widget/me"))["receipts"]
    return found


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_it_is_kept_as_a_refusal(api: Api, language: str) -> None:
    account = api.sign_up()
    with come(api, account, "1", language) as http:
        [receipt] = receipts(http)
    assert (receipt["subject"], receipt["answer"], receipt["method"]) == ("gpc", "refused", "gpc")
    assert (receipt["text"], receipt["language"]) == (WORDS[language], language)
    assert receipt["surface"] == "pre-chat"


@pytest.mark.parametrize("signal", [None, "", "0", "true", "2"])
def test_its_absence_means_nothing(api: Api, signal: str | None) -> None:
    with come(api, api.sign_up(), signal) as http:
        assert receipts(http) == []


def test_no_setting_overrides_it_and_the_own_word_does(api: Api) -> None:
    account = api.sign_up()
    ask(account)
    with come(api, account, "1") as http:
        # Nothing is taken for a yes: an e-mail still needs an answer, and the list has nobody.
        email = {"email": "vera@visitor.example"}
        assert http.patch("/v1/widget/me", json=email).status_code == 422
        assert json_of(account.http.get("/v1/visitors", params={"marketing": "yes"}))["items"] == []
        assert json_of(http.patch("/v1/widget/me", json=email | {"marketing": "yes"}))["marketing"]
        allowed = {"provider": "youtube", "answer": "yes"}
        json_of(http.post("/v1/widget/me/embeds", json=allowed), 201)
        said = [(each["subject"], each["answer"], each["method"]) for each in receipts(http)]
    assert said == [
        ("embed:youtube", "given", "api"),
        ("marketing", "given", "api"),
        ("gpc", "refused", "gpc"),
    ]


def test_it_is_said_in_every_language() -> None:
    assert set(WORDS) == set(LANGUAGES)
    assert len(set(WORDS.values())) == len(LANGUAGES)


def test_operators_read_receipts_page_by_page(api: Api) -> None:
    account = api.sign_up()
    ask(account)
    visitor = api.visitor(account.site_key)
    for answer in ("yes", "no", "yes"):
        json_of(visitor.http.patch("/v1/widget/me", json={"marketing": answer}))
    path = f"/v1/visitors/{visitor.visitor_id}"
    change = {"marketing": "no", "reason": "She said so on the phone"}
    json_of(account.http.patch(path, json=change))
    first = json_of(account.http.get(f"{path}/receipts", params={"limit": 3}))
    assert [each["answer"] for each in first["items"]] == ["withdrawn", "given", "withdrawn"]
    assert first["items"][0]["reason"] == change["reason"]
    assert first["items"][0]["method"] == "operator"
    rest = json_of(account.http.get(f"{path}/receipts", params={"after": first["next"]}))
    assert [each["answer"] for each in rest["items"]] == ["given"]
    assert rest["next"] is None
    assert first["items"] + rest["items"] == visitor.me["receipts"]
    other = api.sign_up()
    assert other.http.get(f"{path}/receipts").status_code == 404
