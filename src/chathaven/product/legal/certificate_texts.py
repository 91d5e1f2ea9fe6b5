"""What certificates of erasure say, in every language of the widget.

A certificate is signed in English. Each of its sentences is known here by its very words, so
what is shown in another language is a translation of what was signed, of old certificates too;
a sentence that is not known here is shown as it was signed. What was signed once is never taken
out, nor is its translation made to say more.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.params import Parameter

from chathaven.base.languages import choose, direction
from chathaven.product.access.gate import PUBLIC, may

_CATALOGUE: dict[str, dict[str, dict[str, str]]] = json.loads(
    Path(__file__).with_name("certificate-texts.json").read_text("utf-8")
)
HEADINGS, TEXTS = _CATALOGUE["headings"], _CATALOGUE["texts"]


class CertificateTexts(msgspec.Struct):
    """How to show a certificate in a language.

    `texts` gives for a sentence as it was signed (`claim`, `not_covered`, and `what` and `ground`
    of what is `retained`) the same in the language. `headings` are the words beside them;
    `count` and `until` have a place, `{count}` and `{date}`.
    """

    language: str
    dir: str
    headings: dict[str, str]
    texts: dict[str, str]


def certificate_texts(language: str) -> CertificateTexts:
    """Returns everything that is said of certificates in a language of the widget."""
    return CertificateTexts(
        language=language,
        dir=direction(language),
        headings={name: said[language] for name, said in HEADINGS.items()},
        texts={signed: in_words(signed, language) for signed in TEXTS},
    )


def in_words(signed: str, language: str) -> str:
    """Returns a sentence of a certificate in a language; as it was signed where it is not known."""
    return TEXTS.get(signed, {}).get(language, signed)


@get("/v1/legal/certificate-texts", opt=may(PUBLIC))
async def get_certificate_texts(
    request: Request[Any, Any, Any],
    language: Annotated[str | None, Parameter(max_length=35)] = None,
) -> Response[CertificateTexts]:
    """What certificates of erasure say, sentence by sentence, in the reader's language."""
    spoken = choose(language, request.headers.get("accept-language"))
    headers = {"cache-control": "public, max-age=3600", "vary": "accept-language"}
    return Response(certificate_texts(spoken), headers=headers)


HANDLERS = (get_certificate_texts,)
