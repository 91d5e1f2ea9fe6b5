"""The terms that are accepted at sign-up, by version."""

from __future__ import annotations

import hashlib

import msgspec

TERMS_VERSION = "2026-11-01"
_TERMS = """\
Terms and Conditions

1. What this is. This installation of Chathaven lets you talk with the visitors of your website.
2. Your account. Keep your password to yourself. You answer for what is done with your account.
3. Your visitors' data. You decide what is collected and why; you are its controller under the
   GDPR. Whoever runs this installation keeps it for you and acts on your instructions.
4. Fair use. Do not send unlawful content, and do not disturb the service or its other users.
5. Leaving. You may export your data and close your account at any time.
6. Changes. When these terms change, you are asked again before the new version holds.
"""


class Terms(msgspec.Struct, frozen=True):
    """One version of the terms."""

    version: str
    sha256: str
    text: str


TERMS = Terms(TERMS_VERSION, hashlib.sha256(_TERMS.encode()).hexdigest(), _TERMS)
