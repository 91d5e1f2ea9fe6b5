"""The marketing question: yes or no, never assumed, and always to be withdrawn."""

from __future__ import annotations

import pytest

from tests.conftest import Api
from tests.driving import Account, VisitorClient, json_of

WORDS = "May we write to you about our products?"


def ask(account: Account, *, enabled: bool = True) -> None:
    marketing = {"enabled": enabled, "texts": {"en": WORDS}}
    request = {"enabled": True, "when": "always", "marketing": marketing}
    json_of(account.http.patch("/v1/settings", json={"email_request": request}))


def answered(visitor: VisitorClient, **body: str | None) -> str | None:
    me = json_of(visitor.http.patch("/v1/widget/me", json=body))
    return me["marketing"] and str(me["marketing"]["answer"])


def test_an_email_without_an_answer_is_refused_and_not_stored(api: Api) -> None:
    account = api.sign_up()
    ask(account)
    visitor = api.visitor(account.site_key)
    body = {"email": "vera@visitor.example", "name": "Vera"}
    problem = json_of(visitor.http.patch("/v1/widget/me", json=body), 422)
    assert problem["code"] == "marketing_answer_required"
    assert problem["errors"][0]["field"] == "marketing"
    me = visitor.me
    assert (me["visitor"]["email"], me["visitor"]["name"], me["marketing"]) == (None, None, None)


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_the_answer_is_kept_with_its_words(api: Api, answer: str) -> None:
    account = api.sign_up()
    ask(account)
    visitor = api.visitor(account.site_key)
    visitor.say("Hello")
    body = {"email": "vera@visitor.example", "marketing": answer}
    me = json_of(visitor.http.patch("/v1/widget/me", json=body))
    assert me["visitor"]["email"] == "vera@visitor.example"
    shown = json_of(account.http.get(f"/v1/visitors/{visitor.visitor_id}"))["marketing"]
    assert shown == me["marketing"]
    assert shown["answer"] == answer
    assert shown["text"] == WORDS
    assert shown["text_version"] == "1"
    assert shown["language"] == "en"
    assert shown["chat_id"] == visitor.chat_id
    visitor.say("A no never stops the chat, nor does a yes")


def test_it_can_be_withdrawn_even_when_no_longer_asked(api: Api) -> None:
    account = api.sign_up()
    ask(account)
    visitor = api.visitor(account.site_key)
    assert answered(visitor, email="vera@visitor.example", marketing="yes") == "yes"
    ask(account, enabled=False)
    assert answered(visitor, marketing="no") == "no"
    subjects = [(each["subject"], each["answer"]) for each in visitor.me["receipts"]]
    assert subjects == [("marketing", "withdrawn"), ("marketing", "given")]


def test_the_same_answer_again_writes_nothing(api: Api) -> None:
    account = api.sign_up()
    ask(account)
    visitor = api.visitor(account.site_key)
    answered(visitor, marketing="no")
    answered(visitor, marketing="no")
    assert len(visitor.me["receipts"]) == 1


def test_a_yes_to_nothing_is_refused(api: Api) -> None:
    account = api.sign_up()
    visitor = api.visitor(account.site_key)
    problem = json_of(visitor.http.patch("/v1/widget/me", json={"marketing": "yes"}), 422)
    assert problem["errors"][0]["field"] == "marketing"


def test_the_widget_hears_the_question(api: Api) -> None:
    account = api.sign_up()
    ask(account)
    request = json_of(account.http.get(f"/v1/widget/{account.site_key}"))["email_request"]
    assert request["enabled"] is True
    assert request["marketing"]["question"]["text"] == WORDS


def test_visitors_by_answer(api: Api) -> None:
    account = api.sign_up()
    ask(account)
    people = {}
    for answer in ("yes", "no", None):
        visitor = api.visitor(account.site_key)
        people[answer] = visitor.visitor_id
        if answer:
            answered(visitor, email=f"{answer}@visitor.example", marketing=answer)
    for wanted, answer in (("yes", "yes"), ("no", "no"), ("none", None)):
        found = json_of(account.http.get("/v1/visitors", params={"marketing": wanted}))["items"]
        assert [each["id"] for each in found] == [people[answer]]
        assert found[0]["marketing"]["answer"] == answer


def test_an_address_is_found_with_an_answer_only_where_that_was_given(api: Api) -> None:
    account = api.sign_up()
    ask(account)
    address = "vera@visitor.example"
    said_no, said_yes = api.visitor(account.site_key), api.visitor(account.site_key)
    answered(said_no, email=address, marketing="no")
    answered(said_yes, email=address, marketing="yes")
    for answer, expected in (
        ("yes", {said_yes.visitor_id}),
        ("no", {said_no.visitor_id}),
        ("none", set()),
        (None, {said_yes.visitor_id, said_no.visitor_id}),
    ):
        params = {"email": address} | ({"marketing": answer} if answer else {})
        found = json_of(account.http.get("/v1/visitors", params=params))["items"]
        assert {each["id"] for each in found} == expected, answer


def test_nobody_says_yes_to_words_that_they_were_not_shown(api: Api) -> None:
    account = api.sign_up()
    ask(account)
    visitor = api.visitor(account.site_key)
    old = json_of(visitor.http.get(f"/v1/widget/{account.site_key}?language=en"))
    shown = old["email_request"]["marketing"]["question"]["id"]
    words = "May we and our partners write to you?"
    changed = {"enabled": True, "texts": {"en": words}}
    json_of(account.http.patch("/v1/settings", json={"email_request": {"marketing": changed}}))
    body = {"email": "vera@visitor.example", "marketing": "yes", "marketing_notice_id": shown}
    problem = json_of(visitor.http.patch("/v1/widget/me", json=body), 409)
    assert (problem["code"], problem["notice"]["text"]) == ("notice_stale", words)
    assert (visitor.me["visitor"]["email"], visitor.me["marketing"]) == (None, None)
    assert answered(visitor, **body | {"marketing_notice_id": problem["notice"]["id"]}) == "yes"
    # To say no needs no reading.
    assert answered(visitor, marketing="no", marketing_notice_id=shown) == "no"


def test_an_operator_changes_it_with_a_reason(api: Api) -> None:
    account = api.sign_up()
    ask(account)
    visitor = api.visitor(account.site_key)
    answered(visitor, email="vera@visitor.example", marketing="yes")
    path = f"/v1/visitors/{visitor.visitor_id}"
    problem = json_of(account.http.patch(path, json={"marketing": "no"}), 422)
    assert problem["errors"][0]["field"] == "reason"
    assert (visitor.me["marketing"] or {})["answer"] == "yes"
    body = {"marketing": "no", "reason": "Asked for it on the phone"}
    shown = json_of(account.http.patch(path, json=body))
    assert shown["marketing"]["answer"] == "no"
    newest = visitor.me["receipts"][0]
    assert (newest["answer"], newest["method"], newest["surface"]) == (
        "withdrawn",
        "operator",
        "app",
    )
