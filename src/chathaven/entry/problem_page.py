"""Problems for people: whoever opens an address in a browser reads a page, in their language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from litestar import Request, Response

from chathaven.entry.page import HTML, printed, spoken
from chathaven.entry.page_words import WORDS

Error = TypeVar("Error", bound=Exception)
Asked = Request[Any, Any, Any]
_WORDS = {
    401: "signed_out",
    403: "forbidden",
    404: "nothing",
    413: "too_large",
    429: "too_often",
    503: "later",
}


def for_readers(
    handler: Callable[[Asked, Error], Response[bytes]],
) -> Callable[[Asked, Error], Response[bytes] | Response[str]]:
    """Returns a handler that answers a program as the given one does, and a reader with a page."""

    def answered(request: Asked, error: Error) -> Response[bytes] | Response[str]:
        answer = handler(request, error)
        if not _is_read(request):
            return answer
        language = spoken(request, request.query_params.get("language"))
        said = printed("problem.html", language, said=_words(language, answer))
        said.status_code = answer.status_code
        # Retry-After, Allow, and that nothing of it is kept.
        said.headers = (
            said.headers | answer.headers | {"vary": "accept, accept-language, sec-fetch-dest"}
        )
        return said

    return answered


def _is_read(request: Asked) -> bool:
    """Whether a person opens an address: not a script, and not a page within a page."""
    purpose = request.headers.get("sec-fetch-dest")
    if purpose is not None:
        return purpose == "document"
    # Browsers name the purpose over TLS alone, and old ones never.
    path = request.scope["path"]
    return HTML in request.headers.get("accept", "") and not path.startswith(("/v1/", "/frame/"))


def _words(language: str, answer: Response[bytes]) -> dict[str, str]:
    key = _WORDS.get(answer.status_code or 500, "refused")
    title, text = WORDS[language]["problems"][key]
    return {"title": title, "text": text}
