"""Sending a letter: by SMTP, or into a folder that the owner of the installation can read."""

from __future__ import annotations

import asyncio
import os
import re
import ssl
from collections.abc import Iterable
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib
import idna

from chathaven.base.clock import now
from chathaven.base.disk import sync
from chathaven.base.ids import new_id
from chathaven.base.smtp import Tls, host_and_port, is_encrypted_from_the_start
from chathaven.engines.mail.letters import WRITTEN

_ONE_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\"\\]+@[^\s@,;:<>()\[\]\"\\]+")

_START_TLS = {Tls.REQUIRED: True, Tls.OFFERED: None, Tls.NONE: False}
"""What the library takes; None: where the server offers it."""


class NotSent(Exception):
    """A letter was not taken. What a mail server said may name the receiver, so it is left out.

    `certain` is False where the server fell silent while it was handed over: it may have taken it.
    `lasting` is True where trying again is of no use.
    """

    def __init__(self, why: str, *, certain: bool = True, lasting: bool = False) -> None:
        super().__init__(why)
        self.certain = certain
        self.lasting = lasting


class Attachment(NamedTuple):
    """A file that goes with a letter. `kind` is its media type, such as `application/pdf`."""

    name: str
    kind: str
    body: bytes


class Post:
    """The way out for mail."""

    def __init__(
        self, smtp_url: str | None, outbox: Path, sender: str, tls: Tls = Tls.REQUIRED
    ) -> None:
        self._smtp_url = smtp_url
        self._tls = tls
        self._outbox = outbox
        self._sender = _by_dns(sender)

    @property
    def kind(self) -> str:
        """`smtp`, or `outbox` when letters are written into the folder."""
        return "smtp" if self._smtp_url else "outbox"

    @property
    def domain(self) -> str:
        """The domain that letters come from."""
        return self._sender.rpartition("@")[2]

    async def send(
        self,
        to: str,
        subject: str,
        text: str,
        *attached: Attachment,
        about: UUID | None = None,
        id: UUID | None = None,
    ) -> None:
        """Sends a plain letter to one address, with files where there are any.

        `about` is the person whose data stands in it, the receiver included: a letter that is
        kept in the folder goes when they are erased. None says that there is nobody. `id` is the
        letter's own: the same again bears the same Message-ID, and is kept in the folder once.

        Raises:
            NotSent: `to` is not one plain address, a header holds a line break, or the server did
                not take it.
        """
        if not _ONE_ADDRESS.fullmatch(to):
            raise NotSent("A letter goes to one plain address.", lasting=True)
        id = id or new_id()
        try:
            letter = self._written(_by_dns(to), subject, text, attached, id)
            if self._smtp_url is None:
                await asyncio.to_thread(self._keep, letter, about, id)
            else:
                await self._deliver(self._smtp_url, letter)
        except ssl.SSLCertVerificationError as error:
            # A ValueError too; but a certificate is mended, and then the letter goes.
            raise NotSent(type(error).__name__) from None
        except (ValueError, MessageError) as error:
            raise NotSent(type(error).__name__, lasting=True) from None
        except aiosmtplib.SMTPException as error:
            raise NotSent(
                type(error).__name__, certain=_was_refused(error), lasting=_code(error) >= 500
            ) from None

    def _written(
        self, to: str, subject: str, text: str, attached: Iterable[Attachment], id: UUID
    ) -> EmailMessage:
        # A name before the @ that is not ASCII stands as it is (RFC 6532): encoded, it is another.
        letter = EmailMessage(policy.default.clone(utf8=not (self._sender + to).isascii()))
        letter["From"] = self._sender
        letter["To"] = to
        letter["Subject"] = subject
        letter["Date"] = format_datetime(now())
        letter["Message-ID"] = f"<{id}@{self.domain}>"
        letter.set_content(text)
        for each in attached:
            main, _, sub = each.kind.partition("/")
            letter.add_attachment(each.body, maintype=main, subtype=sub, filename=each.name)
        return letter

    def _keep(self, letter: EmailMessage, about: UUID | None, id: UUID) -> None:
        self._outbox.mkdir(mode=0o700, parents=True, exist_ok=True)
        whose = f".{about}" if about else ""
        name = f"{id}{whose}.eml"
        if any(self._outbox.glob(f"*-{name}")):
            return
        final = self._outbox / f"{now():{WRITTEN}}-{name}"
        draft = final.with_suffix(".draft")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(letter.as_bytes())
            # Who sends it notes that it went, so it outlives a loss of power as that note does.
            sync(draft)
            draft.rename(final)
        except BaseException:
            # Of a full disk, say. Half a letter is nobody's, and would be found by no one.
            draft.unlink(missing_ok=True)
            raise
        sync(self._outbox)

    async def _deliver(self, url: str, letter: EmailMessage) -> None:
        parts = urlsplit(url)
        host, port = host_and_port(url)
        at_once = is_encrypted_from_the_start(url)
        await aiosmtplib.send(
            letter,
            hostname=host,
            port=port,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=at_once,
            start_tls=None if at_once else _START_TLS[self._tls],
            timeout=20,
        )


def _by_dns(address: str) -> str:
    """Returns an address with its domain as DNS spells it, which every mail server takes.

    A domain that has no such spelling stays, and the mail server says what it thinks of it.
    """
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return address


def _was_refused(error: aiosmtplib.SMTPException) -> bool:
    """Whether the server surely has not taken the letter: it said so, or was never reached."""
    # A bare one is of what comes before: no TLS where it is required, no way to sign in.
    return type(error) is aiosmtplib.SMTPException or isinstance(
        error,
        aiosmtplib.SMTPResponseException
        | aiosmtplib.SMTPRecipientsRefused
        | aiosmtplib.SMTPConnectError
        | aiosmtplib.SMTPNotSupported,
    )


def _code(error: aiosmtplib.SMTPException) -> int:
    """Returns what the server answered, 0 where it did not."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return max((each.code for each in error.recipients), default=0)
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else 0
