"""The register of breaches (GDPR Art. 33(5)): entering, changing, deciding, telling, closing.

Every breach is entered, also one that nobody has to be told of. The clock runs from the time at
which the company became aware of it; that time is entered once, and nothing stops the clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from chathaven.base.actor import Actor, Operator
from chathaven.base.clock import now
from chathaven.base.errors import Conflict, Invalid, NotFound
from chathaven.base.fields import is_blank, with_zone
from chathaven.base.ids import new_id
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.jobs.queue import Queue
from chathaven.product.accounts.settings import AccountSettings, read_account
from chathaven.product.audit.record import record
from chathaven.product.records.breach_fields import CHANGEABLE, BreachChange, NewBreach, Told
from chathaven.product.records.model import Breach, BreachNote, BreachStatus, Decision

ALERT_JOB = "warn-of-breach-deadline"
_LEAD = timedelta(minutes=5)
"""How far the clocks of two machines may differ."""


def alert_hours(deadline_hours: int) -> tuple[int, ...]:
    """Returns after how many hours the owners are warned: 24, 48, 60 and 70 of 72."""
    hours = (24, 48, deadline_hours - 12, deadline_hours - 2)
    return tuple(sorted({each for each in hours if 0 < each < deadline_hours}))


def deadline(breach: Breach) -> datetime:
    """Returns until when the authority has to know."""
    return breach.aware_at + timedelta(hours=breach.deadline_hours)


async def enter_breach(tx: Transaction, queue: Queue, actor: Operator, given: NewBreach) -> Breach:
    """Enters a breach, starts its clock, and enqueues the warnings before it ends.

    Raises:
        Invalid: a time has no zone, or lies in the future.
    """
    moment = now()
    aware_at = _past("aware_at", given.aware_at, moment)
    # Locked, so that numbers have no gaps.
    account = await read_account(tx, lock=True)
    settings = msgspec.convert(account.settings, AccountSettings)
    number = select(func.max(Breach.number)).where(Breach.account_id == tx.account_id)
    breach = Breach(
        account_id=tx.account_id,
        id=new_id(),
        number=int(await tx.value(number) or 0) + 1,
        status=BreachStatus.OPEN,
        decision=Decision.UNDECIDED,
        risk="unknown",
        nature=list(given.nature),
        content={"title": _filled("title", given.title), "description": given.description},
        deadline_hours=settings.privacy.breach_deadline_hours,
        alerted_hours=0,
        aware_at=aware_at,
        began_at=None,
        ended_at=None,
        notified_at=None,
        completed_at=None,
        people_told_at=None,
        closed_at=None,
        created_by=actor.id,
        created_at=moment,
    )
    await tx.insert(breach)
    await note(tx, actor, breach, "entered")
    await record(tx, actor, "breach-entered", "breach", breach.id)
    for hours in alert_hours(breach.deadline_hours):
        await queue.enqueue(tx, ALERT_JOB, breach.id, aware_at + timedelta(hours=hours))
    return breach


async def read_breach(tx: Transaction, breach_id: UUID, *, lock: bool = False) -> Breach:
    """Returns a breach; with `lock` it is held until the commit.

    Raises:
        NotFound: the account has no such breach.
    """
    wanted = select(Breach).where(Breach.account_id == tx.account_id, Breach.id == breach_id)
    breach = await tx.one(wanted.with_for_update() if lock else wanted)
    if breach is None:
        raise NotFound()
    return breach


async def change_breach(
    tx: Transaction, actor: Operator, breach_id: UUID, change: BreachChange
) -> Breach:
    """Changes what is known of a breach. What stood there before stays in its history.

    Raises:
        NotFound: there is no such breach.
        Conflict: it is closed.
        Invalid: a time has no zone or lies in the future, or a needed text is blank.
    """
    breach = await _open(tx, breach_id)
    given = {
        name: value
        for name in change.__struct_fields__
        if (value := getattr(change, name)) is not msgspec.UNSET
    }
    moment = now()
    for name in ("began_at", "ended_at"):
        if given.get(name) is not None:
            given[name] = _past(name, given[name], moment)
    if "title" in given:
        given["title"] = _filled("title", given["title"])
    # Told before anything was decided, the authority asks for no reason why it was told.
    decides = {"decision", "decision_reason"} & given.keys()
    if decides and given.get("decision", breach.decision) != Decision.UNDECIDED:
        reason = given.get("decision_reason", breach.content.get("decision_reason"))
        _filled("decision_reason", reason or "")
    columns = {name: value for name, value in given.items() if name in CHANGEABLE}
    written = {name: value for name, value in given.items() if name not in CHANGEABLE}
    before = {name: breach.content.get(name) for name in written} | {
        name: _plain(getattr(breach, name)) for name in columns
    }
    after = written | {name: _plain(value) for name, value in columns.items()}
    changed = {name for name in after if after[name] != before.get(name)}
    if not changed:
        return breach
    await tx.update(breach, content={**breach.content, **written}, **columns)
    said = {"before": {n: before[n] for n in changed}, "after": {n: after[n] for n in changed}}
    decided = "decided" if "decision" in changed else "changed"
    await note(tx, actor, breach, decided, said)
    await record(tx, actor, f"breach-{decided}", "breach", breach.id)
    return breach


async def tell(tx: Transaction, actor: Operator, breach_id: UUID, told: Told) -> Breach:
    """Notes that the authority or the people concerned were told, as a whole or in phases.

    The authority may be told in phases (Art. 33(4)): `final` says that nothing more is to come.
    Told first after the deadline, the reasons for the delay are needed (Art. 33(1)).

    Raises:
        NotFound: there is no such breach.
        Conflict: it is closed.
        Invalid: the time has no zone or lies in the future, or the reasons are missing.
    """
    breach = await _open(tx, breach_id)
    at = _past("at", told.at or now(), now())
    if at < breach.aware_at:
        raise Invalid.field("at", Reason.AFTER_AWARE)
    values: dict[str, Any] = {}
    kind = "people-told"
    if told.whom == "people":
        values["people_told_at"] = breach.people_told_at or at
    else:
        kind = "notified" if breach.notified_at is None else "notified-further"
        late = breach.notified_at is None and at > deadline(breach)
        if late and is_blank(told.late_reason or ""):
            raise Invalid.field("late_reason", Reason.CAUSE_OF_DELAY, code="late")
        values = {
            "notified_at": breach.notified_at or at,
            "completed_at": at if told.final else breach.completed_at,
            "decision": Decision.NOTIFY,
        }
        if late:
            values["content"] = {**breach.content, "late_reason": told.late_reason}
    await tx.update(breach, **values)
    said = {"at": _plain(at), "text": told.text, "final": told.final, "late": told.late_reason}
    await note(tx, actor, breach, kind, said)
    await record(tx, actor, f"breach-{kind}", "breach", breach.id)
    return breach


async def close_breach(
    tx: Transaction, actor: Operator, breach_id: UUID, state: BreachStatus
) -> Breach:
    """Closes a breach, or opens it again. The same twice changes nothing.

    Raises:
        NotFound: there is no such breach.
        Conflict: what the register needs is not there yet (`breach_incomplete`); names it.
    """
    breach = await read_breach(tx, breach_id, lock=True)
    if breach.status == state:
        return breach
    if state == BreachStatus.CLOSED and (missing := missing_to_close(breach)):
        raise Conflict(
            "Something is missing before it can be closed.",
            code="breach_incomplete",
            extra={"missing": missing},
        )
    closed = state == BreachStatus.CLOSED
    await tx.update(breach, status=state, closed_at=now() if closed else None)
    kind = "closed" if closed else "reopened"
    await note(tx, actor, breach, kind)
    await record(tx, actor, f"breach-{kind}", "breach", breach.id)
    return breach


def missing_to_close(breach: Breach) -> list[str]:
    """Returns what Art. 33(5) wants documented and is not: facts, effects, what was done."""
    content = breach.content
    missing = [
        name
        for name in ("description", "consequences", "measures_taken")
        if is_blank(str(content.get(name) or ""))
    ]
    if breach.decision == Decision.UNDECIDED:
        missing.append("decision")
    if breach.decision == Decision.NOTIFY and breach.completed_at is None:
        missing.append("notification")
    return missing


async def _open(tx: Transaction, breach_id: UUID) -> Breach:
    breach = await read_breach(tx, breach_id, lock=True)
    if breach.status == BreachStatus.CLOSED:
        raise Conflict("It is closed. Open it again to change it.", code="breach_closed")
    return breach


async def note(
    tx: Transaction, actor: Actor, breach: Breach, kind: str, said: dict[str, Any] | None = None
) -> None:
    """Adds a step to the history of a breach, whose row is locked or new."""
    last = select(func.max(BreachNote.number)).where(
        BreachNote.account_id == tx.account_id, BreachNote.breach_id == breach.id
    )
    await tx.insert(
        BreachNote(
            account_id=tx.account_id,
            breach_id=breach.id,
            number=int(await tx.value(last) or 0) + 1,
            kind=kind,
            operator_id=actor.id if isinstance(actor, Operator) else None,
            content=said,
            created_at=now(),
        )
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _past(name: str, moment: datetime, today: datetime) -> datetime:
    if with_zone(name, moment) > today + _LEAD:
        raise Invalid.field(name, Reason.NOT_IN_FUTURE)
    return moment


def _filled(name: str, text: str) -> str:
    if is_blank(text):
        raise Invalid.field(name, Reason.BLANK)
    return text.strip()
