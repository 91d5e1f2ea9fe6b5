"""Accepting the terms again, after they changed."""

from __future__ import annotations

from chathaven.base.actor import Operator
from chathaven.base.clock import now
from chathaven.base.errors import Conflict
from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Transaction
from chathaven.product.accounts.legal import TermsInForce
from chathaven.product.accounts.settings import read_account
from chathaven.product.audit.record import record
from chathaven.product.legal.model import TermsAcceptance


async def accept_terms(
    tx: Transaction, actor: Operator, terms: TermsInForce, version: str
) -> TermsAcceptance:
    """Writes that an operator accepts the terms for the account. Every acceptance stays.

    Raises:
        Conflict: other terms hold now (`terms_stale`).
    """
    if version != terms.version:
        raise Conflict("The terms have changed. Read them and accept them.", code="terms_stale")
    account = await read_account(tx, lock=True)
    moment = now()
    acceptance = TermsAcceptance(
        account_id=tx.account_id,
        id=new_id(),
        operator_id=actor.id,
        version=terms.version,
        sha256=terms.sha256,
        accepted_at=moment,
    )
    await tx.insert(acceptance)
    await tx.update(account, terms_version=terms.version, terms_accepted_at=moment)
    await record(tx, actor, "terms-accepted", "account", tx.account_id)
    return acceptance
