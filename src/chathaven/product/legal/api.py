"""HTTP: the agreement, the register, the terms, the checklist, and what describes the chat."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.params import Parameter
from msgspec import Meta

from chathaven import __version__
from chathaven.base.actor import Operator, Visitor
from chathaven.base.fields import one_line
from chathaven.base.languages import LANGUAGES, choose
from chathaven.engines.files.kinds import TAKEN, Taken
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.engines.web.limits import Rate
from chathaven.product.access.gate import PUBLIC, VISITOR, may
from chathaven.product.access.permissions import Permission
from chathaven.product.accounts.legal import TermsInForce
from chathaven.product.accounts.settings import AccountSettings, read_account
from chathaven.product.chats.answers import circumstances
from chathaven.product.chats.widget_api import OwnView, own_view
from chathaven.product.legal.accept_terms import accept_terms
from chathaven.product.legal.checklist import Item, checklist
from chathaven.product.legal.documents import Documents, Kind
from chathaven.product.legal.dpa import (
    DpaView,
    SignatureView,
    read_dpa,
    read_file,
    sign_dpa,
    signature_view,
    signatures,
)
from chathaven.product.legal.embeds import Provider, answer_embed
from chathaven.product.legal.paper import Signer
from chathaven.product.legal.paragraph import Paragraph, paragraph
from chathaven.product.legal.subprocessors import (
    SubprocessorView,
    object_to,
    register,
    withdraw_objection,
)
from chathaven.product.operators.find import find
from chathaven.product.operators.show import Page
from chathaven.product.sites.find import all_sites
from chathaven.product.visitors.identify import read_visitor

SIGNATURES = Rate("dpa-signatures", 10, 3600)
_Line = Annotated[str, Meta(min_length=1, max_length=200)]
_Lines = Annotated[str, Meta(min_length=1, max_length=400)]
_Language = Annotated[str | None, Parameter(max_length=35)]


class Host(msgspec.Struct):
    """Who runs the installation, as far as everybody may know."""

    hosting: str
    company: str | None
    address: str | None
    email: str | None
    location: str | None


class InstallationView(msgspec.Struct):
    """What this installation is."""

    name: str
    version: str
    mail: str
    public_url: str
    languages: tuple[str, ...]
    operator: Host
    files: Taken


class NewSignature(msgspec.Struct, forbid_unknown_fields=True):
    """Who signs the agreement, for which company. `language`: of the text that is signed."""

    name: _Line
    title: _Line
    company: _Line
    address: _Lines
    country: _Line
    language: Literal["en", "de"] = "en"


class Acceptance(msgspec.Struct, forbid_unknown_fields=True):
    """The version of the terms that is accepted."""

    version: Annotated[str, Meta(max_length=40)]


class Objection(msgspec.Struct, forbid_unknown_fields=True):
    """Why the account objects, where it says so."""

    reason: Annotated[str, Meta(max_length=2_000)] | None = None


class EmbedAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """Whether content of one provider may be shown. A "no" after a "yes" withdraws."""

    provider: Provider
    answer: Literal["yes", "no"]


@get("/v1/installation", opt=may(PUBLIC))
async def get_installation(ground: Ground, documents: Documents) -> InstallationView:
    """Name, version, how letters leave, who runs it, and which files are taken."""
    here = documents.installation
    return InstallationView(
        name="Chathaven",
        version=__version__,
        mail=ground.post.kind,
        public_url=ground.settings.public_url,
        languages=LANGUAGES,
        operator=Host(here.hosting, here.company, here.address, here.email, here.location),
        files=TAKEN,
    )


@post(
    "/v1/legal/terms/acceptances",
    opt=may(Permission.SETTINGS_WRITE),
    dto=Body[Acceptance],
    return_dto=None,
)
async def post_acceptance(
    ground: Ground, actor: Operator, terms: TermsInForce, data: Acceptance
) -> Acceptance:
    """Accepts the terms that hold now, for the account."""
    async with ground.database.transaction(actor.account_id) as tx:
        accepted = await accept_terms(tx, actor, terms, data.version)
    return Acceptance(accepted.version)


@get("/v1/legal/dpa", opt=may(Permission.SETTINGS_READ))
async def get_dpa(
    request: Request[Any, Any, Any],
    ground: Ground,
    documents: Documents,
    actor: Operator,
    language: _Language = None,
) -> DpaView:
    """The data processing agreement as it is now, and whether this account needs and has one."""
    spoken = choose(language, request.headers.get("accept-language"))
    async with ground.database.transaction(actor.account_id) as tx:
        return await read_dpa(tx, documents, spoken)


@post(
    "/v1/legal/dpa/signatures",
    opt=may(Permission.SETTINGS_WRITE),
    dto=Body[NewSignature],
    return_dto=None,
)
async def post_signature(
    ground: Ground, documents: Documents, actor: Operator, data: NewSignature
) -> SignatureView:
    """Signs the agreement; the signer gets a copy by mail."""
    await ground.limits.take(SIGNATURES, str(actor.account_id))
    async with ground.database.transaction(actor.account_id) as tx:
        email = (await find(tx, actor.id)).email
    lines = ", ".join(part.strip() for part in data.address.splitlines() if part.strip())
    signer = Signer(
        name=one_line("name", data.name),
        title=one_line("title", data.title),
        company=one_line("company", data.company),
        address=one_line("address", lines),
        country=one_line("country", data.country),
        email=email,
    )
    return await sign_dpa(
        ground.database, ground.queue, ground.signing, documents, actor, signer, data.language
    )


@get("/v1/legal/dpa/signatures", opt=may(Permission.SETTINGS_READ))
async def get_signatures(
    ground: Ground, documents: Documents, actor: Operator
) -> Page[SignatureView]:
    """Every agreement that the account signed, the newest first."""
    version = documents.of(Kind.DPA, "en").version
    async with ground.database.transaction(actor.account_id) as tx:
        return Page([signature_view(each, version) for each in await signatures(tx)])


@get("/v1/legal/dpa/signatures/{signature_id:uuid}/file", opt=may(Permission.SETTINGS_READ))
async def get_signature_file(
    ground: Ground, actor: Operator, signature_id: UUID
) -> Response[bytes]:
    """The signed agreement as a PDF/A; `chathaven verify` checks it."""
    async with ground.database.transaction(actor.account_id) as tx:
        pdf = await read_file(tx, signature_id)
    name = f'attachment; filename="data-processing-agreement-{signature_id}.pdf"'
    return Response(pdf, media_type="application/pdf", headers={"content-disposition": name})


@get("/v1/legal/subprocessors", opt=may(Permission.SETTINGS_READ))
async def get_subprocessors(
    ground: Ground, documents: Documents, actor: Operator
) -> Page[SubprocessorView]:
    """Companies that take part in the processing, with those that are announced."""
    async with ground.database.transaction(actor.account_id) as tx:
        return Page(await register(tx, documents.installation))


@post(
    "/v1/legal/subprocessors/{subprocessor_id:str}/objections",
    opt=may(Permission.SETTINGS_WRITE),
    dto=Body[Objection],
    return_dto=None,
)
async def post_objection(
    ground: Ground, documents: Documents, actor: Operator, subprocessor_id: str, data: Objection
) -> SubprocessorView:
    """Objects to a company that is announced and not in force yet."""
    async with ground.database.transaction(actor.account_id) as tx:
        return await object_to(tx, actor, documents.installation, subprocessor_id, data.reason)


@delete(
    "/v1/legal/subprocessors/{subprocessor_id:str}/objections",
    opt=may(Permission.SETTINGS_WRITE),
    status_code=200,
)
async def delete_objection(
    ground: Ground, documents: Documents, actor: Operator, subprocessor_id: str
) -> SubprocessorView:
    """Takes the objection back: the company may take part for this account, too."""
    async with ground.database.transaction(actor.account_id) as tx:
        return await withdraw_objection(tx, actor, documents.installation, subprocessor_id)


@get("/v1/legal/privacy-paragraph", opt=may(Permission.SETTINGS_READ))
async def get_paragraph(
    request: Request[Any, Any, Any],
    ground: Ground,
    documents: Documents,
    actor: Operator,
    language: _Language = None,
) -> Paragraph:
    """A paragraph for the account's own privacy policy, about the chat as it is set now."""
    spoken = choose(language, request.headers.get("accept-language"))
    async with ground.database.transaction(actor.account_id) as tx:
        account = await read_account(tx)
        site = (await all_sites(tx))[0]
    settings = msgspec.convert(account.settings, AccountSettings)
    here = documents.installation
    form = f"{ground.settings.public_url}/rights/{site.key}"
    return paragraph(account.company, settings, here, ground.post.kind, spoken, form)


