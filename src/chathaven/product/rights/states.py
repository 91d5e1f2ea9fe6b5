"""How a request goes from one state to the next. What the table does not have cannot happen."""

from __future__ import annotations

from enum import StrEnum

from chathaven.base.errors import Conflict


class Kind(StrEnum):
    """What a person asks for, by the articles of the GDPR (15 to 18, 20, 21)."""

    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    PORTABILITY = "portability"
    OBJECTION = "objection"


class Via(StrEnum):
    """Which way a request came."""

    WIDGET = "widget"
    MESSAGE = "message"
    FORM = "form"
    LETTER = "letter"
    PHONE = "phone"
    EMAIL = "email"


class State(StrEnum):
    """How far a request has come. `EXTENDED` is passed through: the request stays where it is."""

    RECEIVED = "received"
    IDENTITY_PENDING = "identity_pending"
    VERIFIED = "verified"
    IN_SCOPE_CHECK = "in_scope_check"
    APPROVED = "approved"
    REFUSED = "refused"
    RUNNING = "running"
    WAITING_EXTERNAL = "waiting_external"
    PARTIALLY_DONE = "partially_done"
    DONE = "done"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    EXTENDED = "extended"


class RefusalGround(StrEnum):
    """Why a request may be refused (GDPR Art. 11(2), 12(5), 12(6), 15(4), 17(3), 21(1))."""

    NOT_IDENTIFIED = "not_identified"
    UNFOUNDED = "unfounded"
    EXCESSIVE = "excessive"
    RIGHTS_OF_OTHERS = "rights_of_others"
    LEGAL_DUTY = "legal_duty"
    LEGAL_CLAIMS = "legal_claims"
    COMPELLING_GROUNDS = "compelling_grounds"
    NOT_OUR_DATA = "not_our_data"


_S = State
TRANSITIONS: dict[State, frozenset[State]] = {
    _S.RECEIVED: frozenset({_S.IDENTITY_PENDING, _S.VERIFIED, _S.DUPLICATE, _S.WITHDRAWN}),
    _S.IDENTITY_PENDING: frozenset({_S.VERIFIED, _S.REFUSED, _S.DUPLICATE, _S.WITHDRAWN}),
    _S.VERIFIED: frozenset({_S.IN_SCOPE_CHECK, _S.DUPLICATE, _S.WITHDRAWN}),
    _S.IN_SCOPE_CHECK: frozenset({_S.APPROVED, _S.REFUSED, _S.DUPLICATE, _S.WITHDRAWN}),
    _S.APPROVED: frozenset({_S.RUNNING, _S.WITHDRAWN}),
    _S.RUNNING: frozenset({_S.WAITING_EXTERNAL, _S.PARTIALLY_DONE, _S.DONE}),
    _S.WAITING_EXTERNAL: frozenset({_S.RUNNING, _S.PARTIALLY_DONE, _S.DONE}),
    _S.PARTIALLY_DONE: frozenset({_S.RUNNING, _S.WAITING_EXTERNAL, _S.DONE}),
    _S.REFUSED: frozenset(),
    _S.DONE: frozenset(),
    _S.DUPLICATE: frozenset(),
    _S.WITHDRAWN: frozenset(),
}
FINAL = frozenset(state for state, following in TRANSITIONS.items() if not following)
OPEN = frozenset(TRANSITIONS) - FINAL


def check(came_from: State, to: State) -> None:
    """Lets a step through that the table has. An open request may always be extended once.

    Raises:
        Conflict: the table has no such step (`illegal_step`).
    """
    allowed = came_from in OPEN if to is State.EXTENDED else to in TRANSITIONS[came_from]
    if not allowed:
        raise Conflict(
            f"A request that is {came_from} cannot become {to}.",
            code="illegal_step",
            extra={"state": str(came_from), "possible": sorted(TRANSITIONS[came_from])},
        )
