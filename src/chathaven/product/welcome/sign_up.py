"""Signing up: an account, its owner and its first site, at once or not at all."""

from __future__ import annotations

from typing import NamedTuple

from psycopg.errors import UniqueViolation
from sqlalchemy.exc import IntegrityError

from chathaven.base.actor import Role
from chathaven.base.clock import now
from chathaven.base.errors import Conflict
from chathaven.base.ids import Secret, new_id
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.engines.stream.bus import Bus
from chathaven.product.access.directory import OPERATOR_EMAIL, enter_name, look_up
from chathaven.product.accounts.create import create as create_account
from chathaven.product.accounts.legal import TermsInForce
from chathaven.product.accounts.model import Account
from chathaven.product.audit.record import record
from chathaven.product.operators.accept import email_taken
from chathaven.product.operators.model import Operator
from chathaven.product.operators.passwords import PASSWORDS
from chathaven.product.operators.sign_in import as_actor, open_session
from chathaven.product.sites.create import create as create_site
from chathaven.product.sites.model import Site


class Owner(NamedTuple):
    """What the person who signs up says of themselves."""

    name: str
    email: str
    password: str
    language: str
    user_agent: str | None


class SignedUp(NamedTuple):
    """What a sign-up made, and the secret for the owner's cookie."""

    account: Account
    operator: Operator
    site: Site
    secret: Secret


async def sign_up(
    database: Database,
    bus: Bus,
    company: str,
    owner: Owner,
    terms: TermsInForce,
    accepted_terms: str,
) -> SignedUp:
    """Makes an account with everything it needs, and signs its owner in.

    Raises:
        Conflict: other terms were accepted than hold now, or the e-mail signs somebody in
            already; nothing is written then.
    """
    if accepted_terms != terms.version:
        raise Conflict("The terms have changed. Read them and accept them.", code="terms_stale")
    # Asked before hashing, which is dear; two that race are held apart by the directory's key.
    async with database.transaction() as tx:
        if await look_up(tx, OPERATOR_EMAIL, owner.email) is not None:
            raise email_taken()
    hashed = await PASSWORDS.hash(owner.password)
    try:
        async with database.transaction(new_id()) as tx:
            return await _write(tx, bus, company, owner, terms, hashed)
    except IntegrityError as error:
        if isinstance(error.orig, UniqueViolation):
            raise email_taken() from None
        raise


async def _write(
    tx: Transaction, bus: Bus, company: str, owner: Owner, terms: TermsInForce, hashed: bytes
) -> SignedUp:
    account = await create_account(tx, tx.account_id, company, terms.version)
    operator = Operator(
        account_id=tx.account_id,
        id=new_id(),
        name=owner.name,
        email=owner.email,
        role=Role.OWNER.value,
        language=owner.language,
        availability="online",
        password_hash=hashed,
        created_at=now(),
    )
    await tx.vault.new_person(await tx.driver(), tx.account_id, operator.id, "operator")
    await tx.insert(operator)
    await enter_name(tx, OPERATOR_EMAIL, owner.email, operator.id)
    actor = as_actor(operator)
    await record(tx, actor, "signed-up", "account", tx.account_id)
    site = await create_site(tx, actor, bus, company)
    secret = await open_session(tx, operator.id, owner.user_agent)
    return SignedUp(account, operator, site, secret)
