"""Problems: one shape for everything that goes wrong, and nothing of the caller's in it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from litestar import Litestar, get, post
from litestar.exceptions import HTTPException, ServiceUnavailableException
from litestar.testing import TestClient
from structlog.testing import capture_logs

from chathaven.base import errors
from chathaven.base.errors import (
    Conflict,
    Fault,
    FieldError,
    Invalid,
    RateLimited,
    Unavailable,
)
from chathaven.base.reasons import Reason
from chathaven.engines.web.body import Body
from chathaven.engines.web.problems import (
    PROBLEM_JSON,
    on_crash,
    on_fault,
    on_http_exception,
    title,
)

CANARY = "canarina@birdsong.example"


class Sent(msgspec.Struct):
    text: str


@get("/crash")
async def crash() -> None:
    raise ValueError(f"cannot take {CANARY}")


@get("/number/{number:int}")
async def number(number: int, limit: int = 1) -> int:
    return number + limit


@post("/send", dto=Body[Sent], return_dto=None)
async def send(data: Sent) -> str:
    return data.text


@get("/away")
async def away() -> None:
    raise ServiceUnavailableException(CANARY)


FAULTS = [
    each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, Fault) and each is not Fault
]


def client() -> TestClient[Litestar]:
    return TestClient(
        Litestar(
            [crash, number, send, away],
            exception_handlers={
                Fault: on_fault,
                HTTPException: on_http_exception,
                Exception: on_crash,
            },
            request_max_body_size=1_000,
            logging_config=None,
        ),
        raise_server_exceptions=False,
    )


def checked(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Returns a problem after looking at its shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].partition(";")[0] == PROBLEM_JSON
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, Any] = answer.json()
    assert found["type"] == "about:blank"
    assert (found["status"], found["code"]) == (status, code)
    assert found["title"]
    assert found["detail"].endswith(".")
    assert "canarina" not in answer.text.lower()
    return found


@pytest.mark.parametrize("kind", FAULTS, ids=lambda kind: kind.__name__)
def test_every_fault_has_a_status_a_code_and_a_sentence(kind: type[Fault]) -> None:
    @get("/")
    async def fails() -> None:
        raise kind

    with TestClient(Litestar([fails], exception_handlers={Fault: on_fault})) as asked:
        checked(asked.get("/"), kind.status, kind.code)


def test_codes_are_stable_and_apart() -> None:
    codes = {each.code: each.status for each in FAULTS}
    assert codes == {
        "malformed": 400,
        "unauthenticated": 401,
        "forbidden": 403,
        "not_found": 404,
        "conflict": 409,
        "too_large": 413,
        "invalid": 422,
        "rate_limited": 429,
        "unavailable": 503,
    }


def test_titles_are_the_same_under_each_python() -> None:
    assert {status: title(status) for status in (400, 404, 405, 413, 415, 422, 503)} == {
        400: "Bad Request",
        404: "Not Found",
        405: "Method Not Allowed",
        413: "Content Too Large",
        415: "Unsupported Media Type",
        422: "Unprocessable Content",
        503: "Service Unavailable",
    }


def test_extras_come_along() -> None:
    raised: list[Fault] = []

    @get("/")
    async def fails() -> None:
        raise raised.pop()

    with TestClient(Litestar([fails], exception_handlers={Fault: on_fault})) as asked:
        raised.append(RateLimited(retry_after=7))
        assert asked.get("/").headers["retry-after"] == "7"
        raised.append(Unavailable(retry_after=1))
        assert asked.get("/").headers["retry-after"] == "1"
        raised.append(
            Invalid.of(
                FieldError("a", Reason.TOO_LONG, {"max": 1_200}), FieldError("b", Reason.MISSING)
            )
        )
        found = asked.get("/").json()
        assert found["detail"] == "a: takes at most 1,200 characters."
        assert found["errors"] == [
            {
                "field": "a",
                "message": "takes at most 1,200 characters",
                "reason": "too_long",
                "params": {"max": 1_200},
            },
            {"field": "b", "message": "is missing", "reason": "missing", "params": {}},
        ]
        raised.append(
            Conflict("Read it first.", code="notice_required", extra={"notice": {"id": 1}})
        )
        found = asked.get("/").json()
        assert (found["code"], found["notice"]) == ("notice_required", {"id": 1})


def test_a_bug_is_a_fault_without_words_of_its_own() -> None:
    with capture_logs() as said, client() as asked:
        checked(asked.get("/crash"), 500, "fault")
    (line,) = said
    assert line["kind"] == "ValueError"
    assert CANARY not in repr({key: value for key, value in line.items() if key != "exc_info"})


def test_what_the_framework_refuses_has_the_same_shape() -> None:
    with client() as asked:
        checked(asked.get("/nowhere"), 404, "not_found")
        checked(asked.get(f"/number/{CANARY}"), 404, "not_found")
        checked(asked.delete("/send"), 405, "method_not_allowed")
        found = checked(asked.get(f"/number/1?limit={CANARY}"), 422, "invalid")
        assert [error["field"] for error in found["errors"]] == ["limit"]
        checked(asked.post("/send", json={"text": CANARY * 100}), 413, "too_large")
        checked(asked.post("/send", content=CANARY.encode()), 415, "unsupported_media")
        json_kind = {"content-type": "application/json"}
        checked(asked.post("/send", content=CANARY.encode(), headers=json_kind), 400, "malformed")
        found = checked(asked.post("/send", json={"text": [CANARY]}), 422, "invalid")
        assert [error["field"] for error in found["errors"]] == ["text"]
        checked(asked.get("/away"), 503, "unavailable")
