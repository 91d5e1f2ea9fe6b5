"""Nobody writes before they were shown the current text, and agreed where that is asked.

The widget shows it; this is where it is enforced (A-07-1, A-13-1).
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from chathaven.base.actor import Visitor
from chathaven.base.errors import Conflict
from chathaven.engines.database.transaction import Transaction
from chathaven.product.consents.model import Answer, Notice, Subject
from chathaven.product.consents.notices import current_notices, in_language, notice_view
from chathaven.product.consents.receipts import Circumstances, give_receipt


class Shown(msgspec.Struct):
    """Which text somebody was shown, and whether they agreed to it."""

    notice_id: UUID | None
    agreed: bool | None
    language: str


def refusal(code: str, detail: str, notice: Notice) -> Conflict:
    """Returns the fault that carries the current text, so that it can be shown at once."""
    return Conflict(detail, code=code, extra={"notice": notice_view(notice)})


def check_shown(notices: Mapping[str, Notice], shown: Shown) -> Notice | None:
    """Returns the text that was shown; None where the account shows none.

    Raises:
        Conflict: `notice_required`, `notice_stale` or `agreement_required`, with the text.
    """
    current = in_language(notices, shown.language)
    if current is None:
        return None
    if shown.notice_id is None:
        raise refusal("notice_required", "The legal text has to be shown first.", current)
    seen = next((each for each in notices.values() if each.id == shown.notice_id), None)
    if seen is None:
        raise refusal("notice_stale", "The legal text has changed.", current)
    if seen.requires_agreement and shown.agreed is not True:
        raise refusal("agreement_required", "The legal text asks for agreement.", seen)
    return seen


def check_visitor(
    notices: Mapping[str, Notice], visitor: Visitor, accept_language: str
) -> Notice | None:
    """The same for somebody who was shown one already, and has it anew in its language.

    Raises:
        Conflict: as `check_shown`.
    """
    language = visitor.reads or accept_language
    return check_shown(notices, Shown(visitor.notice_id, visitor.agreed, language))


async def current_legal_texts(tx: Transaction) -> dict[str, Notice]:
    """Returns the account's legal texts by language, read in this transaction."""
    notices = await current_notices(tx, Subject.LEGAL_TEXT)
    return {notice.language: notice for notice in notices}


async def receive_answer(
    tx: Transaction, visitor_id: UUID, notice: Notice, agreed: bool | None, how: Circumstances
) -> Answer:
    """Writes the receipt for what was shown and answered. Returns the answer."""
    if agreed is True:
        answer = Answer.GIVEN
    elif agreed is None:
        answer = Answer.SHOWN
    else:
        answer = Answer.WITHDRAWN
    await give_receipt(tx, visitor_id, notice, answer, how)
    return answer
