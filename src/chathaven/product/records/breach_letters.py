"""Letters about breaches: the warning to owners, and the form of a letter to those concerned."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from chathaven.base.actor import Role, System
from chathaven.base.clock import now
from chathaven.base.languages import choose
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.product.accounts.settings import AccountSettings, read_account
from chathaven.product.audit.record import record
from chathaven.product.operators.find import everyone
from chathaven.product.operators.letters import Words, composers, write_to
from chathaven.product.operators.letters_model import OperatorLetter
from chathaven.product.operators.model import Operator
from chathaven.product.records.breach import ALERT_JOB, alert_hours, deadline, note, read_breach
from chathaven.product.records.model import Breach, BreachStatus

WARNING = "breach-warning"
NO_CONTACT = "[…]"
"""What stands in a letter for whom to ask, where the account has set nobody."""
WORDS: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("breach-letters.json").read_text("utf-8")
)


class Letter(msgspec.Struct):
    """A letter to be filled in and sent by people (GDPR Art. 34). What is to be said is in []."""

    language: str
    subject: str
    text: str


def words(language: str | None, accept_language: str | None = None) -> tuple[str, dict[str, str]]:
    """Returns a language that letters are written in, and its words; chosen as `choose` does."""
    spoken = choose(language, accept_language)
    spoken = spoken if spoken in WORDS else "en"
    return spoken, WORDS[spoken]


async def letter_to_people(
    tx: Transaction, language: str | None, accept_language: str | None
) -> Letter:
    """Returns the form of a letter to those concerned, in a language chosen as `choose` does."""
    account = await read_account(tx)
    settings = msgspec.convert(account.settings, AccountSettings)
    organisation = settings.privacy.organisation
    officer = organisation.data_protection_officer
    contact = [officer.name, officer.email] if officer else []
    contact += [
        organisation.email or settings.general.notification_email or "",
        organisation.address or "",
    ]
    spoken, said = words(language, accept_language)
    return Letter(
        spoken,
        said["letter_subject"],
        said["letter_text"].format(
            contact="\n".join(dict.fromkeys(filter(None, contact))) or NO_CONTACT,
            company=account.company,
        ),
    )


def due_alert(breach: Breach, moment: datetime) -> int:
    """Returns the hours of the warning that is due and was not sent, or 0."""
    if breach.status != BreachStatus.OPEN or breach.notified_at is not None:
        return 0
    # A job may come a little early.
    passed = moment - breach.aware_at + timedelta(seconds=30)
    hours = [each for each in alert_hours(breach.deadline_hours) if timedelta(hours=each) <= passed]
    last = max(hours, default=0)
    return last if last > breach.alerted_hours else 0


def add_jobs(ground: Ground) -> None:
    """Adds the jobs of the register to the queue."""

    # Names are the queue's rule: every job takes the ids of an account and of one row.
    async def run(account_id: UUID, id: UUID) -> None:
        await warn(ground, account_id, id, now())

    ground.queue.add(ALERT_JOB, run, about=None)


async def warn(ground: Ground, account_id: UUID, breach_id: UUID, moment: datetime) -> bool:
    """Warns the owners of a deadline, once for each hour that is set. Returns whether it did.

    That they were warned and the letters are written together; each letter leaves by itself.
    """
    async with ground.database.transaction(account_id) as tx:
        breach = await read_breach(tx, breach_id, lock=True)
        hours = due_alert(breach, moment)
        if not hours:
            return False
        await tx.update(breach, alerted_hours=hours)
        await note(tx, System(account_id), breach, "warned", {"hours": hours})
        await record(tx, System(account_id), "breach-warned", "breach", breach_id)
        owners = [each for each in await everyone(tx) if each.role == Role.OWNER]
        await write_to(tx, ground.queue, owners, WARNING, breach_id, hours)
        tx.after_commit(lambda: ground.bus.changed(account_id, "breaches", breach_id))
    return True


async def _compose(
    tx: Transaction, ground: Ground, letter: OperatorLetter, operator: Operator
) -> Words | None:
    breach = await read_breach(tx, letter.subject_id)
    if breach.status != BreachStatus.OPEN or breach.notified_at is not None:
        return None
    until = deadline(breach)
    # What is left when it leaves, and never more than when it was due.
    moment = max(now(), breach.aware_at + timedelta(hours=letter.step))
    facts = {
        "number": breach.number,
        "company": (await read_account(tx)).company,
        "aware": _time(breach.aware_at),
        "deadline": _time(until),
        "left": max(0, round((until - moment) / timedelta(hours=1))),
        "link": f"{ground.settings.public_url}/app/settings/breaches",
    }
    said = words(operator.language)[1]
    return Words(*(said[name].format(**facts) for name in ("alert_subject", "alert_text")))


composers[WARNING] = _compose


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
