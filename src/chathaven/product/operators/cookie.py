"""The cookie of a session (C-07)."""

from __future__ import annotations

from litestar.datastructures import Cookie

from chathaven.base.ids import Secret
from chathaven.product.access.gate import Gate
from chathaven.product.operators.sign_in import ABSOLUTE


def session_cookie(gate: Gate, secret: Secret) -> Cookie:
    """Returns the cookie that stands for a session; scripts cannot read it."""
    return _cookie(gate, secret.text, int(ABSOLUTE.total_seconds()))


def no_cookie(gate: Gate) -> Cookie:
    """Returns the cookie that takes the session's away."""
    return _cookie(gate, "", 0)


def _cookie(gate: Gate, value: str, max_age: int) -> Cookie:
    return Cookie(
        key=gate.cookie,
        value=value,
        max_age=max_age,
        path="/",
        httponly=True,
        samesite="lax",
        secure=gate.secure,
    )
