"""Telling those concerned by a breach (GDPR Art. 34): one batch, one letter a person, with proof.

A batch is written at once; a job fills it with a row for each person, some at a time, and each row
is a job of its own. A letter is marked before it is handed to the post, so that a process which is
killed then sends nobody a second one: such a letter is `unclear`, and people decide. What the post
refuses for now is tried again, what it refuses for good has failed.
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from chathaven.base.actor import Operator, System
from chathaven.base.clock import now
from chathaven.base.errors import Conflict, Invalid, NotFound
from chathaven.base.ids import new_id
from chathaven.base.languages import LANGUAGES
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.jobs.queue import Queue
from chathaven.product.accounts.features import check_on
from chathaven.product.audit.record import record
from chathaven.product.records.breach import note, read_breach
from chathaven.product.records.breach_letters import NO_CONTACT, words
from chathaven.product.records.mailing_again import call_up
from chathaven.product.records.mailing_model import (
    AT_ONCE,
    FILL_JOB,
    SEND_JOB,
    BreachLetter,
    BreachMailing,
    LetterState,
)
from chathaven.product.records.model import BreachStatus
from chathaven.product.records.scope import CERTAINTIES, read_scope

LOOK_AGAIN = timedelta(seconds=5)
_UNFINISHED = re.compile(r"\[[^\]]+\]")

_FILL = """
INSERT INTO breach_letters (account_id, id, mailing_id, breach_id, visitor_id, language, sha256,
       state, tries)
SELECT p.account_id, gen_random_uuid(), %(mailing)s, %(breach)s, p.visitor_id, '', '', 'waiting', 0
  FROM breach_people p
 WHERE p.account_id = %(account)s AND p.scope_id = %(scope)s AND p.certainty = ANY(%(certainties)s)
   AND EXISTS (SELECT FROM visitors v
                WHERE v.account_id = p.account_id AND v.id = p.visitor_id)
   AND NOT EXISTS (SELECT FROM breach_letters l
                    WHERE l.account_id = p.account_id AND l.mailing_id = %(mailing)s
                      AND l.visitor_id = p.visitor_id)
   AND (%(again)s OR NOT EXISTS (SELECT FROM breach_letters l
                    WHERE l.account_id = p.account_id AND l.breach_id = %(breach)s
                      AND l.visitor_id = p.visitor_id AND l.state IN ('sent', 'unclear')))
 ORDER BY p.visitor_id LIMIT %(limit)s
