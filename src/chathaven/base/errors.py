"""What can go wrong, as kinds with a stable code; the web edge turns them into problems."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from chathaven.base.reasons import Param, Reason, message


class FieldError(msgspec.Struct, frozen=True):
    """One field of a request that could not be taken, and why.

    `params` holds what the reason takes in, such as `{"max": 200}`; it is part of the interface,
    and never holds the value that was sent.
    """

    field: str
    reason: Reason
    params: dict[str, Param] = {}

    @property
    def message(self) -> str:
        """What the field takes, in English."""
        return message(self.reason, self.params)

    def shown(self) -> dict[str, object]:
        """Returns it as it is answered."""
        return {
            "field": self.field,
            "message": self.message,
            "reason": self.reason,
            "params": self.params,
        }


class Fault(Exception):
    """Something the caller can understand and act on.

    `code` is stable and part of the interface. `detail` is shown to people, so it never
    holds personal data.
    """

    status: ClassVar[int] = 500
    code: str = "fault"
    detail: str = "Something went wrong."

    def __init__(
        self,
        detail: str | None = None,
        *,
        code: str | None = None,
        errors: tuple[FieldError, ...] = (),
        retry_after: int | None = None,
        extra: dict[str, object] | None = None,
    ) -> None:
        self.detail = detail or type(self).detail
        self.code = code or type(self).code
        self.errors = errors
        self.retry_after = retry_after
        self.extra = extra or {}
        super().__init__(self.detail)


class Malformed(Fault):
    """The request is not what it says it is (not JSON, not UTF-8)."""

    status = 400
    code = "malformed"
    detail = "The request could not be read."


class Unauthenticated(Fault):
    """Nobody known is asking."""

    status = 401
    code = "unauthenticated"
    detail = "Sign in first."


class Forbidden(Fault):
    """Known, but not allowed."""

    status = 403
    code = "forbidden"
    detail = "You may not do this."


class NotFound(Fault):
    """It does not exist, or the caller may not know that it does."""

    status = 404
    code = "not_found"
    detail = "There is nothing here."


class Conflict(Fault):
    """It contradicts what is already there."""

    status = 409
    code = "conflict"
    detail = "This contradicts what is already there."


class TooLarge(Fault):
    """More bytes than are taken."""

    status = 413
    code = "too_large"
    detail = "This is too large."


class Invalid(Fault):
    """Readable, but a field holds what it cannot take."""

    status = 422
    code = "invalid"
    detail = "A field holds something it cannot take."

    @classmethod
    def field(
        cls, field: str, reason: Reason, *, code: str = "invalid", **params: Param
    ) -> Invalid:
        """Returns the fault for one field; `params` are what the reason takes in."""
        return cls.of(FieldError(field, reason, params), code=code)

    @classmethod
    def of(cls, *errors: FieldError, code: str = "invalid") -> Invalid:
        """Returns the fault for fields, of which the first makes the sentence."""
        return cls(f"{errors[0].field}: {errors[0].message}.", code=code, errors=errors)


class RateLimited(Fault):
    """Too much in too short a time."""

    status = 429
    code = "rate_limited"
    detail = "Too many tries in a short time. Wait a little and try again."


class Unavailable(Fault):
    """It cannot be done just now; the same request may be sent again."""

    status = 503
    code = "unavailable"
    detail = "This cannot be done right now. Nothing was lost; try again in a moment."
