"""What a visitor answers to a text: a receipt, and the state that follows from it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy import select

from chathaven.base import actor as actors
from chathaven.base.errors import Conflict, Invalid
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.stream.bus import Bus
from chathaven.product.consents.marketing import answer_marketing
from chathaven.product.consents.model import Notice, Subject
from chathaven.product.consents.notices import in_language, read_showing
from chathaven.product.consents.receipts import Circumstances, last_receipt
from chathaven.product.consents.require import refusal
from chathaven.product.consents.suppressed import is_suppressed, lift
from chathaven.product.visitors.model import Visitor
from chathaven.product.visitors.page import origin_of
from chathaven.product.visitors.restrict import standing


def circumstances(
    request: Request[Any, Any, Any], visitor: Visitor, *, surface: str
) -> Circumstances:
    """Returns how an answer came about, as far as a receipt needs it (A.2)."""
    technical = visitor.technical or {}
    return Circumstances(
        method="api" if request.headers.get("origin") is None else "button",
        surface=surface,
        page_origin=origin_of(technical.get("page_url")),
        browser=technical.get("browser"),
        chat_id=visitor.chat_id,
    )


def told_by_operator(actor: actors.Operator, visitor: Visitor, reason: str | None) -> Circumstances:
    """Returns how an answer came about that a visitor gave an operator by other means.

    Raises:
        Invalid: it comes without a reason.
    """
    if not reason or not reason.strip():
        raise Invalid.field("reason", Reason.CAUSE_OF_CHANGE)
    return Circumstances(
        method="operator",
        surface="app",
        chat_id=visitor.chat_id,
        reason=reason.strip(),
        operator_id=actor.id,
    )


async def answer_if_asked(
    tx: Transaction,
    bus: Bus,
    visitor: Visitor,
    answer: str | None,
    how: Circumstances,
    *,
    gives_email: bool,
    email: str | None = None,
    shown: UUID | None = None,
) -> None:
    """Writes the answer to the marketing question, where one is asked.

    The caller has locked the visitor. `email` is the address that comes with it, where it is not
    the visitor's already. `shown` is the text that was on the screen, where the caller knows it:
    nobody says yes to other words than those.

    Raises:
        Invalid: an e-mail comes without an answer (`marketing_answer_required`), or an answer to
            a question that is not asked; nothing is stored.
        Conflict: a yes to words that are no longer asked (`notice_stale`), with the current ones;
            or an operator's yes for an address that is not to be written to (`do_not_contact`).
    """
    questions = (await read_showing(tx)).of(Subject.MARKETING)
    question = in_language(questions, str((visitor.technical or {}).get("language", "")))
    if question is None:
        if answer == "yes":
            raise Invalid.field("marketing", Reason.NOT_ASKED)
        if visitor.marketing_answer is None or answer is None:
            return
    if answer is None:
        if gives_email and visitor.marketing_answer is None:
            raise Invalid.field(
                "marketing", Reason.ANSWER_WITH_EMAIL, code="marketing_answer_required"
            )
        return
    if answer == visitor.marketing_answer:
        return
    if question is None:
        question = await _last_question(tx, visitor)
    elif shown is not None and question.id != shown:
        seen = next((each for each in questions.values() if each.id == shown), None)
        if seen is None and answer == "yes":
            raise refusal("notice_stale", "The question has changed.", question)
        question = seen or question
    await answer_marketing(tx, visitor.id, question, answer, how)
    await tx.update(visitor, marketing_answer=answer)
    await _heed(tx, answer, email or visitor.email, how)
    await _tell(tx, bus, visitor.id)


async def _heed(tx: Transaction, answer: str, email: str | None, how: Circumstances) -> None:
    """Lets a visitor's own yes end "do not write to me"; nobody says it for them (A-17-6)."""
    if answer != "yes" or email is None:
        return
    if how.operator_id is None:
        await lift(tx, actors.System(tx.account_id), email)
    elif await is_suppressed(tx, email):
        raise Conflict(
            "This address is not to be written to, until the person says yes again in the chat.",
            code="do_not_contact",
        )


async def _tell(tx: Transaction, bus: Bus, visitor_id: UUID) -> None:
    """Lets operators' screens ask again; they hear nothing of somebody who is restricted."""
    if not await standing(tx, visitor_id):
        account_id = tx.account_id
        tx.after_commit(lambda: bus.changed(account_id, "visitor", visitor_id))


async def _last_question(tx: Transaction, visitor: Visitor) -> Notice:
    """Returns the question that a visitor answered last: it can be withdrawn when retired, too."""
    receipt = await last_receipt(tx, visitor.id, Subject.MARKETING)
    notice_id = receipt.details["notice_id"] if receipt else None
    question = await tx.one(
        select(Notice).where(Notice.account_id == tx.account_id, Notice.id == notice_id)
    )
    if question is None:
        raise Invalid.field("marketing", Reason.NOT_ASKED)
    return question
