"""Reading a request's body: strictly, once, with errors that name the field."""

from __future__ import annotations

import re
from collections.abc import Hashable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec
from litestar.dto import MsgspecDTO
from litestar.openapi.spec import Reference, Schema
from litestar.typing import FieldDefinition

from chathaven.base.errors import Fault, Invalid, Malformed
from chathaven.base.reasons import Reason
from chathaven.engines.web.plain_words import field_error

if TYPE_CHECKING:
    from litestar._openapi.schema_generation import SchemaCreator
    from litestar.dto._backend import DTOBackend

T = TypeVar("T", bound=msgspec.Struct)

_NUL_ESCAPE = rb"\u0000"
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Unsupported(Fault):
    """The body is of a kind that is not taken."""

    status = 415
    code = "unsupported_media"
    detail = "Send JSON: Content-Type application/json."


class Body(MsgspecDTO[T]):
    """Takes `application/json` alone, so that no plain form of a foreign page gets through."""

    @classmethod
    def create_for_field_definition(
        cls,
        field_definition: FieldDefinition,
        handler_id: str,
        backend_cls: type[DTOBackend] | None = None,
    ) -> None:
        """Makes nothing: the framework would write and compile code that copies field by field."""

    @classmethod
    def create_openapi_schema(
        cls, field_definition: FieldDefinition, handler_id: str, schema_creator: SchemaCreator
    ) -> Reference | Schema:
        """Describes the type itself, with all that its fields say of what they take."""
        return schema_creator.for_field_definition(field_definition)

    def decode_bytes(self, value: bytes) -> Any:
        """Returns the body as its type.

        Raises:
            Unsupported: it does not say that it is JSON.
            Malformed: it is not JSON in UTF-8.
            Invalid: a field holds what it cannot take.
        """
        kind = self.asgi_connection.headers.get("content-type", "")
        if kind.partition(";")[0].strip().lower() != "application/json":
            raise Unsupported
        return decode(value, self.model_type)


def decode(value: bytes, kind: type[Any]) -> Any:
    """Returns JSON as its type, or raises as `Body.decode_bytes` does."""
    # Nearly no body has it, and looking for it as it stands takes a tenth of the time.
    if _NUL_ESCAPE in value and _NUL.search(value):
        raise Invalid.field("body", Reason.NO_NUL)
    try:
        return _decoder(cast("Hashable", kind)).decode(value)
    except msgspec.ValidationError as error:
        raise Invalid.of(field_error(str(error))) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Malformed("The body is not JSON in UTF-8.") from None


@cache
def _decoder(kind: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(cast("type[Any]", kind))
