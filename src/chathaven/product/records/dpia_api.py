"""HTTP: the template of an impact assessment (GDPR Art. 35)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get
from litestar.params import Parameter

from chathaven.base.actor import Operator
from chathaven.base.clock import now
from chathaven.base.languages import choose
from chathaven.engines.ground import Ground
from chathaven.engines.vault.canonical import canonical
from chathaven.engines.vault.signed_pdf import sign_pdf
from chathaven.product.access.gate import files, may
from chathaven.product.access.permissions import Permission
from chathaven.product.accounts.settings import read_account
from chathaven.product.audit.record import record
from chathaven.product.legal.paper import set_in_type
from chathaven.product.records.api import PAPERS
from chathaven.product.records.dpia import as_document, dpia_of
from chathaven.product.records.keep import Keeper
from chathaven.product.records.words import LANGUAGES

TEMPLATE = Path(__file__).with_name("dpia.typ")


class DpiaView(msgspec.Struct):
    """The template as it is now, in every language. It is no assessment until it was checked."""

    dpia: dict[str, Any]


@get("/v1/records/dpia", opt=may(Permission.RECORDS_READ))
async def get_dpia(ground: Ground, keeper: Keeper, actor: Operator) -> DpiaView:
    """The template of an impact assessment, from the data map and what is configured now."""
    return DpiaView(await _made(ground, keeper, actor))


@get(
    "/v1/records/dpia/file",
    opt=may(Permission.RECORDS_READ) | files("application/pdf", "application/json"),
)
async def get_dpia_file(
    request: Request[Any, Any, Any],
    ground: Ground,
    keeper: Keeper,
    actor: Operator,
    format: Literal["json", "pdf"] = "pdf",
    language: Annotated[str | None, Parameter(max_length=35)] = None,
) -> Response[bytes]:
    """The template as a file: JSON in all languages, or a signed PDF/A."""
    await ground.limits.take(PAPERS, str(actor.account_id))
    made = await _made(ground, keeper, actor)
    async with ground.database.transaction(actor.account_id) as tx:
        await record(tx, actor, "record-taken", "account", actor.account_id)
    moment = now()
    if format == "json":
        body, media = canonical(made), "application/json"
    else:
        spoken = choose(language, request.headers.get("accept-language"))
        spoken = spoken if spoken in LANGUAGES else LANGUAGES[0]
        document = as_document(made, f"{moment:%Y-%m-%dT%H:%M:%SZ}", spoken)
        pdf = await set_in_type(document, moment, TEMPLATE)
        body, media = sign_pdf(ground.signing, pdf), "application/pdf"
    name = f'attachment; filename="impact-assessment-{moment:%Y-%m-%d}.{format}"'
    return Response(body, media_type=media, headers={"content-disposition": name})


async def _made(ground: Ground, keeper: Keeper, actor: Operator) -> dict[str, Any]:
    async with ground.database.transaction(actor.account_id) as tx:
        return dpia_of(await keeper.facts(tx, await read_account(tx)))


HANDLERS = (get_dpia, get_dpia_file)