@get("/v1/privacy/checklist", opt=may(Permission.SETTINGS_READ))
async def get_checklist(
    ground: Ground, documents: Documents, terms: TermsInForce, actor: Operator
) -> Page[Item]:
    """What is left to do for the GDPR, computed from what the account has."""
    async with ground.database.transaction(actor.account_id) as tx:
        return Page(await checklist(tx, documents, terms))


@post("/v1/widget/me/embeds", opt=may(VISITOR), dto=Body[EmbedAnswer], return_dto=None)
async def post_embed(
    ground: Ground, request: Request[Any, Any, Any], actor: Visitor, data: EmbedAnswer
) -> OwnView:
    """The visitor allows or refuses content of one provider; the receipt is in `receipts`."""
    async with ground.database.transaction(actor.account_id) as tx:
        visitor = await read_visitor(tx, actor.id)
        how = circumstances(request, visitor, surface="in-chat")
        language = (visitor.technical or {}).get("language")
        shown = data.answer == "yes"
        await answer_embed(tx, actor.id, data.provider, language, how, shown=shown)
        return await own_view(tx, actor, visitor)


HANDLERS = (
    get_installation,
    post_acceptance,
    get_dpa,
    post_signature,
    get_signatures,
    get_signature_file,
    get_subprocessors,
    post_objection,
    delete_objection,
    get_paragraph,
    get_checklist,
    post_embed,
)
