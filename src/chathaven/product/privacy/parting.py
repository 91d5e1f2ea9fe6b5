"""What somebody says when they close their account: passed on by mail, and not kept."""

from __future__ import annotations

import asyncio

import structlog

from chathaven.engines.mail.post import NotSent, Post
from chathaven.product.accounts.legal import HostContact

SECONDS = 10
"""How long the answer waits for the mail server; the account is closed already."""
_LETTER = """\
An account of this installation was closed.

Reason: {reason}

Comment:

{comment}

This letter is the only copy of the comment, and it does not say which account it was: the
record of the erasure names nobody. Delete it when you have read it.
"""
log = structlog.get_logger()


async def pass_on(post: Post, contact: HostContact, reason: str | None, comment: str) -> None:
    """Sends the comment to whoever runs the installation; where they have no address, nowhere.

    It is sent at once and not by a job, for jobs are written down. That it cannot be sent does
    not keep the account open.
    """
    if contact.email is None or not comment.strip():
        return
    text = _LETTER.format(reason=reason or "none given", comment=comment.strip())
    try:
        async with asyncio.timeout(SECONDS):
            await post.send(contact.email, "An account was closed", text, about=None)
    except (NotSent, OSError) as error:
        # TimeoutError is an OSError.
        log.warning("parting-comment-not-sent", error=type(error).__name__)
