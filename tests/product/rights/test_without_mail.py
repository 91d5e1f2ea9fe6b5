"""Letters where no mail goes to visitors, and what of a letter's link is shown again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chathaven.engines.database.transaction import Transaction
from chathaven.product.accounts import features
from tests.product.rights.desk import approve, come, letters_to, made, read, send_form, work
from tests.product.served import Company, Served, fresh_email


@pytest.fixture
def mail_goes_off(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Switches letters to visitors off, as an objection to who carries them does."""

    async def off(_tx: Transaction, feature: str) -> bool:
        return feature == "visitor-mail"

    return lambda: monkeypatch.setattr(features, "off_by", [off])


async def test_a_letter_that_waits_goes_another_way_where_mail_is_off_by_then(
    served: Served, company: Company, mail_goes_off: Callable[[], None]
) -> None:
    address = fresh_email("vera")
    vera = await come(served, company, email=address, name="Vera")
    asked = await vera.ask("access", text="All of it")
    running = await approve(company, asked["id"])
    assert running["letters"][0]["way"] == "email"
    mail_goes_off()
    await work(served, company)
    assert letters_to(served, address) == []
    done = await read(company, asked["id"])
    assert (done["request"]["state"], done["letters"][0]["way"]) == ("done", "widget")
    [own] = await vera.own()
    for text in (done["letters"][0]["text"], own["letters"][0]["text"]):
        assert "{link}" not in text
        assert "Download my data" in text


async def test_a_form_is_received_also_while_no_letter_can_prove_the_address(
    served: Served, company: Company, mail_goes_off: Callable[[], None]
) -> None:
    mail_goes_off()
    address = fresh_email("vera")
    answer = await send_form(served, company, kind="erasure", email=address)
    assert answer.status_code == 200, answer.text
    [item] = made(await company.owner.get("/v1/requests"))["items"]
    assert (item["state"], item["via"]) == ("received", "form")
    assert item["id"] in answer.text
    assert "e-mail" not in answer.text.partition(item["id"])[2]
    await work(served, company)
    assert letters_to(served, address) == []


async def test_the_desk_shows_no_link_of_a_letter(served: Served, company: Company) -> None:
    vera = await come(served, company, email=fresh_email("vera"), name="Vera")
    asked = await vera.ask("access")
    [letter] = (await approve(company, asked["id"]))["letters"]
    assert "{link}" not in letter["text"]
    await work(served, company)
    assert "/rights/copy#" in letters_to(served, letter["to"])[-1].get_content()
