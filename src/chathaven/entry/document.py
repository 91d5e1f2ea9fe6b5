"""The OpenAPI document: what the framework sees of a route, and what holds for all of them.

Who may call a route, how they prove it and which problems it can answer follow from what the
route says of itself (`may`, parameters, body), so no route has to repeat it.
"""

from __future__ import annotations

import copy
from typing import Any

import msgspec
from litestar import Litestar, Request, Router
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.routes import BaseRoute, HTTPRoute
from litestar.types import ControllerRouterHandler

from chathaven.base.reasons import Reason
from chathaven.engines.files.kinds import MAX_BYTES
from chathaven.engines.web.problems import PROBLEM_JSON, title
from chathaven.product.access.gate import PUBLIC, VISITOR, may

Part = dict[str, Any]

PROBLEM: Part = {
    "type": "object",
    "description": "What went wrong (RFC 9457). `code` is stable; `detail` is for people.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message", "reason", "params"],
                "properties": {
                    "field": {"type": "string"},
                    "message": {
                        "type": "string",
                        "description": "What the field takes, in English, to stand behind its name.",
                    },
                    "reason": {
                        "type": "string",
                        "description": "Stable, to say it in other languages. More may come.",
                        "x-extensible-enum": sorted(Reason),
                    },
                    "params": {
                        "type": "object",
                        "description": "What the reason takes in, such as `max`.",
                        "additionalProperties": {
                            "anyOf": [
                                {"type": ["string", "number"]},
                                {"type": "array", "items": {"type": "string"}},
                            ]
                        },
                    },
                },
            },
        },
    },
}
_MEANING = {
    400: "Not JSON, or not in UTF-8.",
    401: "Nobody known is asking.",
    403: "Known, but not allowed; or sent from a foreign page.",
    404: "It does not exist, or the caller may not know that it does.",
    409: "It contradicts what is already there.",
    413: "The body is larger than 64 KiB; where a file is taken, than what is taken.",
    415: "The body is of a kind that is not taken here; where a file is taken, `accept` names all.",
    422: "A field holds what it cannot take; `errors` names it.",
    429: "Too often. Come back after `Retry-After` seconds.",
    503: "Not just now. Send the same again after `Retry-After` seconds.",
}
FORM_OF_A_FILE: Part = {
    "required": True,
    "description": "The id, by which a repeated sending is known, and then the file with its name.",
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["id", "file"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "file": {"type": "string", "format": "binary", "maxLength": MAX_BYTES},
                },
                "additionalProperties": False,
            }
        }
    },
}
_RETRY_AFTER: Part = {
    "Retry-After": {
        "description": "Seconds to wait.",
        "schema": {"type": "integer", "minimum": 0},
    }
}


class DocumentRouter(Router):
    """Takes the document alone: what lies below its address is unknown like anything else.

    The framework would add a page of its own there, in HTML, and a second copy of the document.
    """

    def __init__(self, path: str) -> None:
        super().__init__(
            path,
            route_handlers=(),
            include_in_schema=False,
            opt=may(PUBLIC),
            dto=None,
            return_dto=None,
        )

    def register(self, value: ControllerRouterHandler) -> list[BaseRoute]:
        """Registers a handler of the document itself, and no other."""
        if isinstance(value, HTTPRouteHandler) and set(value.paths) - {"/"}:
            return []
        return super().register(value)


class Document(JsonRenderPlugin):
    """Serves the document, made once."""

    def __init__(self, cookie: str) -> None:
        super().__init__(path="/")
        self._cookie = cookie
        self._made: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: Part) -> bytes:
        """Returns the document as JSON."""
        if self._made is None:
            self._made = msgspec.json.encode(complete(openapi_schema, request.app, self._cookie))
        return self._made


def complete(schema: Part, app: Litestar, cookie: str) -> Part:
    """Returns the framework's document with access, problems and security added."""
    whole = copy.deepcopy(schema)
    components = whole.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["responses"] = {
        f"Problem{status}": _problem(status, text) for status, text in _MEANING.items()
    }
    components["securitySchemes"] = {
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": cookie,
            "description": "The cookie of `POST /v1/sessions` or `POST /v1/accounts`.",
        },
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "An operator's token, of `POST /v1/tokens`.",
        },
        "visitor": {
            "type": "http",
            "scheme": "bearer",
            "description": "A visitor's token, of `POST /v1/widget/{site_key}/visitors`.",
        },
    }
    for (path, method), opt in doors(app).items():
        operation = whole["paths"].get(path, {}).get(method)
        if operation is not None:
            if "form" in opt:
                operation["requestBody"] = FORM_OF_A_FILE
            _complete(operation, path, method, opt.get("may"))
            if "files" in opt:
                operation["responses"]["200"]["content"] = {kind: {} for kind in opt["files"]}
            _close(operation, components["schemas"])
    return whole


def doors(app: Litestar) -> dict[tuple[str, str], Part]:
    """Returns of every route of ours, by path and method, what it says of itself."""
    return {
        (route.path_format, method.lower()): handler.opt
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method, (handler, _) in route.route_handler_map.items()
        if method != "OPTIONS"
    }


def _problem(status: int, text: str) -> Part:
    found: Part = {
        "description": f"{title(status)}. {text}",
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in (429, 503):
        found["headers"] = _RETRY_AFTER
    return found


def _complete(operation: Part, path: str, method: str, who: str | None) -> None:
    operation["x-may"] = who
    operation["security"] = _security(who)
    responses = operation["responses"]
    # The framework's own word on wrong input: it comes as a problem, below.
    responses.pop("400", None)
    for status in _statuses(operation, path, method, who):
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}


def _close(operation: Part, schemas: Part) -> None:
    """Says of a body that it takes no other fields, which the framework does not see."""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = body.get("schema", {}).get("$ref", "").rpartition("/")[2]
    if name:
        schemas[name]["additionalProperties"] = False


def _security(who: str | None) -> list[Part]:
    if who == PUBLIC:
        return []
    return [{"visitor": []}] if who == VISITOR else [{"session": []}, {"token": []}]


def _statuses(operation: Part, path: str, method: str, who: str | None) -> set[int]:
    found = {503}
    if "requestBody" in operation:
        found |= {400, 413, 415, 422}
    if any(each["in"] != "path" for each in operation.get("parameters", ())):
        found |= {422}
    if "{" in path:
        found |= {404}
    if who != PUBLIC or (method, path) == ("post", "/v1/sessions"):
        found |= {401}
    if who not in (PUBLIC, VISITOR) or method != "get" or path.startswith("/v1/widget/{"):
        found |= {403}
    if method != "get":
        found |= {404, 409, 429}
    return found
