"""How often what lets people in may be tried (C-06)."""

from __future__ import annotations

from chathaven.engines.web.limits import Rate

SIGN_IN_BY_EMAIL = Rate("sign-in-email", 10, 15 * 60)
SIGN_IN_BY_ADDRESS = Rate("sign-in-address", 50, 15 * 60)
SIGN_UP = Rate("sign-up", 10, 60 * 60)
PASSWORD = Rate("password", 10, 15 * 60)
INVITATIONS = Rate("invitations", 50, 60 * 60)
INVITATION_LINK = Rate("invitation-link", 50, 15 * 60)
