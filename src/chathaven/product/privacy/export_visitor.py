"""A person's whole data as a ZIP (GDPR Art. 15 and 20): read page by page, kept nowhere.

It walks the data map: what a table holds about the person and gives out is in it, under a file
of its own (`SHOWN`) or as `data/TABLE.json`. Nothing is listed by hand, so nothing is forgotten.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Set
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select

from chathaven.base.clock import now
from chathaven.engines.database.people import tables_about_people
from chathaven.engines.database.tables import Table
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.files.zip_stream import ZipStream
from chathaven.engines.ground import Ground
from chathaven.product.accounts.legal import HostContact
from chathaven.product.accounts.settings import read_account
from chathaven.product.chats.live import Live
from chathaven.product.chats.model import Chat, Event
from chathaven.product.consents.model import Receipt, ReceiptLink
from chathaven.product.privacy.export_chat import (
    ChatToExport,
    Gone,
    begin_chat,
    chat_file,
    encode,
    events_of,
)
from chathaven.product.privacy.export_chat_files import LARGE, add_files
from chathaven.product.privacy.export_consents import consents
from chathaven.product.privacy.export_files import ATTACHMENTS, Beside
from chathaven.product.privacy.export_page import Page
from chathaven.product.privacy.export_processing import processing, recipients
from chathaven.product.privacy.export_rows import about, pages, values_of
from chathaven.product.privacy.export_table import CSV_HEAD, csv_lines
from chathaven.product.privacy.schemas import NAMES, schema
from chathaven.product.visitors.identify import read_visitor
from chathaven.product.visitors.model import Visitor
from chathaven.product.visitors.person import same_person

FORMAT = "chathaven-person-1"
MERGED = "merged"
"""The folder of visitors who are the same person."""
SHOWN: frozenset[type[Table]] = frozenset({Visitor, Chat, Event, Receipt})
"""Tables whose columns all stand in files of their own; a test holds each column against it."""


class Person(NamedTuple):
    """A person as they are when their export begins."""

    row: Visitor
    company: str
    language: str
    chats: list[ChatToExport]
    host: HostContact | None
    others: tuple[Person, ...] = ()
    """Visitors who are the same person; each stands whole in a folder of its own."""


async def begin_person(
    tx: Transaction,
    ground: Ground,
    visitor_id: UUID,
    host: HostContact | None = None,
    *,
    alone: bool = False,
) -> Person:
    """Returns what an export begins with. `host` runs the installation, where it says who.

    `alone` leaves out visitors who are the same person: for a widget, which shows its own chat.

    Raises:
        NotFound: the account has no such visitor.
    """
    person = await _begin(tx, ground, visitor_id, host)
    if alone:
        return person
    others, seen = [], tx.sees
    for each in await same_person(tx, visitor_id):
        if each != visitor_id:
            # They are restricted together, so that whoever may see one may see all.
            await tx.see(each if seen else None)
            others.append(await _begin(tx, ground, each, host))
    await tx.see(seen)
    return person._replace(others=tuple(others))


async def _begin(
    tx: Transaction, ground: Ground, visitor_id: UUID, host: HostContact | None
) -> Person:
    visitor = await read_visitor(tx, visitor_id)
    chats = await tx.all(
        select(Chat).where(*about(Chat, tx.account_id, visitor_id)).order_by(Chat.id)
    )
    return Person(
        row=visitor,
        company=(await read_account(tx)).company,
        language=str((visitor.technical or {}).get("language") or "en"),
        chats=[await begin_chat(tx, ground.settings.public_url, chat) for chat in chats],
        host=host,
    )


async def person_file(ground: Ground, live: Live, person: Person) -> AsyncIterator[bytes]:
    """Yields the ZIP. An unfinished one has no directory, so nobody takes it for the whole.

    Raises:
        Gone: the person was erased meanwhile.
    """
    archive = ZipStream(now())
    counts: Counter[str] = Counter()
    for each in (person, *person.others):
        archive.folder = "" if each is person else f"{MERGED}/{each.row.id}/"
        own: dict[str, int] = {"conversations": len(each.chats)}
        async for _ in _parts(archive, ground, live, each, own):
            if part := archive.take():
                yield part
        counts.update(own)
    archive.folder = ""
    archive.add("manifest.json", _pretty(_manifest(ground, archive, person, counts)))
    archive.close()
    yield archive.take()


async def _parts(
    archive: ZipStream, ground: Ground, live: Live, person: Person, counts: dict[str, int]
) -> AsyncIterator[None]:
    """Writes one file after another; pauses wherever something may be taken."""
    archive.add("profile.json", _pretty(values_of(person.row)))
    held: set[UUID] = set()
    for chat in person.chats:
        counts["events"] = counts.get("events", 0) + chat.row.last_seq
        beside = Beside(ATTACHMENTS)
        archive.begin(f"conversations/{chat.row.id}.json", large=chat.row.last_seq > LARGE)
        async for part in chat_file(ground.database, live, chat, beside):
            archive.write(part)
            yield
        archive.end()
        async for file_id in add_files(archive, ground, chat.row, beside.placed):
            held.add(file_id)
            yield
    counts["attachments"] = len(held)
    for name in NAMES:
        archive.add(f"schema/{name}", schema(name))
    answers = await _consents(ground, person)
    counts["receipts"] = len(answers)
    row = person.row
    told = consents(row.id, row.account_id, person.company, answers, now())
    archive.add("consents.json", _pretty(told))
    archive.add("processing.json", _pretty(processing()))
    archive.add(
        "recipients.json", _pretty(recipients(ground.settings, person.company, person.host))
    )
    yield
    async for _ in _messages(archive, ground, live, person):
        yield
    async for _ in _page(archive, ground, live, person, answers, held):
        yield
    for table in tables_about_people():
        if table not in SHOWN:
            async for _ in _table(archive, ground, table, person, counts):
                yield


async def _consents(ground: Ground, person: Person) -> list[dict[str, Any]]:
    """Returns the receipts whole, each with its link of the account's chain."""
    found: list[dict[str, Any]] = []
    account_id = person.row.account_id
    where = about(Receipt, account_id, person.row.id)
    async for rows in pages(ground.database, account_id, Receipt, where, person.row.id):
        async with ground.database.transaction(account_id) as tx:
            links = await tx.all(
                select(ReceiptLink).where(
                    ReceiptLink.account_id == account_id,
                    ReceiptLink.number.in_([row.number for row in rows]),
                )
            )
        chain = {link.number: values_of(link) for link in links}
        found += [values_of(row) | {"link": chain.get(row.number)} for row in rows]
    return found