ON CONFLICT DO NOTHING
RETURNING id, visitor_id
"""


class Text(msgspec.Struct, forbid_unknown_fields=True):
    """What a letter says, in one language."""

    subject: str
    text: str


class NewMailing(msgspec.Struct, forbid_unknown_fields=True):
    """A batch to be sent: to whom of an answer about the scope, and what, by language.

    Whoever speaks none of the languages gets the first. `again` writes also to people who were
    written to about this breach before.
    """

    scope_id: UUID
    letters: dict[str, Text]
    certainties: tuple[str, ...] = ("opened", "delivered")
    again: bool = False


async def start_mailing(
    tx: Transaction, queue: Queue, actor: Operator, breach_id: UUID, given: NewMailing
) -> BreachMailing:
    """Writes a batch, and enqueues it.

    Raises:
        NotFound: there is no such breach, or no such answer with it.
        Forbidden: letters to visitors are off for this account (`feature_off`).
        Conflict: the breach is closed, or a batch is being sent (`mailing_under_way`).
        Invalid: a letter is blank, in no language of ours, or still has places to be filled in.
    """
    # Locked, so that of two who send at once the second finds the first's.
    breach = await read_breach(tx, breach_id, lock=True)
    if breach.status == BreachStatus.CLOSED:
        raise Conflict("It is closed. Open it again to write to people.", code="breach_closed")
    await read_scope(tx, breach_id, given.scope_id)
    _check(given)
    await check_on(tx, "visitor-mail")
    if any(each.finished_at is None for each in await list_mailings(tx, breach_id)):
        raise Conflict("Letters are being sent already.", code="mailing_under_way")
    letters = {
        language: {"subject": " ".join(each.subject.split()), "text": each.text.strip() + "\n"}
        for language, each in given.letters.items()
    }
    mailing = BreachMailing(
        account_id=tx.account_id,
        id=new_id(),
        breach_id=breach_id,
        scope_id=given.scope_id,
        certainties=sorted(set(given.certainties)),
        letters={"again": given.again, "by_language": letters},
        hashes={language: text_hash(**each) for language, each in letters.items()},
        asked_by=actor.id,
        total=0,
        created_at=now(),
        finished_at=None,
    )
    await tx.insert(mailing)
    await queue.enqueue(tx, FILL_JOB, mailing.id)
    await note(tx, actor, breach, "mailing", {"mailing_id": str(mailing.id)})
    await record(tx, actor, "breach-mailing-asked", "breach", breach_id)
    return mailing


def text_hash(subject: str, text: str) -> str:
    """Returns the SHA-256 of a letter: of its subject, a line break, and its text, in UTF-8."""
    return hashlib.sha256(f"{subject}\n{text}".encode()).hexdigest()


def _check(given: NewMailing) -> None:
    if not given.letters:
        raise Invalid.field("letters", Reason.TEXT_IN_A_LANGUAGE)
    if not given.certainties or not set(given.certainties) <= set(CERTAINTIES):
        raise Invalid.field("certainties", Reason.SOME_OF, allowed=CERTAINTIES)
    for language, each in given.letters.items():
        field = f"letters.{language}"
        if language not in LANGUAGES:
            raise Invalid.field(field, Reason.ONE_OF, allowed=LANGUAGES)
        _check_length(f"{field}.subject", each.subject, 200)
        _check_length(f"{field}.text", each.text, 20_000)
        for place in (*_UNFINISHED.findall(words(language)[1]["letter_text"]), NO_CONTACT):
            if place in each.text:
                raise Invalid.field(
                    f"{field}.text", Reason.LETTER_UNFINISHED, code="letter_unfinished", place=place
                )


def _check_length(field: str, text: str, most: int) -> None:
    if not text.strip():
        raise Invalid.field(field, Reason.BLANK)
    if len(text) > most:
        raise Invalid.field(field, Reason.TOO_LONG, max=most)


async def read_mailing(
    tx: Transaction, breach_id: UUID, mailing_id: UUID, *, lock: bool = False
) -> BreachMailing:
    """Returns a batch.

    Raises:
        NotFound: the breach has none with this id.
    """
    wanted = select(BreachMailing).where(
        BreachMailing.account_id == tx.account_id,
        BreachMailing.breach_id == breach_id,
        BreachMailing.id == mailing_id,
    )
    found = await tx.one(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise NotFound()
    return found


async def list_mailings(tx: Transaction, breach_id: UUID) -> list[BreachMailing]:
    """Returns the batches of a breach, the newest first."""
    return await tx.all(
        select(BreachMailing)
        .where(BreachMailing.account_id == tx.account_id, BreachMailing.breach_id == breach_id)
        .order_by(BreachMailing.id.desc())
    )


async def count_states(tx: Transaction, mailing_id: UUID) -> dict[str, int]:
    """Returns how many letters of a batch are in which state; of erased people there are none."""
    rows = await tx.values(
        select(BreachLetter.state, func.count())
        .where(BreachLetter.account_id == tx.account_id, BreachLetter.mailing_id == mailing_id)
        .group_by(BreachLetter.state)
    )
    return dict.fromkeys(map(str, LetterState), 0) | {row[0]: row[1] for row in rows}


# Filling, and looking whether it is done


async def fill(ground: Ground, account_id: UUID, mailing_id: UUID) -> None:
    """Does one step of a batch: enqueues the next letters, or looks whether all have left."""
    async with ground.database.transaction(account_id, sees="everyone") as tx:
        mailing = await tx.one(
            select(BreachMailing)
            .where(
                BreachMailing.account_id == account_id,
                BreachMailing.id == mailing_id,
                BreachMailing.finished_at.is_(None),
            )
            .with_for_update()
        )
        if mailing is None:
            return
        added = await _add(tx, ground.queue, mailing)
        if added + await call_up(tx, ground.queue, mailing.id):
            await tx.update(mailing, total=mailing.total + added)
            await ground.queue.enqueue(tx, FILL_JOB, mailing_id)
            return
        counts = await count_states(tx, mailing_id)
        if counts[LetterState.WAITING] or counts[LetterState.SENDING]:
            await ground.queue.enqueue(tx, FILL_JOB, mailing_id, now() + LOOK_AGAIN)
            return
        await _finish(tx, ground, mailing, counts)


async def _add(tx: Transaction, queue: Queue, mailing: BreachMailing) -> int:
    rows = await (await tx.driver()).execute(
        _FILL,
        {
            "account": tx.account_id,
            "mailing": mailing.id,
            "breach": mailing.breach_id,
            "scope": mailing.scope_id,
            "certainties": list(mailing.certainties),
            "again": bool((mailing.letters or {}).get("again")),
            "limit": AT_ONCE,
        },
    )
    added = await rows.fetchall()
    for letter_id, visitor_id in added:
        await queue.enqueue(tx, SEND_JOB, letter_id, about=visitor_id)
    return len(added)


async def _finish(
    tx: Transaction, ground: Ground, mailing: BreachMailing, counts: dict[str, int]
) -> None:
    moment = now()
    await tx.update(mailing, finished_at=moment)
    breach = await read_breach(tx, mailing.breach_id, lock=True)
    if counts[LetterState.SENT] and breach.people_told_at is None:
        await tx.update(breach, people_told_at=moment)
    said: dict[str, Any] = {
        "mailing_id": str(mailing.id),
        "counts": counts,
        "sha256": dict(mailing.hashes),
    }
    await note(tx, System(tx.account_id), breach, "mailing-done", said)
    await record(tx, System(tx.account_id), "breach-mailing-done", "breach", breach.id)
    account_id, breach_id = tx.account_id, breach.id
    tx.after_commit(lambda: ground.bus.changed(account_id, "breach-mailings", breach_id))
