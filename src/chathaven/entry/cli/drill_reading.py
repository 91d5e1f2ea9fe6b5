"""Reading a restored database as the application does: with its role, its keys and its seals."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from chathaven.base.settings import Settings
from chathaven.engines.database.transaction import Database
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.files.chunks import Damaged
from chathaven.engines.files.objects import Missing, Objects
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import Vault
from chathaven.product.chats.model import Event
from chathaven.product.messages.files import contents
from chathaven.product.messages.model import File

_PAGE = 2_000


class Opened(NamedTuple):
    """How many people have a key in the end, how many of those keys open, what one has written
    and sent, and how many jobs wait.
    """

    people: int
    keys: int
    texts: list[str]
    files: list[bytes]
    jobs: int


async def readable(
    settings: Settings,
    urls: DatabaseUrls,
    people: set[tuple[UUID, UUID]],
    account_id: UUID,
    visitor_id: UUID,
) -> Opened:
    """Opens the keys of everybody, and the messages and files of one visitor.

    Raises:
        CannotUnwrap: a key does not open.
    """
    database = Database(urls.app, Vault(Keyring.of(settings)))
    try:
        by_account: dict[UUID, list[UUID]] = {}
        for account, person in people:
            by_account.setdefault(account, []).append(person)
        held = opened = 0
        for account, persons in by_account.items():
            found = await _open(database, account, persons)
            held, opened = held + found[0], opened + found[1]
        async with database.transaction(account_id) as tx:
            events = await tx.all(
                select(Event).where(Event.account_id == account_id, Event.visitor_id == visitor_id)
            )
            said = [event.params or {} for event in events]
            texts = [str(params["text"]) for params in said if "text" in params]
            rows_of_files = await tx.all(
                select(File).where(File.account_id == account_id, File.visitor_id == visitor_id)
            )
            rows = await (await tx.driver()).execute("SELECT count(*) FROM procrastinate_jobs")
            row = await rows.fetchone()
        objects = Objects.open(settings)
        files = [await _read(objects, file) for file in rows_of_files]
        return Opened(held, opened, texts, files, row[0] if row else 0)
    finally:
        await database.close()


async def _read(objects: Objects, file: File) -> bytes:
    try:
        return b"".join([piece async for piece in contents(objects, file)])
    except (Missing, Damaged):
        return b""


async def _open(database: Database, account_id: UUID, people: list[UUID]) -> tuple[int, int]:
    held = opened = 0
    for begin in range(0, len(people), _PAGE):
        page = people[begin : begin + _PAGE]
        async with database.transaction(account_id) as tx:
            driver = await tx.driver()
            rows = await driver.execute(
                "SELECT count(*) FROM person_keys WHERE account_id = %s AND person_id = ANY(%s)",
                (account_id, page),
            )
            row = await rows.fetchone()
            if row is not None and row[0]:
                held += row[0]
                opened += len(await database.vault.keys(driver, account_id, page))
    return held, opened
