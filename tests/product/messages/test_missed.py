"""A letter to the company when a visitor writes while nobody is online, and when none comes."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from chathaven.base.clock import ahead
from chathaven.base.languages import LANGUAGES
from chathaven.engines.ground import Ground
from chathaven.engines.web.limits import Limits
from chathaven.product.messages import missed
from tests.product.rights.desk import Someone, come, letters_to, made, work
from tests.product.served import Company, Served, fresh_email

CANARY = "Canary-words-of-a-visitor"
LATER = missed.AFTER + timedelta(seconds=1)


@pytest.fixture
async def address(company: Company) -> str:
    """Where the company wants to be told."""
    found = fresh_email("team")
    await set_address(company, found)
    return found


async def set_address(company: Company, address: str | None) -> None:
    patch = {"general": {"notification_email": address}}
    made(await company.owner.patch("/v1/settings", json=patch))


async def later(served: Served, company: Company) -> None:
    """Lets everything happen that is due within a minute."""
    await served.process.missed.looked()
    with ahead(LATER):
        await work(served, company)


async def test_it_says_that_somebody_waits_and_nothing_of_what_or_who(
    served: Served, company: Company, address: str
) -> None:
    vera = await come(served, company, name="Vera", email=fresh_email("vera"))
    said = await vera.say(CANARY)
    await vera.say("And another thing")
    await later(served, company)
    [letter] = letters_to(served, address)
    text = letter.as_string()
    assert f"/app/chats/{said['chat_id']}" in text
    assert "Lovelace & Co" in letter.get_content()
    for nothing in (CANARY, "another thing", "Vera", "vera"):
        assert nothing not in text
    await vera.say("Still there?")
    await later(served, company)
    assert len(letters_to(served, address)) == 1, "once in a while is enough"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_is_in_the_accounts_language(
    served: Served, company: Company, address: str, language: str
) -> None:
    made(await company.owner.patch("/v1/me", json={"language": language}))
    await (await come(served, company)).say("Hello")
    await later(served, company)
    [letter] = letters_to(served, address)
    assert letter["subject"] == missed._WORDS[language]["subject"]
    assert "{" not in letter.get_content()


async def test_without_an_address_no_letter_is_written(served: Served, company: Company) -> None:
    await (await come(served, company)).say("Hello")
    await later(served, company)
    assert not list((served.data / "outbox").glob("*.eml"))


async def test_whoever_reads_in_time_gets_no_letter(
    served: Served, company: Company, address: str
) -> None:
    said = await (await come(served, company)).say("Hello")
    await served.process.missed.looked()
    read = await company.owner.post(f"/v1/chats/{said['chat_id']}/read", json={"seq": said["seq"]})
    assert read.status_code == 204
    await later(served, company)
    assert letters_to(served, address) == []


async def test_while_somebody_is_online_none_is_wanted(
    served: Served, company: Company, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {UUID(company.owner_id)}
    monkeypatch.setattr(served.process.live.presence, "here", lambda *_: set(here))
    vera = await come(served, company)
    await vera.say("Hello")
    await later(served, company)
    assert letters_to(served, address) == []
    # At the screen, and offline by their own word.
    made(await company.owner.patch("/v1/me", json={"availability": "offline"}))
    served.process.missed._quiet.clear()
    await vera.say("Is nobody there?")
    await later(served, company)
    assert len(letters_to(served, address)) == 1


async def test_files_are_messages_too_and_operators_are_nobody_to_wait_for(
    served: Served, company: Company, address: str
) -> None:
    vera = await come(served, company)
    form = {"id": "0199a1b2-0000-7000-8000-000000000001"}
    sent = await vera.http.post(
        "/v1/widget/me/files", data=form, files={"file": ("a.txt", b"Words", "text/plain")}
    )
    chat_id = made(sent, 201)["chat_id"]
    await later(served, company)
    assert len(letters_to(served, address)) == 1
    body = {"id": "0199a1b2-0000-7000-8000-000000000002", "text": "An answer"}
    made(await company.owner.post(f"/v1/chats/{chat_id}/messages", json=body), 201)
    served.process.missed._told.clear()
    await later(served, company)
    assert len(letters_to(served, address)) == 1


async def test_a_flood_of_chats_is_no_flood_of_letters(
    served: Served, company: Company, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground: Ground = served.process.ground
    monkeypatch.setattr(ground, "limits", Limits(ground.database, on=True))
    most = missed.OF_AN_ACCOUNT._replace(burst=2)
    monkeypatch.setattr(missed, "OF_AN_ACCOUNT", most)
    for _ in range(4):
        await (await come(served, company)).say("Hello")
        await served.process.missed.looked()
    await later(served, company)
    assert len(letters_to(served, address)) == 2


async def test_who_is_out_of_sight_is_written_of_to_nobody(
    served: Served, company: Company, address: str
) -> None:
    vera = await come(served, company)
    await vera.say("Hello")
    await served.process.missed.looked()
    body = {"ground": "claims"}
    made(await company.owner.post(f"/v1/visitors/{vera.id}/restriction", json=body), 201)
    await later(served, company)
    assert letters_to(served, address) == []


async def test_the_letter_goes_with_the_visitor(
    served: Served, company: Company, address: str
) -> None:
    vera: Someone = await come(served, company)
    await vera.say("Hello")
    await later(served, company)
    assert len(letters_to(served, address)) == 1
    made(await company.owner.delete(f"/v1/visitors/{vera.id}"), 202)
    await work(served, company)
    assert letters_to(served, address) == []
