"""HTTP: the record of processing (GDPR Art. 30): as it is, as it was, and what changed."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get
from litestar.params import Parameter

from chathaven.base.actor import Operator
from chathaven.base.errors import Invalid
from chathaven.base.languages import choose
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.vault.canonical import canonical
from chathaven.engines.vault.signed_pdf import sign_pdf
from chathaven.engines.web.limits import Rate
from chathaven.product.access.gate import PUBLIC, files, may
from chathaven.product.access.permissions import Permission
from chathaven.product.audit.record import record
from chathaven.product.legal.paper import set_in_type
from chathaven.product.records.keep import (
    Change,
    Keeper,
    differences,
    list_versions,
    version,
    version_at,
)
from chathaven.product.records.model import RecordVersion
from chathaven.product.records.present import Kept, as_csv, as_document
from chathaven.product.records.words import LANGUAGES

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
PAPERS = Rate("records-as-files", 30, 3600)
TEMPLATE = Path(__file__).with_name("record.typ")
_Language = Annotated[str | None, Parameter(max_length=35)]
Kind = Literal["controller", "processor"]
_Number = Annotated[int | None, Parameter(ge=1, le=2**31 - 1)]
_Time = Annotated[
    str | None, Parameter(max_length=40, description="A time with its zone, as RFC 3339 writes it.")
]


class RecordView(msgspec.Struct):
    """A version of the record. `record` is described by /v1/schemas/record-1.json.

    `reason` says what made it new: `settings`, `software`, or `asked` for the first.
    """

    kind: str
    version: int
    sha256: str
    reason: str
    created_at: datetime
    record: dict[str, Any]


class VersionView(msgspec.Struct):
    """That there is a version."""

    version: int
    sha256: str
    reason: str
    created_at: datetime


class VersionList(msgspec.Struct):
    """A page of versions, the newest first."""

    items: list[VersionView]
    next: str | None


class Differences(msgspec.Struct):
    """What the version of one time says, and that of another does not."""

    before: VersionView
    after: VersionView
    changes: list[Change]


@cache
def schema() -> bytes:
    """Returns the JSON Schema of a record."""
    return resources.files(__package__).joinpath("record-1.json").read_bytes()


@get("/v1/schemas/record-1.json", opt=may(PUBLIC), media_type="application/schema+json")
async def get_schema() -> Response[dict[str, Any]]:
    """What a record of processing is, as JSON Schema."""
    headers = {"cache-control": "public, max-age=86400"}
    found = msgspec.json.decode(schema(), type=dict[str, Any])
    return Response(found, media_type="application/schema+json", headers=headers)


@get("/v1/records", opt=may(Permission.RECORDS_READ))
async def get_record(
    ground: Ground,
    keeper: Keeper,
    actor: Operator,
    kind: Kind = "controller",
    number: _Number = None,
) -> RecordView:
    """The record of the controller or processor: as it is now, or a version by its number."""
    async with ground.database.transaction(actor.account_id) as tx:
        held = await _held(tx, keeper, kind, number)
    return RecordView(kind, held.version, held.sha256, held.reason, held.created_at, held.document)


async def _held(tx: Transaction, keeper: Keeper, kind: str, number: int | None) -> RecordVersion:
    if number is None:
        # An account that nobody asked so far has none; every later change is kept by itself.
        await keeper.keep(tx, "asked")
    held = await version(tx, kind, number)
    if held is None:
        raise Invalid.field("number", Reason.NO_SUCH_VERSION)
    return held


@get("/v1/records/versions", opt=may(Permission.RECORDS_READ))
async def get_versions(
    ground: Ground,
    actor: Operator,
    kind: Kind = "controller",
    after: _Number = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
) -> VersionList:
    """Every version that was kept, the newest first."""
    async with ground.database.transaction(actor.account_id) as tx:
        found = await list_versions(tx, kind, after, limit + 1)
    items = [VersionView(*each) for each in found[:limit]]
    return VersionList(items, str(items[-1].version) if len(found) > limit else None)


_KINDS = ("application/pdf", "text/csv", "application/json")


@get("/v1/records/file", opt=may(Permission.RECORDS_READ) | files(*_KINDS))
async def get_file(
    request: Request[Any, Any, Any],
    ground: Ground,
    keeper: Keeper,
    actor: Operator,
    kind: Kind = "controller",
    format: Literal["json", "csv", "pdf"] = "pdf",
    language: _Language = None,
    number: _Number = None,
) -> Response[bytes]:
    """A version as a file: JSON in all languages, CSV, or a signed PDF/A."""
    await ground.limits.take(PAPERS, str(actor.account_id))
    async with ground.database.transaction(actor.account_id) as tx:
        held = await _held(tx, keeper, kind, number)
        await record(tx, actor, "record-taken", "account", actor.account_id)
    spoken = choose(language, request.headers.get("accept-language"))
    spoken = spoken if spoken in LANGUAGES else LANGUAGES[0]
    kept = Kept(held.document, held.version, held.sha256, held.created_at)
    if format == "json":
        body, media = canonical(held.document), "application/json"
    elif format == "csv":
        body, media = as_csv(kept, spoken), "text/csv; charset=utf-8"
    else:
        pdf = await set_in_type(as_document(kept, spoken), held.created_at, TEMPLATE)
        body, media = sign_pdf(ground.signing, pdf), "application/pdf"
    name = f'attachment; filename="record-{kind}-{held.version}.{format}"'
    return Response(body, media_type=media, headers={"content-disposition": name})


@get("/v1/records/differences", opt=may(Permission.RECORDS_READ))
async def get_differences(
    ground: Ground,
    keeper: Keeper,
    actor: Operator,
    kind: Kind = "controller",
    since: _Time = None,
    until: _Time = None,
) -> Differences:
    """What changed between the versions that held at two times: from the first to the newest."""
    begin, end = _moment("since", since), _moment("until", until)
    async with ground.database.transaction(actor.account_id) as tx:
        newest = await _held(tx, keeper, kind, None)
        # Before its first version nothing is known, so the first stands for that time.
        one = await version_at(tx, kind, begin or _BEGINNING)
        other = await version_at(tx, kind, end) if end else newest
    assert one is not None
    assert other is not None
    return Differences(_view(one), _view(other), differences(one.document, other.document))


def _moment(name: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        # Judged here: the framework takes numbers for times as well.
        moment = msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid.field(name, Reason.TIME_WITH_ZONE)
    return moment


def _view(held: RecordVersion) -> VersionView:
    return VersionView(held.version, held.sha256, held.reason, held.created_at)


HANDLERS = (get_schema, get_record, get_versions, get_file, get_differences)
