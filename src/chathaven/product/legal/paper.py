"""The signed agreement as a PDF/A: set in type by a process of its own, then signed."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from chathaven.base.errors import Unavailable
from chathaven.engines.vault.signed_pdf import sign_pdf
from chathaven.engines.vault.signing import Signing
from chathaven.product.legal.documents import Agreement, Document
from chathaven.product.legal.installation import Installation
from chathaven.product.legal.markdown import to_blocks

SECONDS = 60
TEMPLATE = Path(__file__).with_name("agreement.typ")
_WORDS = {
    "en": {
        "title": "Data Processing Agreement",
        "version": "Data Processing Agreement, version",
        "signatures": "Signatures",
        "controller": "For the controller",
        "processor": "For the processor",
        "signed": "signed in the app on",
        "declared": "declared by the electronic signature of the installation on",
        "agreement": "Agreement",
        "text": "SHA-256 of the text of the agreement with its annexes",
        "key": "Key that signed this file",
        "public": "Public part of the key (Ed25519, base64url)",
        "how": "This file bears the installation's Ed25519 signature over all its other bytes, in"
        " a comment line near its end. To check it: chathaven verify FILE, or the page /verify of"
        " the installation, or with the public key above. A change of any bit is seen.",
    },
    "de": {
        "title": "Vertrag zur Auftragsverarbeitung",
        "version": "Vertrag zur Auftragsverarbeitung, Fassung",
        "signatures": "Unterschriften",
        "controller": "Für den Verantwortlichen",
        "processor": "Für den Auftragsverarbeiter",
        "signed": "unterzeichnet in der App am",
        "declared": "erklärt durch die elektronische Signatur der Installation am",
        "agreement": "Vertrag",
        "text": "SHA-256 des Vertragstexts mit seinen Anhängen",
        "key": "Schlüssel, der diese Datei unterzeichnet hat",
        "public": "Öffentlicher Teil des Schlüssels (Ed25519, base64url)",
        "how": "Diese Datei trägt die Ed25519-Signatur der Installation über alle ihre übrigen"
        " Bytes, in einer Kommentarzeile nahe ihrem Ende. So wird sie geprüft: chathaven verify"
        " DATEI, oder die Seite /verify der Installation, oder mit dem öffentlichen Schlüssel"
        " oben. Die Änderung jedes Bits fällt auf.",
    },
}


class Signer(msgspec.Struct):
    """Who signs for the controller. `email` is where the copy goes."""

    name: str
    title: str
    company: str
    address: str
    country: str
    email: str


async def signed_paper(
    signing: Signing,
    here: Installation,
    document: Document,
    parts: Agreement,
    signer: Signer,
    signature_id: str,
    moment: datetime,
) -> bytes:
    """Returns the agreement as a PDF/A with both parties, time, hash and signature.

    Raises:
        Unavailable: the typesetter did not come to its end.
    """
    content = _content(signing, here, document, parts, signer, signature_id, moment)
    return sign_pdf(signing, await set_in_type(content, moment, TEMPLATE))


def _content(
    signing: Signing,
    here: Installation,
    document: Document,
    parts: Agreement,
    signer: Signer,
    signature_id: str,
    moment: datetime,
) -> dict[str, Any]:
    said = _WORDS[document.language]
    when = moment.isoformat(timespec="seconds").replace("+00:00", "Z")
    signatory = here.signatory
    processor = [here.company, here.address]
    if signatory is not None:
        processor += [f"{signatory.name}, {signatory.title}"]
    return {
        "words": said,
        "title": said["title"],
        "language": document.language,
        "version": document.version,
        "body": to_blocks(parts.body),
        "annexes": to_blocks(parts.annexes),
        "controller": {
            "lines": [
                *(signer.company, signer.address, signer.country),
                f"{signer.name}, {signer.title}",
                f"{said['signed']} {when}",
            ]
        },
        "processor": {
            "name": here.company,
            "lines": [*filter(None, processor), f"{said['declared']} {when}"],
        },
        "facts": [
            [said["agreement"], signature_id],
            [said["text"], document.sha256],
            [said["key"], signing.key_id],
            [said["public"], signing.public_key],
        ],
    }


async def set_in_type(document: dict[str, Any], moment: datetime, template: Path) -> bytes:
    """Returns a document made at a time as a PDF/A, set by a process of its own.

    Raises:
        Unavailable: the typesetter did not come to its end.
    """
    given = {
        "document": document,
        "seconds": int(moment.timestamp()),
        "template": str(template),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chathaven.product.legal.typeset"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # What it says of a failure may quote the document.
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(SECONDS):
            pdf, _ = await process.communicate(msgspec.json.encode(given))
    except TimeoutError:
        process.kill()
        await process.wait()
        raise Unavailable("The document could not be set in time.", retry_after=30) from None
    if process.returncode != 0 or not pdf:
        raise Unavailable("The document could not be set.", retry_after=30)
    return pdf
