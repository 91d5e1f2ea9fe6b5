"""Letters leave encrypted or not at all, but where somebody said otherwise; and doctor says so."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chathaven.base.settings import Settings
from chathaven.base.smtp import Tls
from chathaven.engines.mail.post import NotSent, Post
from chathaven.entry.cli.doctor_mail import mail
from chathaven.entry.cli.finding import Finding
from tests.engines.mail.mailbox import Mailbox

SENDER = "Chathaven <chat@example.com>"


async def send(mailbox: Mailbox, tls: Tls) -> None:
    await Post(mailbox.url, Path("nowhere"), SENDER, tls).send("ada@example.com", "Hello", "Hello")


async def said_of(mailbox: Mailbox, tls: Tls, scheme: str = "smtp") -> Finding:
    settings = Settings(
        data=Path("data"),
        public_url="https://chat.example.com",
        keyring=Path("keyring.json"),
        smtp_url=mailbox.url.replace("smtp", scheme),
        smtp_tls=tls,
    )
    return await asyncio.to_thread(mail, settings)


@pytest.mark.parametrize(
    ("tls", "encrypted"), [(Tls.REQUIRED, True), (Tls.OFFERED, True), (Tls.NONE, False)]
)
async def test_where_it_is_offered(encrypting: Mailbox, tls: Tls, encrypted: bool) -> None:
    await send(encrypting, tls)
    assert encrypting.encrypted == [encrypted]
    said = await said_of(encrypting, tls)
    assert said.well
    assert ("unencrypted" in str(said)) is not encrypted
    assert len(encrypting.letters) == 1, "doctor sends none"


@pytest.mark.parametrize("tls", [Tls.OFFERED, Tls.NONE])
async def test_where_it_is_not_and_need_not_be(mailbox: Mailbox, tls: Tls) -> None:
    await send(mailbox, tls)
    assert mailbox.encrypted == [False]
    said = await said_of(mailbox, tls)
    assert said.well
    assert "unencrypted" in str(said)


async def test_without_it_where_it_is_required_no_letter_goes(mailbox: Mailbox) -> None:
    with pytest.raises(NotSent) as caught:
        await send(mailbox, Tls.REQUIRED)
    assert caught.value.certain, "so that it is tried again, and never twice"
    assert not caught.value.lasting
    assert mailbox.letters == []
    assert not [command for command in mailbox.commands if "ada" in command]
    said = await said_of(mailbox, Tls.REQUIRED)
    assert not said.well
    assert "offers no TLS" in str(said)


@pytest.mark.parametrize("tls", [Tls.REQUIRED, Tls.OFFERED])
async def test_a_certificate_that_does_not_hold_is_not_believed(
    doubtful: Mailbox, tls: Tls
) -> None:
    with pytest.raises(NotSent) as caught:
        await send(doubtful, tls)
    assert caught.value.certain
    assert not caught.value.lasting, "it goes once the certificate is mended"
    assert doubtful.letters == []
    said = await said_of(doubtful, tls)
    assert not said.well
    assert "certificate" in str(said)


async def test_doctor_tells_the_wrong_port_from_one_that_is_silent(mailbox: Mailbox) -> None:
    said = await said_of(mailbox, Tls.REQUIRED, scheme="smtps")
    assert not said.well
    assert "smtps:// is for port 465" in str(said)
