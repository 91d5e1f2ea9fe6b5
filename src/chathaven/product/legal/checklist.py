"""What is left to do for the GDPR, computed from what the account really has."""

from __future__ import annotations

import msgspec
from sqlalchemy import func, select

from chathaven.base.actor import Role
from chathaven.engines.database.transaction import Transaction
from chathaven.product.accounts.legal import TermsInForce
from chathaven.product.accounts.settings import AccountSettings, read_account
from chathaven.product.legal.documents import Documents, Kind
from chathaven.product.legal.dpa import needed, signatures
from chathaven.product.operators.model import Operator
from chathaven.product.sites.find import all_sites


class Item(msgspec.Struct):
    """One thing to do. `link` is the page of the app that does it; `applies` is false where the
    account's settings make it pointless, and then it counts as done.
    """

    id: str
    title_key: str
    article: str
    done: bool
    applies: bool
    link: str


class Step(msgspec.Struct, frozen=True):
    """One thing that everybody has to look at: its article, and where it is done."""

    id: str
    article: str
    link: str


STEPS = (
    Step("terms", "Art. 24", "/app/settings/legal"),
    Step("dpa", "Art. 28(3)", "/app/settings/legal"),
    Step("legal-text", "Art. 13", "/app/settings/general"),
    Step("marketing", "Art. 7", "/app/settings/email-request"),
    Step("origins", "Art. 32", "/app/settings/site"),
    Step("contact", "Art. 12", "/app/settings/general"),
    Step("second-owner", "Art. 32(1)(b)", "/app/settings/team"),
)


async def checklist(tx: Transaction, documents: Documents, terms: TermsInForce) -> list[Item]:
    """Returns every step with its state in the transaction's account."""
    account = await read_account(tx)
    settings = msgspec.convert(account.settings, AccountSettings)
    dpa = documents.of(Kind.DPA, "en").version
    signed = any(each.version == dpa for each in await signatures(tx))
    asked = settings.email_request.enabled
    owners = select(func.count()).where(
        Operator.account_id == tx.account_id, Operator.role == Role.OWNER.value
    )
    done = {
        "terms": terms.due(account.terms_version) is None,
        "dpa": signed,
        "legal-text": settings.general.legal_text.enabled,
        "marketing": settings.email_request.marketing.enabled,
        "origins": all(site.allowed_origins for site in await all_sites(tx)),
        "contact": settings.general.notification_email is not None,
        "second-owner": int(await tx.value(owners) or 0) > 1,
    }
    applies = {"dpa": needed(documents), "marketing": asked}
    return [
        Item(
            id=step.id,
            title_key=f"privacy.checklist.{step.id}",
            article=step.article,
            done=done[step.id] or not applies.get(step.id, True),
            applies=applies.get(step.id, True),
            link=step.link,
        )
        for step in STEPS
    ]
