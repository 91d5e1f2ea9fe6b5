"""The public form: without scripts, in every language, plain about what is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from chathaven.base.languages import LANGUAGES
from chathaven.engines.web.limits import Limits
from chathaven.product import rights
from chathaven.product.rights.letters import words
from tests.product.rights.desk import letters_to, made, send_form, work
from tests.product.served import Company, Served, fresh_email

VERA = "vera@visitor.example"


def shape(value: object) -> object:
    """Returns the keys of nested words, and the placeholders of each text."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    return sorted(set(re.findall(r"{\w+}", str(value))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_all_of_it(language: str) -> None:
    assert shape(words(language)) == shape(words("en"))
    file = Path(rights.__file__).parent / "texts" / f"{language}.json"
    assert words(language) == json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("asked", "lang", "direction"),
    [("de-AT,de;q=0.9", "de", "ltr"), ("ar", "ar", "rtl"), ("sv", "en", "ltr")],
)
async def test_it_speaks_the_browsers_language(
    served: Served, company: Company, asked: str, lang: str, direction: str
) -> None:
    path = f"/rights/{company.made['site']['key']}"
    page = await served.client().get(path, headers={"accept-language": asked})
    assert page.status_code == 200
    assert f'<html lang="{lang}" dir="{direction}">' in page.text
    assert words(lang)["kinds"]["erasure"] in page.text
    assert "<script" not in page.text, "it works without any"
    assert "set-cookie" not in page.headers
    policy = page.headers["content-security-policy"]
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy


async def test_what_is_wrong_is_said_and_nothing_written_is_lost(
    served: Served, company: Company
) -> None:
    given = {"kind": "", "email": "vera", "name": 'Vera "V" <b>', "text": "Where is it?"}
    answer = await send_form(served, company, **given)
    assert answer.status_code == 422
    form = words("en")["form"]
    assert form["wrong_kind"] in answer.text
    assert form["wrong_email"] in answer.text
    assert "Where is it?" in answer.text
    assert "<b>" not in answer.text
    long = await send_form(served, company, kind="access", email=VERA, text="x" * 5_001)
    assert (long.status_code, form["too_long"] in long.text) == (422, True)
    assert made(await company.owner.get("/v1/requests"))["items"] == []


async def test_it_tells_nobody_whether_an_address_is_known(
    served: Served, company: Company
) -> None:
    http = served.client()
    key = company.made["site"]["key"]
    vera, wim = fresh_email("vera"), fresh_email("wim")
    token = made(await http.post(f"/v1/widget/{key}/visitors", json={"language": "en"}), 201)
    head = {"authorization": f"Bearer {token['token']}"}
    made(await http.patch("/v1/widget/me", json={"email": vera}, headers=head))
    known = await send_form(served, company, kind="access", email=vera)
    unknown = await send_form(served, company, kind="access", email=wim)
    number = r"[0-9a-f-]{36}|nonce[^ ]*"
    assert re.sub(number, "", known.text) == re.sub(number, "", unknown.text)
    await work(served, company)
    assert len(letters_to(served, vera)) == len(letters_to(served, wim)) == 1


async def test_a_mailbox_gets_three_letters_an_hour(
    served: Served, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = served.process.ground.database
    monkeypatch.setattr(served.process.ground, "limits", Limits(database, on=True))
    address = f"flooded-{company.id}@visitor.example"
    for _ in range(3):
        answer = await send_form(served, company, kind="access", email=address)
        assert answer.status_code == 200
    refused = await send_form(served, company, kind="access", email=address)
    assert refused.status_code == 429
    assert words("en")["form"]["too_often"] in refused.text
    assert int(refused.headers["retry-after"]) > 0


async def test_no_other_page_sends_it(served: Served, company: Company) -> None:
    address = f"/rights/{company.made['site']['key']}"
    headers = {"origin": "https://elsewhere.example"}
    given = {"kind": "access", "email": VERA}
    answer = await served.client().post(address, data=given, headers=headers)
    assert answer.status_code == 403
    nowhere = await served.client().get("/rights/000000000000000000000000")
    assert nowhere.status_code == 404
