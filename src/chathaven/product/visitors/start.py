"""A visitor begins: a person with a key, an empty chat, and a token."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from chathaven.base.clock import now
from chathaven.base.ids import Secret, new_id
from chathaven.base.user_agent import family
from chathaven.engines.database.transaction import Transaction
from chathaven.product.access.gate import VISITOR_PREFIX
from chathaven.product.sites.find import keep
from chathaven.product.visitors.model import Visitor, VisitorToken
from chathaven.product.visitors.page import stripped

TOKEN_LIFE = timedelta(days=180)
"""The browser keeps the token until the visitor forgets it; it ends by itself after this."""


class Started(NamedTuple):
    """A new visitor and the secret that recognises them."""

    visitor: Visitor
    secret: Secret
    token: VisitorToken


async def start(
    tx: Transaction,
    site_id: UUID,
    *,
    language: str,
    page_url: str | None,
    user_agent: str | None,
    notice_id: UUID | None = None,
    agreed: bool = False,
) -> Started:
    """Writes a new visitor of a site, with the id of the chat that is to be theirs.

    Of the browser only its family is kept, of the page its address without query and
    fragment; the network address is not kept at all (GDPR Art. 5(1)(c)).

    Raises:
        NotFound: the site was deleted a moment ago.
    """
    # Which site it is comes from memory.
    await keep(tx, site_id)
    visitor_id, moment = new_id(), now()
    await tx.vault.new_person(await tx.driver(), tx.account_id, visitor_id, "visitor")
    browser, os = family(user_agent)
    visitor = Visitor(
        account_id=tx.account_id,
        id=visitor_id,
        site_id=site_id,
        chat_id=new_id(),
        technical={
            "language": language,
            "browser": browser,
            "os": os,
            "page_url": stripped(page_url),
        },
        notice_id=notice_id,
        agreed=agreed,
        created_at=moment,
        last_seen_at=moment,
    )
    await tx.insert(visitor)
    secret = Secret.new(VISITOR_PREFIX, tx.account_id)
    token = VisitorToken(
        account_id=tx.account_id,
        id=new_id(),
        visitor_id=visitor_id,
        digest=secret.digest,
        created_at=moment,
        expires_at=moment + TOKEN_LIFE,
    )
    await tx.insert(token)
    return Started(visitor, secret, token)
