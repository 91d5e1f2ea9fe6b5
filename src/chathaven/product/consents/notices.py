"""Versions of texts: a saved change makes a new one, old ones stay readable."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import func, select, update

from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.base.timed_cache import TimedCache
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.product.accounts.settings import AccountSettings, EmailRequest, read_account
from chathaven.product.consents.model import Notice, Subject

CACHE_SECONDS = 5
FALLBACK = "en"


class NoticeView(msgspec.Struct):
    """A text as a visitor is shown it."""

    id: UUID
    text: str
    language: str
    sha256: str
    requires_agreement: bool
    version: int


def notice_view(notice: Notice) -> NoticeView:
    """Returns a text as shown."""
    return NoticeView(
        id=notice.id,
        text=notice.text,
        language=notice.language,
        sha256=notice.sha256,
        requires_agreement=notice.requires_agreement,
        version=notice.version,
    )


async def publish(
    tx: Transaction, subject: Subject, texts: Mapping[str, str], *, requires_agreement: bool
) -> None:
    """Makes `texts` (by language) the current ones; what did not change keeps its version."""
    current = {notice.language: notice for notice in await current_notices(tx, subject)}
    for language, text in texts.items():
        there = current.pop(language, None)
        if there is None or (there.text, there.requires_agreement) != (text, requires_agreement):
            await _retire(tx, there)
            await _add(tx, subject, language, text, requires_agreement=requires_agreement)
    for gone in current.values():
        await _retire(tx, gone)


async def _add(
    tx: Transaction, subject: Subject, language: str, text: str, *, requires_agreement: bool
) -> None:
    newest = select(func.max(Notice.version)).where(
        Notice.account_id == tx.account_id,
        Notice.subject == subject,
        Notice.language == language,
    )
    await tx.insert(
        Notice(
            account_id=tx.account_id,
            id=new_id(),
            subject=subject,
            language=language,
            version=(await tx.value(newest) or 0) + 1,
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            requires_agreement=requires_agreement,
            created_at=now(),
        )
    )


async def _retire(tx: Transaction, notice: Notice | None) -> None:
    if notice is not None:
        await tx.run(
            update(Notice)
            .where(Notice.account_id == tx.account_id, Notice.id == notice.id)
            .values(retired_at=now())
        )


async def current_notices(tx: Transaction, subject: Subject) -> list[Notice]:
    """Returns the current texts of a subject, one a language."""
    return await tx.all(
        select(Notice).where(
            Notice.account_id == tx.account_id,
            Notice.subject == subject,
            Notice.retired_at.is_(None),
        )
    )


async def fixed_notice(
    tx: Transaction, subject: Subject, texts: Mapping[str, str], language: str
) -> Notice:
    """Returns a text of ours that no setting changes, as a version that is made when first needed.

    `texts` has it in every language, English among them.
    """
    current = await _by_language(tx, subject)
    if {each: notice.text for each, notice in current.items()} != texts:
        # Locked, so that of two first answers at once one makes the version, the other finds it.
        await read_account(tx, lock=True)
        await publish(tx, subject, texts, requires_agreement=False)
        current = await _by_language(tx, subject)
    return current.get(language) or current[FALLBACK]


async def _by_language(tx: Transaction, subject: Subject) -> dict[str, Notice]:
    return {notice.language: notice for notice in await current_notices(tx, subject)}


async def history(tx: Transaction, subject: Subject) -> list[Notice]:
    """Returns every version of a subject's texts, the newest first."""
    return await tx.all(
        select(Notice)
        .where(Notice.account_id == tx.account_id, Notice.subject == subject)
        .order_by(Notice.created_at.desc(), Notice.language)
    )


def in_language(notices: Mapping[str, Notice], language: str) -> Notice | None:
    """Returns the text in a language, or else in English, or else in any.

    `language` is a tag, or an Accept-Language header whose first entry counts.
    """
    first = language.partition(",")[0].strip()
    for each in (first, first.partition("-")[0].lower(), FALLBACK):
        if each in notices:
            return notices[each]
    return next(iter(notices.values()), None)


class Showing(NamedTuple):
    """What an account shows and asks at the moment."""

    notices: dict[Subject, dict[str, Notice]]
    email_request: EmailRequest

    def of(self, subject: Subject) -> dict[str, Notice]:
        """Returns the current texts of a subject by language; none when it is switched off."""
        return self.notices.get(subject, {})


class NoticeCache:
    """What accounts show and ask at the moment, needed with every message."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: TimedCache[UUID, Showing] = TimedCache(20_000, CACHE_SECONDS)
        self._reading: dict[UUID, asyncio.Task[Showing]] = {}

    def known(self, account_id: UUID) -> Showing | None:
        """Returns what an account shows and asks, if it was read a moment ago."""
        return self._known.get(account_id)

    async def of(self, account_id: UUID) -> Showing:
        """Returns what an account shows and asks."""
        known = self.known(account_id)
        if known is not None:
            return known
        # Hundreds of messages may be on their way: one reads for all of them.
        reading = self._reading.get(account_id)
        if reading is None:
            reading = self._reading[account_id] = asyncio.create_task(self._read(account_id))
        # One who hangs up must not take the others with him.
        return await asyncio.shield(reading)

    async def _read(self, account_id: UUID) -> Showing:
        reading = asyncio.current_task()
        try:
            async with self._database.transaction(account_id) as tx:
                showing = await read_showing(tx)
            if self._reading.get(account_id) is reading:
                self._known[account_id] = showing
            return showing
        finally:
            if self._reading.get(account_id) is reading:
                del self._reading[account_id]

    def forget(self, account_id: UUID) -> None:
        """Forgets an account's texts after they changed, also those being read just now."""
        self._known.forget(account_id)
        self._reading.pop(account_id, None)


async def read_showing(tx: Transaction) -> Showing:
    """Returns what the transaction's account shows and asks."""
    found = await tx.all(
        select(Notice).where(Notice.account_id == tx.account_id, Notice.retired_at.is_(None))
    )
    notices: dict[Subject, dict[str, Notice]] = {}
    for notice in found:
        notices.setdefault(Subject(notice.subject), {})[notice.language] = notice
    settings = msgspec.convert((await read_account(tx)).settings, AccountSettings)
    return Showing(notices, settings.email_request)
