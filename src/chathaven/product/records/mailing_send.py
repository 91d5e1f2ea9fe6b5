"""Sending one letter of a batch, at most once."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import select

from chathaven.base.clock import now
from chathaven.engines.database.transaction import EVERYONE, Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.mail.post import NotSent
from chathaven.product.records.mailing import fill
from chathaven.product.records.mailing_model import (
    FILL_JOB,
    SEND_JOB,
    BreachLetter,
    BreachMailing,
    LetterState,
)
from chathaven.product.visitors.model import Visitor

MOST_TRIES = 5
log = structlog.get_logger()


class _Ready(NamedTuple):
    to: str
    subject: str
    text: str
    person_id: UUID


def add_jobs(ground: Ground) -> None:
    """Adds the jobs of batches to the queue."""

    # Names are the queue's rule: every job takes the ids of an account and of one row.
    async def run(account_id: UUID, id: UUID) -> None:
        await fill(ground, account_id, id)

    async def send(account_id: UUID, id: UUID) -> None:
        await send_letter(ground, account_id, id)

    ground.queue.add(FILL_JOB, run, about=None)
    ground.queue.add(SEND_JOB, send, about=BreachLetter)


async def send_letter(ground: Ground, account_id: UUID, letter_id: UUID) -> None:
    """Sends a letter, once.

    Raises:
        NotSent: it was refused for now; the queue tries again.
    """
    async with ground.database.transaction(account_id, sees=EVERYONE) as tx:
        ready = await _begin(tx, ground, letter_id)
    if ready is None:
        return
    state = LetterState.SENT
    failed: NotSent | None = None
    try:
        await ground.post.send(
            ready.to, ready.subject, ready.text, about=ready.person_id, id=letter_id
        )
    except NotSent as error:
        failed = error
        state = LetterState.WAITING if error.certain else LetterState.UNCLEAR
    except OSError as error:
        # A disk that is full, as a rule: the letter lies nowhere.
        failed, state = NotSent(type(error).__name__), LetterState.WAITING
    async with ground.database.transaction(account_id, sees=EVERYONE) as tx:
        letter = await _locked(tx, letter_id)
        if letter is None or letter.state != LetterState.SENDING:
            return
        if failed and failed.certain and (failed.lasting or letter.tries >= MOST_TRIES):
            state = LetterState.FAILED
        await tx.update(letter, state=state, sent_at=now() if failed is None else None)
    if failed and state is LetterState.WAITING:
        raise failed


async def _begin(tx: Transaction, ground: Ground, letter_id: UUID) -> _Ready | None:
    """Marks a letter as being handed over; None where there is nothing to do."""
    letter = await _locked(tx, letter_id)
    if letter is None or letter.state not in {LetterState.WAITING, LetterState.SENDING}:
        return None
    if letter.state == LetterState.SENDING and ground.post.kind != "outbox":
        # An earlier run died between handing over and noting. In the folder the same letter lies
        # once whatever happens; a mail server cannot be asked.
        await tx.update(letter, state=LetterState.UNCLEAR)
        return None
    visitor = await tx.one(
        select(Visitor).where(Visitor.account_id == tx.account_id, Visitor.id == letter.visitor_id)
    )
    mailing = await tx.one(
        select(BreachMailing).where(
            BreachMailing.account_id == tx.account_id, BreachMailing.id == letter.mailing_id
        )
    )
    if visitor is None or mailing is None:
        return None
    if not visitor.email:
        await tx.update(letter, state=LetterState.NO_ADDRESS)
        return None
    by_language = (mailing.letters or {})["by_language"]
    spoken = str((visitor.technical or {}).get("language") or "").partition("-")[0].lower()
    language = spoken if spoken in by_language else next(iter(by_language))
    await tx.update(
        letter,
        state=LetterState.SENDING,
        language=language,
        sha256=mailing.hashes[language],
        tries=letter.tries + 1,
        begun_at=now(),
    )
    said = by_language[language]
    return _Ready(visitor.email, said["subject"], said["text"], visitor.id)


async def _locked(tx: Transaction, letter_id: UUID) -> BreachLetter | None:
    return await tx.one(
        select(BreachLetter)
        .where(BreachLetter.account_id == tx.account_id, BreachLetter.id == letter_id)
        .with_for_update()
    )
