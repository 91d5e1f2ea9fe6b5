"""What the OpenAPI document says of each route, and requests made up from it.

A parameter or field that nothing here can fill fails the test that meets it: a new route is
tested by itself, or says why not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.base.reasons import Reason, message

Schema = Mapping[str, Any]
FORM = "multipart/form-data"

WORDS = {
    "accepted_terms": "never",
    "aware_at": (now() - timedelta(hours=1)).isoformat(),
    "address": "Engine Street 1",
    "company": "Lovelace & Co",
    "country": "United Kingdom",
    "name": "Something",
    "nonce": "00" * 32,
    "reason": "Something",
    "since": (now() - timedelta(hours=1)).isoformat(),
    "subject": "Something",
    "text": "Something",
    "current_password": "wrong horse battery",
    "language": "en",
    "letters": {"en": {"subject": "Something", "text": "Something"}},
    "matter": "Vera v. Shop",
    "review_at": (now() + timedelta(days=30)).isoformat(),
    "new_password": "another horse battery",
    "password": "correct horse battery",
    "phone": "+49 30 1234",
    "scopes": ["chats:read"],
    "title": "Owner",
    "token": "chi_none",
    "until": now().isoformat(),
    "version": "never",
}
"""Values that mean something to the field of that name."""

LARGE = {
    "GET /v1/records/dpia/file",
    "GET /v1/records/file",
    "GET /v1/visitors/{visitor_id}/export",
    "GET /v1/widget/me/export",
}
"""Whole files, which take longer than all other answers together and are no lists."""


@dataclass(frozen=True)
class Route:
    """One method of one address."""

    method: str
    path: str
    operation: Schema
    document: Schema

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def may(self) -> str:
        """Who may call it, in the product's words."""
        return str(self.operation["x-may"])

    @property
    def is_stream(self) -> bool:
        """Whether its answer has no end."""
        return self.path.endswith("/stream")

    @property
    def changes(self) -> bool:
        """Whether it may change anything."""
        return self.method != "GET"

    @property
    def path_ids(self) -> list[str]:
        """Names of the ids in its address."""
        return re.findall(r"{(\w+)}", self.path)

    def queries(self) -> Iterator[tuple[str, Schema]]:
        """Gives its query parameters with their schemas."""
        for each in self.operation.get("parameters", ()):
            if each["in"] == "query":
                yield each["name"], each["schema"]

    def fields(self) -> dict[str, Schema]:
        """Returns the fields of its body."""
        body = self.body_schema()
        return dict(body.get("properties", {})) if body else {}

    def body_schema(self) -> Schema | None:
        """Returns the schema of its body, or None where it takes none, or a form with a file.

        Wrong forms have tests of their own, in tests/product/messages.
        """
        body = self.operation.get("requestBody")
        if body is None or list(body["content"]) == [FORM]:
            return None
        assert list(body["content"]) == ["application/json"], f"{self} takes something else"
        return self.resolved(body["content"]["application/json"]["schema"])

    def resolved(self, schema: Schema) -> Schema:
        """Returns a schema itself, where it is only named."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self.resolved(self.document["components"]["schemas"][name])
        options = [each for each in schema.get("oneOf", ()) if each.get("type") != "null"]
        return {**schema, **self.resolved(options[0])} if options else schema

    def body(self) -> dict[str, Any] | None:
        """Returns a body with every required field, and a name where there is one."""
        schema = self.body_schema()
        if schema is None:
            return None
        return {name: self._value(name, schema["properties"][name]) for name in schema["required"]}

    def _value(self, name: str, schema: Schema) -> Any:
        schema = self.resolved(schema)
        if name in WORDS:
            return WORDS[name]
        if name == "email":
            return f"{new_id().hex}@example.com"
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][-1]
        if schema.get("format") == "uuid":
            return str(new_id())
        simple = {"integer": 0, "boolean": False}
        if schema.get("type") in simple:
            return simple[schema["type"]]
        pytest.fail(f"{self}: nothing is known to fill {name} with: {schema}")

    def uuid_fields(self) -> list[str]:
        """Names of the fields of its body that take an id."""
        return [
            name
            for name, schema in self.fields().items()
            if self.resolved(schema).get("format") == "uuid"
        ]

    def address(self, ids: Mapping[str, str]) -> str:
        """Returns its address with ids put in."""
        for name in self.path_ids:
            if name not in ids:
                pytest.fail(f"{self}: nothing is known to fill {{{name}}} with")
        return self.path.format_map(ids)


def read_document(url: str) -> dict[str, Any]:
    """Fetches the document."""
    answer = httpx.get(f"{url}/v1/openapi.json", timeout=60)
    assert answer.status_code == 200
    return dict(answer.json())


def routes(document: Schema) -> list[Route]:
    """Returns every route of the document."""
    return [
        Route(method.upper(), path, operation, document)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def unknown_ids() -> dict[str, str]:
    """Returns for every name in an address an id that never was."""
    people = ("visitor", "operator", "session", "token", "invitation")
    names = (
        *people,
        "chat",
        "message",
        "mailing",
        "site",
        "erasure",
        "export",
        "hold",
        "run",
        "certificate",
        "signature",
        "subprocessor",
        "breach",
        "scope",
        "request",
        "letter",
        "file",
    )
    made = {f"{name}_id": str(new_id()) for name in names}
    return made | {"site_key": UUID(int=new_id().int).hex[:24]}


def is_problem(answer: httpx.Response, place: str) -> dict[str, Any]:
    """Returns the problem that an answer tells; fails where it is none."""
    assert answer.headers["content-type"] == "application/problem+json", f"{place}: {answer.text}"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code, place
    assert problem["type"] == "about:blank"
    assert problem["code"] != "fault", f"{place}: {problem}"
    assert "Traceback" not in answer.text
    assert "src/chathaven" not in answer.text
    if problem["code"] == "invalid":
        assert problem["errors"], place
        for each in problem["errors"]:
            said = message(Reason(each["reason"]), each["params"])
            assert each["field"], place
            assert each["message"] == said, place
    return problem
