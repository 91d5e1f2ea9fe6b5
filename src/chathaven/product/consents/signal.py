"""Global Privacy Control: a browser's own "no" to every optional purpose, kept as a receipt.

It stands above what a page or a setting assumes, and below what the visitor says later (A-07-9).
That a browser sends nothing means nothing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request

from chathaven.base.languages import choose
from chathaven.engines.database.transaction import Transaction
from chathaven.product.consents.model import Answer, Subject
from chathaven.product.consents.notices import fixed_notice
from chathaven.product.consents.receipts import Circumstances, give_receipt

HEADER = "sec-gpc"
METHOD = "gpc"
WORDS: dict[str, str] = json.loads(Path(__file__).with_name("gpc.json").read_text(encoding="utf-8"))


def is_sent(request: Request[Any, Any, Any]) -> bool:
    """Whether the browser asks on its user's behalf: `1` is the only value that means it."""
    return request.headers.get(HEADER, "").strip() == "1"


async def refuse_by_signal(
    tx: Transaction, visitor_id: UUID, language: str | None, how: Circumstances
) -> None:
    """Writes the receipt for what the browser refused on the visitor's behalf."""
    notice = await fixed_notice(tx, Subject.SIGNAL, WORDS, choose(language, None))
    how = msgspec.structs.replace(how, method=METHOD)
    await give_receipt(tx, visitor_id, notice, Answer.REFUSED, how)
