"""What somebody sends with the public form: checked with plain words, then received."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from chathaven.base.actor import System
from chathaven.base.clock import now
from chathaven.base.dates import day
from chathaven.base.errors import Invalid
from chathaven.base.fields import NAME_LENGTH, email_address, one_line
from chathaven.engines.ground import Ground
from chathaven.engines.web.limits import Rate
from chathaven.product.rights.identity import ask_for_proof
from chathaven.product.rights.letters import Way, address_of
from chathaven.product.rights.receive import Asking, receive
from chathaven.product.rights.states import Kind, Via
from chathaven.product.rights.steps import read_request, there
from chathaven.product.sites.find import KnownSite

FROM_AN_ADDRESS = Rate("rights-form", 10, 3600)
TO_A_MAILBOX = Rate("rights-mailbox", 3, 3600)
"""Whoever types a stranger's address sends them three letters an hour, and no more."""
LONGEST_TEXT = 5_000
FIELDS = ("kind", "name", "email", "text", "on_behalf")


class Received(NamedTuple):
    """What the person is told: the number of the request, the last day for the answer, and whether
    the link that proves the address was sent.
    """

    number: str
    due: str
    mailed: bool


def check(given: Mapping[str, str]) -> dict[str, str]:
    """Returns for each field that cannot be taken the word that says why."""
    wrong: dict[str, str] = {}
    if given["kind"] not in set(Kind):
        wrong["kind"] = "wrong_kind"
    try:
        email_address("email", given["email"])
    except Invalid:
        wrong["email"] = "wrong_email"
    if given["name"].strip():
        try:
            if len(one_line("name", given["name"])) > NAME_LENGTH:
                wrong["name"] = "wrong_name"
        except Invalid:
            wrong["name"] = "wrong_name"
    for field in ("text", "on_behalf"):
        if len(given[field]) > LONGEST_TEXT:
            wrong[field] = "too_long"
    return wrong


async def ask_by_form(
    ground: Ground, site: KnownSite, address: str, given: Mapping[str, Any], language: str
) -> Received:
    """Receives a request whose fields were checked, and sends the link that proves the address.

    Whether the address belongs to a visitor is not told, and takes no other way. While letters to
    visitors are off the request waits for people who find out who asks.

    Raises:
        RateLimited: too many came from one place, or to one mailbox.
    """
    email = email_address("email", given["email"])
    await ground.limits.take(FROM_AN_ADDRESS, address)
    await ground.limits.take(TO_A_MAILBOX, email.casefold())
    asking = Asking(
        kind=Kind(given["kind"]),
        via=Via.FORM,
        received_at=now(),
        language=language,
        text=given["text"].strip() or None,
        name=one_line("name", given["name"]) if given["name"].strip() else None,
        email=email,
        on_behalf=given["on_behalf"].strip() or None,
    )
    system = System(site.account_id)
    async with ground.database.transaction(site.account_id) as tx:
        request = await receive(tx, ground, system, asking)
        _, found = await read_request(tx, request.id, lock=True)
        content = there(found)
        mailed = (await address_of(tx, content)).way is Way.EMAIL
        if mailed:
            await ask_for_proof(tx, ground, system, request, content)
        return Received(str(request.id), day(request.due_at, language), mailed)
