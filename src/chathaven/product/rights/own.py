"""How a person sees their own requests, in plain words of their language."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from chathaven.engines.database.transaction import Transaction
from chathaven.product.rights.letters import letters_of, words
from chathaven.product.rights.model import RightsRequest
from chathaven.product.rights.show import letter_view
from chathaven.product.rights.states import FINAL, State


class OwnLetter(msgspec.Struct):
    """A letter as the person sees it in the widget."""

    kind: str
    subject: str
    text: str
    at: datetime


class OwnTexts(msgspec.Struct):
    """A request in plain words of the person's language.

    `due` says until when it is answered, with `{due}` where the date stands as the language writes
    it; null once it is.
    """

    kind: str
    state: str
    due: str | None


class OwnRequest(msgspec.Struct):
    """A person's own request, as they see it."""

    id: UUID
    kind: str
    state: str
    received_at: datetime
    due_on: date
    letters: list[OwnLetter]
    texts: OwnTexts


_OWN_STATES = {
    State.RECEIVED: "received",
    State.IDENTITY_PENDING: "confirm",
    State.VERIFIED: "looked_at",
    State.IN_SCOPE_CHECK: "looked_at",
    State.APPROVED: "carried_out",
    State.RUNNING: "carried_out",
    State.WAITING_EXTERNAL: "carried_out",
    State.PARTIALLY_DONE: "carried_out",
}
"""How a person is told of a state; those that end a request are called as they are."""


async def own_view(tx: Transaction, request: RightsRequest, language: str) -> OwnRequest:
    """Returns a request as the person sees it, with the letters that reached them."""
    letters = [each for each in await letters_of(tx, request) if each.sent_at is not None]
    return OwnRequest(
        id=request.id,
        kind=request.kind,
        state=request.state,
        received_at=request.received_at,
        due_on=request.due_at.date(),
        letters=[
            OwnLetter(
                each.kind,
                shown.subject,
                shown.text,
                each.sent_at or each.created_at,
            )
            for each in letters
            for shown in [letter_view(each)]
        ],
        texts=_texts(request, language),
    )


def _texts(request: RightsRequest, language: str) -> OwnTexts:
    say = words(language)
    state = State(request.state)
    is_open = state not in FINAL
    return OwnTexts(
        kind=say["kinds"][request.kind],
        state=say["own"][_OWN_STATES.get(state, state.value)],
        due=say["own"]["due"] if is_open else None,
    )
