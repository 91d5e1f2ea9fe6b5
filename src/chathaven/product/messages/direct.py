"""A visitor's message on the direct way: without a task, and without the framework's layers.

It asks what the usual way (`api.send_as_visitor`) asks, of what is in memory because it was asked a
moment ago. Where something is not, or not as it should be, it takes nothing, and the usual way reads
what is missing or says what is wrong. A message that went both ways is one message, by its id.
"""

from __future__ import annotations

from chathaven.base.actor import Visitor
from chathaven.base.errors import Fault
from chathaven.engines.web.body import decode
from chathaven.engines.web.direct import Answer, Headers
from chathaven.product.access.gate import Gate
from chathaven.product.chats.append import Written
from chathaven.product.messages.api import VISITORS_SEND, NewMessage, answer_json, visitors_draft
from chathaven.product.messages.send import Writer

PATH = "/v1/widget/me/messages"


def send_directly(
    gate: Gate, writer: Writer, headers: Headers, body: bytes, answer: Answer
) -> bool:
    """Sends a visitor's message if everything about it is known; returns whether it does.

    It calls `answer` once the message is on disk, or could not be written.
    """
    said = dict(headers)
    who = gate.known(said.get(b"authorization", b""))
    if (
        not isinstance(who, Visitor)
        or len(said) != len(headers)
        or said.get(b"content-type") != b"application/json"
        # Which pages may write is the usual way's matter; for our own it is the browser's word.
        or (b"origin" in said and said.get(b"sec-fetch-site") != b"same-origin")
    ):
        return False
    showing = writer.notices.known(who.account_id)
    if showing is None:
        return False
    language = said.get(b"accept-language", b"").decode("latin-1")

    def done(result: Written | Fault) -> None:
        answer(None if isinstance(result, Fault) else answer_json(result))

    try:
        draft = visitors_draft(who, showing, language, decode(body, NewMessage))
        writer.limits.take_near(VISITORS_SEND, who.id)
        writer.put(who.account_id, draft, done)
    except Fault:
        return False
    return True
