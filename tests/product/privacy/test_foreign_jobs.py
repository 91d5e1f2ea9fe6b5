"""A job of one account that is given the id of another's row does nothing, here or there."""

from __future__ import annotations

from contextlib import suppress
from itertools import product
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from chathaven.base.errors import NotFound
from chathaven.engines.database.tables import all_tables
from chathaven.engines.database.transaction import EVERYONE
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.jobs.queue import Queue
from tests.product.privacy.canaries import plant
from tests.product.privacy.erasing import ask
from tests.product.privacy.test_export_visitor import Visitor, come
from tests.product.served import PASSWORD, Company, Served, fresh_email

Rows = dict[str, dict[str, str]]
"""The rows of an account by table and id, each as text."""


def rows_of(urls: DatabaseUrls, account_id: str) -> Rows:
    """Returns the rows of an account that have an id."""
    found: Rows = {}
    with psycopg.connect(urls.owner) as owner:
        owner.execute(
            "SELECT set_config('app.account', %s, true), set_config('app.sees', 'everyone', true)",
            (account_id,),
        )
        for table in all_tables():
            if {"account_id", "id"} <= set(table.__table__.c.keys()):
                query = sql.SQL("SELECT id::text, t::text FROM {} t WHERE account_id = %s")
                named = query.format(sql.Identifier(table.__tablename__))
                rows = owner.execute(named, (account_id,)).fetchall()
                found |= {table.__tablename__: dict(rows)} if rows else {}
    return found


async def busy(served: Served, *, closes: bool) -> Company:
    """A company with something for every kind of job, which nobody has carried out yet."""
    company = await served.sign_up()
    visitor, going = await come(served, company), await come(served, company)
    await visitor.say("Hello")
    async with served.process.ground.database.transaction(UUID(company.id), sees=EVERYONE) as tx:
        await plant(tx, visitor.id)
    owner = company.owner
    for path, body in (
        ("/v1/account/exports", {"password": PASSWORD}),
        ("/v1/invitations", {"email": fresh_email(), "role": "operator"}),
        ("/v1/retention/runs", {"dry_run": False}),
    ):
        answer = await owner.post(path, json=body)
        assert answer.is_success, answer.text
    await ask(company, going)
    if closes:
        closing = {"confirm": "DELETE", "password": PASSWORD}
        asked = await owner.request("DELETE", "/v1/account", json=closing)
        assert asked.status_code == 202, asked.text
    return company


async def test_no_job_reaches_anothers_rows(
    served: Served, company: Company, visitor: Visitor, urls: DatabaseUrls
) -> None:
    others = [await busy(served, closes=closes) for closes in (False, True)]
    queue: Queue = served.process.ground.queue
    before = [rows_of(urls, each.id) for each in (*others, company)]
    theirs, closing, ours = before
    assert {"erasures", "account_exports", "invitations", "retention_runs"} <= theirs.keys()
    assert {"visitors", "chats", "files", "breach_letters", "rights_letters"} <= theirs.keys()
    assert {"account_erasures", "erasures"} <= closing.keys()
    assert {"visitors", "chats", "events"} <= ours.keys()
    outbox = served.data / "outbox"
    letters = [*outbox.glob("*")]
    tasks: dict[str, Any] = queue._app.tasks
    one_of_each = [next(iter(rows)) for rows in (closing | theirs).values()]
    for job, id in product(queue.about, one_of_each):
        # Some say that there is no such row, others find nothing to do.
        with suppress(NotFound):
            await tasks[job].func(account_id=company.id, id=id)
    assert [rows_of(urls, each.id) for each in (*others, company)] == before
    assert [*outbox.glob("*")] == letters
