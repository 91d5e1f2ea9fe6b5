"""Faults as problem details (RFC 9457), in one place."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import Litestar, Request, Response
from litestar.exceptions import (
    ClientException,
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)

from chathaven.base.errors import (
    Fault,
    FieldError,
    Invalid,
    Malformed,
    NotFound,
    TooLarge,
    Unavailable,
)
from chathaven.base.reasons import Reason
from chathaven.engines.web.plain_words import error_of

PROBLEM_JSON = "application/problem+json"
# Python took RFC 9110's names of these with 3.13; an answer is the same under each Python.
_NAMES = {413: "Content Too Large", 422: "Unprocessable Content"}
log = structlog.get_logger()


def problem(fault: Fault) -> Response[bytes]:
    """Returns the answer for a fault."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title(fault.status),
        "status": fault.status,
        "detail": fault.detail,
        "code": fault.code,
    }
    if fault.errors:
        body["errors"] = [error.shown() for error in fault.errors]
    headers = {"cache-control": "no-store"}
    if fault.retry_after is not None:
        headers["retry-after"] = str(fault.retry_after)
    if isinstance(fault, _MethodNotAllowed):
        headers["allow"] = ", ".join(fault.allowed)
    return Response(
        msgspec.json.encode(body | fault.extra),
        status_code=fault.status,
        media_type=PROBLEM_JSON,
        headers=headers,
    )


def title(status: int) -> str:
    """Returns what RFC 9110 calls a status."""
    return _NAMES.get(status) or HTTPStatus(status).phrase


def on_fault(_request: Request[Any, Any, Any], fault: Fault) -> Response[bytes]:
    """Answers a fault of ours."""
    return problem(fault)


def on_http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Answers what the framework found wrong with a request."""
    fault = _translated(error)
    if isinstance(fault, _MethodNotAllowed):
        fault.allowed = allowed(request.app, request.scope["path"])
    return problem(fault)


def on_crash(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answers a bug: logged by its kind and place, without its text, which may be personal."""
    handler = request.scope.get("route_handler")
    log.error("request failed", kind=type(error).__name__, handler=str(handler), exc_info=error)
    return problem(Fault(code="fault"))


class _MethodNotAllowed(Fault):
    status = 405
    code = "method_not_allowed"
    detail = "This address does not take that method."
    allowed: tuple[str, ...] = ()


class _Unsupported(Fault):
    status = 415
    code = "unsupported_media"
    detail = "Send JSON: Content-Type application/json."


def allowed(app: Litestar, path: str) -> tuple[str, ...]:
    """Returns the methods that an address takes, which a 405 has to name (RFC 9110, 15.5.6)."""
    found = []
    for method in ("GET", "POST", "PATCH", "DELETE", "OPTIONS"):
        with suppress(HTTPException):
            app.asgi_router.handle_routing(path=path, method=method)
            found.append(method)
    return tuple(found)


def _translated(error: HTTPException) -> Fault:
    if isinstance(error, ValidationException):
        return Invalid.of(*_fields(error))
    if isinstance(error, NotFoundException):
        return NotFound()
    if isinstance(error, MethodNotAllowedException):
        return _MethodNotAllowed()
    known: dict[int, type[Fault]] = {413: TooLarge, 415: _Unsupported, 503: Unavailable}
    if error.status_code in known:
        return known[error.status_code]()
    if isinstance(error, ClientException):
        return Malformed("The body is not JSON of the kind this address takes.")
    return Fault()


def _fields(error: ValidationException) -> list[FieldError]:
    found = []
    for each in error.extra or []:
        if isinstance(each, dict):
            field = str(each.get("key") or each.get("source") or "body")
            if field == "data":
                # How handlers call the body; it is missing altogether.
                found.append(FieldError("body", Reason.MISSING))
                continue
            found.append(error_of(field, str(each.get("message", ""))))
    return found or [FieldError("body", Reason.FORM)]