async def _messages(
    archive: ZipStream, ground: Ground, live: Live, person: Person
) -> AsyncIterator[None]:
    archive.begin("messages.csv", large=_is_large(person))
    archive.write(CSV_HEAD)
    for chat in person.chats:
        async for events in events_of(ground.database, live, chat.row):
            archive.write(csv_lines(chat.row.id, events))
            yield
    archive.end()


async def _page(
    archive: ZipStream,
    ground: Ground,
    live: Live,
    person: Person,
    answers: list[dict[str, Any]],
    held: Set[UUID],
) -> AsyncIterator[None]:
    page = Page(person.language, person.company, held)
    archive.begin("index.html", large=_is_large(person))
    archive.write(page.head(values_of(person.row), now()))
    for chat in person.chats:
        archive.write(page.conversation(chat.row.created_at))
        async for events in events_of(ground.database, live, chat.row):
            archive.write(page.events(events))
            yield
    archive.write(page.foot(answers))
    archive.end()
    yield


async def _table(
    archive: ZipStream,
    ground: Ground,
    table: type[Table],
    person: Person,
    counts: dict[str, int],
) -> AsyncIterator[None]:
    account_id, name = person.row.account_id, table.__tablename__
    where = about(table, account_id, person.row.id)
    async for rows in pages(ground.database, account_id, table, where, person.row.id):
        if name not in counts:
            archive.begin(f"data/{name}.json")
            archive.write(b"[\n")
        lines = b",\n".join(encode(values_of(row)) for row in rows)
        archive.write((b",\n" if name in counts else b"") + lines)
        counts[name] = counts.get(name, 0) + len(rows)
        yield
    if name in counts:
        archive.write(b"\n]\n")
        archive.end()


def _is_large(person: Person) -> bool:
    return sum(chat.row.last_seq for chat in person.chats) > LARGE


def _manifest(
    ground: Ground, archive: ZipStream, person: Person, counts: dict[str, int]
) -> dict[str, Any]:
    subject = hashlib.sha256(person.row.id.bytes).hexdigest()
    manifest = {
        "format": FORMAT,
        "schema_version": 1,
        "generated_at": now(),
        "account": {"id": person.row.account_id, "company": person.company},
        "subject": {"id": person.row.id, "sha256": subject},
        "merged": [each.row.id for each in person.others],
        "counts": dict(counts),
        "files": [
            {"name": each.name, "bytes": each.size, "sha256": each.sha256}
            for each in archive.entries
        ],
    }
    return ground.signing.sign(msgspec.to_builtins(manifest))


def _pretty(value: object) -> bytes:
    return msgspec.json.format(encode(value), indent=2) + b"\n"


__all__ = ["FORMAT", "SHOWN", "Gone", "Person", "begin_person", "person_file"]
