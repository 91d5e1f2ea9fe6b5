"""How breaches look from outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from chathaven.engines.database.transaction import Transaction
from chathaven.product.records.breach import alert_hours, deadline, missing_to_close
from chathaven.product.records.breach_fields import TEXTS
from chathaven.product.records.model import Breach, BreachNote, BreachScope


class Clock(msgspec.Struct):
    """The time in which the authority has to know (GDPR Art. 33(1)). Nothing stops it.

    `alerts` are the times of the warnings; `told_at` is when the authority was first told.
    """

    aware_at: datetime
    hours: int
    deadline_at: datetime
    alerts: list[datetime]
    told_at: datetime | None


class BreachView(msgspec.Struct):
    """A breach of the register. `facts` are the texts and numbers that were entered.

    `missing` names what is needed before it can be closed.
    """

    id: UUID
    number: int
    status: str
    title: str
    risk: str
    nature: list[str]
    decision: str
    clock: Clock
    facts: dict[str, Any]
    began_at: datetime | None
    ended_at: datetime | None
    notified_at: datetime | None
    completed_at: datetime | None
    people_told_at: datetime | None
    closed_at: datetime | None
    created_by: UUID
    created_at: datetime
    missing: list[str]


class NoteView(msgspec.Struct):
    """A step in the history of a breach."""

    number: int
    kind: str
    operator_id: UUID | None
    content: dict[str, Any] | None
    created_at: datetime


class ScopeView(msgspec.Struct):
    """An answer to "whose data was in scope".."""

    id: UUID
    by_kind: str
    by_id: UUID
    since: datetime
    until: datetime
    counts: dict[str, Any]
    asked_by: UUID
    created_at: datetime


def breach_view(breach: Breach) -> BreachView:
    """Returns a breach as shown."""
    hours = timedelta(hours=1)
    facts = {name: breach.content.get(name, "") for name in TEXTS if name != "title"}
    facts["subject_count"] = breach.content.get("subject_count")
    facts["record_count"] = breach.content.get("record_count")
    facts["late_reason"] = breach.content.get("late_reason", "")
    return BreachView(
        id=breach.id,
        number=breach.number,
        status=breach.status,
        title=breach.content["title"],
        risk=breach.risk,
        nature=breach.nature,
        decision=breach.decision,
        clock=Clock(
            breach.aware_at,
            breach.deadline_hours,
            deadline(breach),
            [breach.aware_at + each * hours for each in alert_hours(breach.deadline_hours)],
            breach.notified_at,
        ),
        facts=facts,
        began_at=breach.began_at,
        ended_at=breach.ended_at,
        notified_at=breach.notified_at,
        completed_at=breach.completed_at,
        people_told_at=breach.people_told_at,
        closed_at=breach.closed_at,
        created_by=breach.created_by,
        created_at=breach.created_at,
        missing=missing_to_close(breach),
    )


def scope_view(scope: BreachScope) -> ScopeView:
    """Returns an answer as shown."""
    return ScopeView(
        scope.id,
        scope.by_kind,
        scope.by_id,
        scope.since,
        scope.until,
        scope.counts,
        scope.asked_by,
        scope.created_at,
    )


async def list_breaches(tx: Transaction, before: int | None, limit: int) -> Sequence[Breach]:
    """Returns breaches, the newest first; those with a number under `before`, where given."""
    where = [Breach.account_id == tx.account_id]
    if before is not None:
        where.append(Breach.number < before)
    return await tx.all(select(Breach).where(*where).order_by(Breach.number.desc()).limit(limit))


async def list_notes(
    tx: Transaction, breach_id: UUID, after: int, limit: int
) -> Sequence[NoteView]:
    """Returns steps of a breach's history, in their order."""
    found = await tx.all(
        select(BreachNote)
        .where(
            BreachNote.account_id == tx.account_id,
            BreachNote.breach_id == breach_id,
            BreachNote.number > after,
        )
        .order_by(BreachNote.number)
        .limit(limit)
    )
    return [
        NoteView(each.number, each.kind, each.operator_id, each.content, each.created_at)
        for each in found
    ]
