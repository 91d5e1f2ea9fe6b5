"""Letters to the person, in their language: drafted from templates, edited, kept, sent."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select

from chathaven.base.clock import now
from chathaven.base.dates import day
from chathaven.base.errors import Invalid
from chathaven.base.ids import new_id
from chathaven.base.languages import choose
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.product.accounts.features import is_off
from chathaven.product.accounts.settings import read_account
from chathaven.product.rights.model import RightsContent, RightsLetter, RightsRequest
from chathaven.product.rights.states import Kind
from chathaven.product.rights.steps import changed, extended_due
from chathaven.product.visitors.identify import read_visitor

SEND = "rights-letter"
LINK = "{link}"
"""Stands in a letter where its link will be: the link is made when the letter leaves, kept nowhere."""
NO_LINK = "(…)"
"""Stands there where the letter is shown again: the link stood in the one that left, and nowhere."""
COPIES = frozenset({Kind.ACCESS, Kind.PORTABILITY})
"""What is answered with the person's copy."""
_PLACE = re.compile(r"{(\w+)}")
_FOLDER = Path(__file__).with_name("texts")


class LetterKind(StrEnum):
    """What a letter says."""

    CONFIRM = "confirm"
    EXTENSION = "extension"
    ANSWER = "answer"
    REFUSAL = "refusal"
    OTHER = "other"


LINKED = frozenset({LetterKind.CONFIRM, LetterKind.ANSWER})
"""The letters that may hold a link."""


class Way(StrEnum):
    """How a letter reaches the person."""

    EMAIL = "email"
    WIDGET = "widget"
    BY_HAND = "by-hand"


class Draft(msgspec.Struct):
    """A letter as it stands before it is sent. `always` is added to it, whatever is changed."""

    kind: str
    language: str
    way: str
    subject: str
    text: str
    always: str | None = None


class Address(NamedTuple):
    """Where a letter goes: an e-mail address, or another way."""

    way: Way
    to: str | None
    name: str | None


@cache
def words(language: str) -> dict[str, Any]:
    """Returns the words of forms and letters in a language of the widget."""
    found: dict[str, Any] = json.loads(
        (_FOLDER / f"{choose(language, None)}.json").read_text(encoding="utf-8")
    )
    return found


def language_of(content: RightsContent) -> str:
    """Returns the language in which the person is written to."""
    return choose(str((content.details or {}).get("language") or ""), None)


async def address_of(tx: Transaction, content: RightsContent) -> Address:
    """Returns where letters about a request go: by mail where an address is known."""
    to, name = content.email, content.name
    if content.person_kind == "visitor":
        visitor = await read_visitor(tx, content.person_id)
        # The address that was known before: one that came with the request proves nothing.
        to, name = visitor.email or to, name or visitor.name
        if not to or await is_off(tx, "visitor-mail"):
            return Address(Way.WIDGET, None, name)
    if await is_off(tx, "visitor-mail"):
        return Address(Way.BY_HAND, to, name)
    return Address(Way.EMAIL if to else Way.BY_HAND, to, name)


async def draft(
    tx: Transaction,
    request: RightsRequest,
    content: RightsContent,
    kind: LetterKind,
    *,
    reason: str = "",
    ground: str = "",
) -> Draft:
    """Returns a letter from the templates, for editing."""
    language = language_of(content)
    say = words(language)
    address = await address_of(tx, content)
    known = content.person_kind == "visitor"
    last_day = extended_due(request) if kind is LetterKind.EXTENSION else request.due_at
    given = {
        "company": (await read_account(tx)).company,
        # Nobody's name brings a placeholder along.
        "name": (address.name or "").replace("{", "").replace("}", ""),
        "what": say["kinds"][request.kind],
        "received": day(request.received_at, language),
        "due": day(last_day, language),
        "number": str(request.id),
        "reason": reason.strip() or say["letters"]["reason"],
        "ground": say["grounds"].get(ground, ""),
        "link": LINK,
    }
    letters = say["letters"]
    parts = [letters["hello"] if address.name else letters["hello_nobody"]]
    parts += _body(letters, request, kind, address.way, known=known)
    parts.append(letters["regards"])
    return Draft(
        kind=kind.value,
        language=language,
        way=address.way.value,
        subject=_filled(letters["subject"], given),
        text="\n\n".join(_filled(part, given) for part in parts),
        always=letters["complaint"] if kind is LetterKind.REFUSAL else None,
    )


