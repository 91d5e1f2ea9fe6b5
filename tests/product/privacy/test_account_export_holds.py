"""What an account's export holds: every table whole, nobody whom nobody may see, and for its days."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from chathaven.base.clock import now
from chathaven.engines.database.tables import Table
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.ground import Ground
from chathaven.product.privacy.export_account import EXPIRE_JOB
from tests.product.privacy.canaries import plant
from tests.product.privacy.filed import photo, send
from tests.product.privacy.test_erase_faults import asked_for_export, to_the_end
from tests.product.privacy.test_export_visitor import Visitor, come
from tests.product.served import PASSWORD, Company, Served

LEFT_OUT = {
    "account_exports": "exports themselves",
    "export_grants": "who may fetch an export, for minutes",
    "rights_links": "digests of links that open a request, for days",
}
"""Tenants' tables that no export holds, and what is in them: on its way only."""


def counted(urls: DatabaseUrls, company: Company) -> dict[str, int]:
    """Returns how many rows each table of a tenant has of the account, as the database says."""
    tables = [
        mapper.class_.__tablename__
        for mapper in Table.registry.mappers
        if issubclass(mapper.class_, Table) and mapper.class_.is_tenants()
    ]
    counts: dict[str, int] = {}
    with psycopg.connect(urls.owner) as owner:
        owner.execute("SELECT set_config('app.account', %s, true)", (company.id,))
        for table in tables:
            asked = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            row = owner.execute(asked).fetchone()
            assert row is not None
            counts[table] = row[0]
    return counts


async def test_every_row_of_every_table_is_in_it(
    served: Served, ground: Ground, company: Company, visitor: Visitor, urls: DatabaseUrls
) -> None:
    await send(visitor.http, "photo.png", photo())
    async with ground.database.transaction(UUID(company.id)) as tx:
        await plant(tx, visitor.id)
    export_id = await asked_for_export(company)
    counts = counted(urls, company)
    told = json.loads((await to_the_end(ground, company, export_id))["manifest.json"])["tables"]
    assert counts.keys() - told.keys() == LEFT_OUT.keys()
    assert told == {table: count for table, count in counts.items() if table not in LEFT_OUT}
    assert sum(count > 0 for count in told.values()) > 20


@pytest.mark.parametrize("kind", ["restriction", "hold"])
async def test_who_is_restricted_or_held_is_not_in_it(
    served: Served, ground: Ground, company: Company, visitor: Visitor, kind: str
) -> None:
    hidden = await come(served, company)
    await hidden.say("Nobody reads this")
    path = f"/v1/visitors/{hidden.id}"
    if kind == "hold":
        review = (now() + timedelta(days=30)).isoformat()
        body = {"matter": "Hidden v. Shop", "review_at": review}
        answer = await company.owner.post(f"{path}/holds", json=body)
    else:
        answer = await company.owner.post(f"{path}/restriction", json={"ground": "claims"})
    assert answer.status_code == 201, answer.text
    files = await to_the_end(ground, company, await asked_for_export(company))
    # The log tells by ids alone that it was done.
    told = b"".join(data for name, data in files.items() if "audit_lines" not in name)
    assert b"Nobody reads this" not in told
    assert str(hidden.id).encode() not in told
    assert str(visitor.id).encode() in told


async def test_it_is_there_for_its_days_and_no_longer(
    ground: Ground, company: Company, urls: DatabaseUrls
) -> None:
    export_id = await asked_for_export(company)
    await to_the_end(ground, company, export_id)
    path = f"/v1/account/exports/{export_id}"
    shown = (await company.owner.get(path)).json()
    expires = datetime.fromisoformat(shown["expires_at"])
    assert expires - datetime.fromisoformat(shown["requested_at"]) == timedelta(days=7)
    with psycopg.connect(urls.owner) as owner:
        # The job that deletes it comes when its time is over.
        when = owner.execute(
            "SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = %s AND args->>'id' = %s",
            (EXPIRE_JOB, str(export_id)),
        ).fetchall()
        assert when == [(expires,)]
        # And where no job came, as while the server rested, it is given to nobody all the same.
        owner.execute("SELECT set_config('app.account', %s, true)", (company.id,))
        owner.execute(
            "UPDATE account_exports SET requested_at = requested_at - interval '7 days',"
            " expires_at = expires_at - interval '7 days' WHERE id = %s",
            (export_id,),
        )
    for each in (path, f"{path}/file"):
        assert (await company.owner.get(each)).status_code == 404
    grant = await company.owner.post(f"{path}/grants", json={"password": PASSWORD})
    assert grant.status_code == 404
    assert (await company.owner.get("/v1/account/exports")).json()["items"] == []
