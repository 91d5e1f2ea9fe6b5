"""Published JSON Schemas: of a chat's file, of the files in a person's data, of certificates."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from chathaven.product.access.gate import PUBLIC, may

CHAT = "chat-export-1.json"
CERTIFICATE = "erasure-certificate-1.json"
PERSON = (
    "person-manifest-1.json",
    "consents-1.json",
    "recipients-1.json",
    "processing-1.json",
)
NAMES = (CHAT, *PERSON)


def path_of(name: str) -> str:
    """Returns where an installation serves a schema."""
    return f"/v1/schemas/{name}"


@cache
def schema(name: str) -> bytes:
    """Returns one schema."""
    return resources.files(__package__).joinpath("schemas", name).read_bytes()


def _serve(name: str) -> HTTPRouteHandler:
    @get(
        path_of(name),
        opt=may(PUBLIC),
        media_type="application/schema+json",
        operation_id=f"schema-{name.removesuffix('.json')}",
        summary=f"The JSON Schema {name}",
    )
    async def get_schema() -> Response[dict[str, Any]]:
        headers = {"cache-control": "public, max-age=3600", "access-control-allow-origin": "*"}
        found = msgspec.json.decode(schema(name), type=dict[str, Any])
        return Response(found, media_type="application/schema+json", headers=headers)

    return get_schema


HANDLERS = tuple(_serve(name) for name in (*NAMES, CERTIFICATE))