def _body(
    letters: dict[str, str],
    request: RightsRequest,
    kind: LetterKind,
    way: Way,
    *,
    known: bool,
) -> list[str]:
    if kind is LetterKind.CONFIRM:
        return [letters["received"], letters["confirm"]]
    if kind is LetterKind.EXTENSION:
        return [letters["received"], letters["extension"]]
    if kind is LetterKind.REFUSAL:
        return [letters["received"], letters["refusal"]]
    if kind is LetterKind.OTHER:
        return [letters["received"], "…"]
    # Of somebody unknown there is nothing but the request itself.
    said = known or request.kind in {Kind.ERASURE, Kind.OBJECTION}
    key = f"answer_{request.kind}" if said else "answer_nothing"
    if known and request.kind in COPIES and way is Way.WIDGET:
        key = "answer_widget"
    return [letters["about"], letters[key], letters["rights"]]


async def write_letter(
    tx: Transaction,
    ground: Ground,
    request: RightsRequest,
    content: RightsContent,
    made: Draft,
    by: UUID | None = None,
) -> RightsLetter:
    """Keeps a letter with its request and enqueues its sending; what must be in it is added.

    `by` is the operator whose decision it tells, for what happens once it has left.

    Raises:
        Invalid: the link that hands over the person's copy was taken out, or stands in a letter
            that has none to give: nobody gets a copy before it is known who asks.
    """
    address = await address_of(tx, content)
    text = made.text.strip()
    if made.always and made.always not in text:
        text = f"{text}\n\n{made.always}"
    links = needs_link(request, content, made.kind, address.way)
    if links and LINK not in text:
        raise Invalid.field("text", Reason.LINK_MISSING, code="link_missing", link=LINK)
    # A copy is handed over by the answer to somebody who is known to ask, and by nothing else.
    if not links and (LINK in text or LINK in made.subject):
        raise Invalid.field("text", Reason.LINK_REFUSED, code="link_refused", link=LINK)
    letter = RightsLetter(
        account_id=tx.account_id,
        id=new_id(),
        request_id=request.id,
        person_id=content.person_id,
        kind=made.kind,
        way=address.way.value,
        content={
            "to": address.to,
            "subject": " ".join(made.subject.split()),
            "text": text,
            "language": made.language,
            **({"by": str(by)} if by else {}),
        },
        created_at=now(),
    )
    await tx.insert(letter)
    if address.way is not Way.BY_HAND:
        await ground.queue.enqueue(tx, SEND, letter.id)
    changed(tx, ground, request.id)
    return letter


def needs_link(request: RightsRequest, content: RightsContent, kind: str, way: Way) -> bool:
    """Whether a letter hands something over by a link."""
    if kind == LetterKind.CONFIRM:
        return True
    # In the widget the button that fetches the copy stands beside the letter.
    known = content.person_kind == "visitor"
    copy = known and request.kind in COPIES and way is not Way.WIDGET
    return kind == LetterKind.ANSWER and copy


async def letters_of(tx: Transaction, request: RightsRequest) -> list[RightsLetter]:
    """Returns the letters of a request, the oldest first."""
    return await tx.all(
        select(RightsLetter)
        .where(RightsLetter.account_id == tx.account_id, RightsLetter.request_id == request.id)
        .order_by(RightsLetter.created_at, RightsLetter.id)
    )


def _filled(text: str, given: dict[str, str]) -> str:
    return _PLACE.sub(lambda found: given.get(found[1], found[0]), text)
