"""Sending a file: its objects first, then its row and its message in one transaction.

Killed between the two, what was put away has no row, nobody has its key, and the sweep
(`files_sweep.py`) removes it. Sent again with the same id, a file is compared and not kept twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import select

from chathaven.base.actor import Operator, Visitor
from chathaven.base.clock import now
from chathaven.base.errors import Conflict, Fault, NotFound, Unavailable
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.engines.files.images import Images
from chathaven.engines.files.kinds import ACCEPT, NotTaken, extension_of
from chathaven.engines.files.names import shown_name
from chathaven.engines.files.objects import Away, Objects
from chathaven.engines.web.upload import Upload
from chathaven.product.accounts.features import check_on
from chathaven.product.chats.append import Draft, Written, append
from chathaven.product.chats.live import Live
from chathaven.product.chats.model import Chat, Event, EventType
from chathaven.product.messages.attach_intake import Intake, no_file_yet
from chathaven.product.messages.files import (
    FileView,
    details_of,
    file_view,
    find_file,
    object_places,
    params_of,
)
from chathaven.product.messages.model import File

AT_ONCE = 32
"""Files that come in at the same time in one process."""
EACH_AT_ONCE = 4
"""Files that one person sends at the same time."""
log = structlog.get_logger()


class SentFile(msgspec.Struct):
    """A file whose message is on disk; null where it was deleted since."""

    id: UUID
    seq: int
    chat_id: UUID
    created_at: datetime
    file: FileView | None


class Attacher:
    """Takes files and sends them."""

    def __init__(self, database: Database, live: Live, objects: Objects) -> None:
        self._database = database
        self._live = live
        self._objects = objects
        self._images = Images()
        self._under_way: Counter[UUID] = Counter()

    async def attach(self, who: Operator | Visitor, chat_id: UUID, upload: Upload) -> SentFile:
        """Sends the file of a form. Returns once its message is committed.

        Raises:
            NotFound: there is no such chat.
            Conflict: the id was used for something else.
            Forbidden: files are off for this account.
            NotTaken: it is of no type that is taken.
            TooLarge: it has too many bytes or pixels.
            Invalid: a part of the form is missing, or holds what it cannot take.
            Unavailable: the database or the store is away, or too much is in work.
        """
        with self._turn(who.id):
            return await self._attach(who, chat_id, upload)

    @contextlib.contextmanager
    def _turn(self, who: UUID) -> Iterator[None]:
        if self._under_way.total() >= AT_ONCE or self._under_way[who] >= EACH_AT_ONCE:
            raise Unavailable(retry_after=5)
        self._under_way[who] += 1
        try:
            yield
        finally:
            self._under_way[who] -= 1
            if not self._under_way[who]:
                del self._under_way[who]

    async def _attach(self, who: Operator | Visitor, chat_id: UUID, upload: Upload) -> SentFile:
        id, given = await upload.begin()
        name = shown_name(given)
        if extension_of(name) not in ACCEPT:
            raise NotTaken()
        async with self._database.transaction(who.account_id) as tx:
            person_id = await _person(tx, chat_id)
            there = await _already(tx, who, chat_id, id)
            await check_on(tx, "files")
        if there is not None:
            return await _compared(there, upload)
        file = no_file_yet(who.account_id, chat_id, person_id, id)
        try:
            await Intake(self._objects, self._images, file).take(upload, name)
            return await self._write(who, file)
        except BaseException as error:
            await asyncio.shield(self._take_back(file))
            if isinstance(error, Away):
                log.warning("the store of files did not take a file", kind=str(error))
                raise Unavailable(retry_after=5) from None
            raise

    async def _write(self, who: Operator | Visitor, file: File) -> SentFile:
        file.created_at = now()
        view = file_view(file)
        async with self._database.transaction(who.account_id) as tx:
            [outcome] = await append(
                await tx.driver(), tx.vault, tx.account_id, [_draft(who, file, view)]
            )
            if isinstance(outcome, Fault):
                raise outcome
            written = outcome[-1]
            if not written.repeated:
                await tx.insert(file)
                await self._live.announce(tx, outcome)
        if written.repeated:
            # It was sent twice in the same moment: the other one's objects are those that stay.
            await self._take_back(file)
        return _sent(written, view)

    async def _take_back(self, file: File) -> None:
        """Removes what was put away; what cannot be removed now is left to the sweep."""
        with contextlib.suppress(Away):
            await self._objects.remove(object_places(file))


def _draft(who: Operator | Visitor, file: File, view: FileView) -> Draft:
    by_operator = isinstance(who, Operator)
    return Draft(
        chat_id=file.chat_id,
        id=file.id,
        type=EventType.OPERATOR_MESSAGE if by_operator else EventType.VISITOR_MESSAGE,
        author_kind="operator" if by_operator else "visitor",
        author_id=who.id,
        params=params_of(view),
        reopens=True,
    )


async def _person(tx: Transaction, chat_id: UUID) -> UUID:
    person_id: UUID | None = await tx.value(
        select(Chat.visitor_id).where(Chat.account_id == tx.account_id, Chat.id == chat_id)
    )
    if person_id is None:
        raise NotFound()
    return person_id


async def _already(
    tx: Transaction, who: Operator | Visitor, chat_id: UUID, id: UUID
) -> tuple[Event, File | None] | None:
    """Returns what was sent under this id before, or None.

    Raises:
        Conflict: it was no file, or somebody else's.
    """
    event = await tx.one(
        select(Event).where(
            Event.account_id == tx.account_id, Event.chat_id == chat_id, Event.id == id
        )
    )
    if event is None:
        return None
    file = await find_file(tx, chat_id, id)
    if event.author_id != who.id or (file is None and event.deleted_at is None):
        raise _taken()
    return event, file


async def _compared(there: tuple[Event, File | None], upload: Upload) -> SentFile:
    """Returns the answer of the first time; of a file that was deleted since nothing is compared.

    Raises:
        Conflict: the file is another one.
    """
    event, file = there
    hashed = hashlib.sha256()
    async for piece in upload.pieces():
        hashed.update(piece)
    if file and hashed.hexdigest() != details_of(file).given_sha256:
        raise _taken()
    view = file_view(file) if file else None
    return SentFile(event.id, event.seq, event.chat_id, event.created_at, view)


def _sent(written: Written, view: FileView) -> SentFile:
    return SentFile(written.id, written.seq, written.chat_id, written.created_at, view)


def _taken() -> Conflict:
    return Conflict("This id was used for another message.", code="id_taken")
