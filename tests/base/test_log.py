"""The log holds nothing personal, whoever writes to it."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import procrastinate
import procrastinate.testing
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from chathaven.base import log as module
from chathaven.base.ids import Secret, new_id
from chathaven.base.log import REFUSED, PersonalDataInLog, Refuse, configure

PERSONAL = frozenset({"name", "email", "phone", "text", "params", "company"})
CANARY = "Canarina Birdsong"


class Written:
    """What the log wrote."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    def __str__(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in str(self).splitlines()]


@pytest.fixture
def written() -> Iterator[Written]:
    made = Written()
    configure("info", PERSONAL, strict=False, stream=made.stream)
    yield made
    structlog.reset_defaults()
    root = logging.getLogger()
    for handler in [each for each in root.handlers if each.get_name() == "chathaven"]:
        root.removeHandler(handler)
    root.setLevel(logging.WARNING)


def ours() -> Any:
    return structlog.get_logger()


def test_a_line_is_json_with_time_and_level(written: Written) -> None:
    account_id = new_id()
    ours().info("session opened", account_id=account_id, count=3, well=True, missing=None)
    (line,) = written.lines
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "session opened",
        "level": "info",
        "account_id": str(account_id),
        "count": 3,
        "well": True,
        "missing": None,
    }


@pytest.mark.parametrize("field", sorted(PERSONAL))
def test_a_personal_field_is_left_out_and_marked(written: Written, field: str) -> None:
    ours().warning("something", **{field: CANARY})
    (line,) = written.lines
    assert (line[field], line["refused"]) == (REFUSED, [field])
    assert CANARY not in str(written)


@pytest.mark.parametrize("field", sorted(PERSONAL))
def test_a_personal_field_raises_while_developing(field: str) -> None:
    stream = io.StringIO()
    configure("debug", PERSONAL, stream=stream)
    with pytest.raises(PersonalDataInLog, match=field) as caught:
        ours().warning("something", **{field: CANARY})
    assert CANARY not in str(caught.value)
    assert stream.getvalue() == ""


def secret(prefix: str) -> str:
    return Secret.new(prefix, new_id()).text


PLANTED = {
    "address": "ada@example.com",
    "in a sentence": "wrote to ada.lovelace+chat@sub.example.co.uk today",
    "abroad": "jörg@bücher.example",
    "database": "postgresql://owner:hunter2@db.internal/chathaven",
    **{prefix: Secret.new(prefix, UUID(int=5)).text for prefix in ("chs", "cht", "chv", "chi")},
}


@pytest.mark.parametrize("kind", PLANTED)
def test_addresses_and_secrets_are_left_out_wherever_they_stand(
    written: Written, kind: str
) -> None:
    value = PLANTED[kind]
    ours().info("plain", note=value)
    ours().info(value)
    ours().info("nested", note={"list": [value]})
    logging.getLogger("some.library").warning(f"it said {value}")  # noqa: G004  as some do
    logging.getLogger("some.library").warning("it said %s", value)
    assert len(written.lines) == 5
    assert all(line["refused"] for line in written.lines[:4])
    assert written.lines[4]["event"] == "it said %s"
    for part in ("ada", "jörg", "hunter2", value, value[4:]):
        assert part not in str(written)


@given(local=st.text("abcxyz0189._+-", min_size=1), domain=st.text("abcxyz0189.-", min_size=1))
def test_every_address_is_seen(local: str, domain: str) -> None:
    fields = Refuse(PERSONAL, raises=False)(None, "info", {"event": f"to {local}@{domain}"})
    assert "@" not in fields["event"]


def test_personal_names_inside_objects_are_refused(written: Written) -> None:
    ours().info("nested", body={"chat": {"text": CANARY, "seq": 3}})
    (line,) = written.lines
    assert line["body"] == {"chat": {"text": REFUSED, "seq": 3}}
    assert line["refused"] == ["text"]


def test_names_inside_objects_are_looked_at_too(written: Written) -> None:
    ours().info("counted", counts={"ada@x.example": {"bob@x.example": "chs_12345678"}, "all": 2})
    (line,) = written.lines
    assert line["counts"] == {REFUSED: {REFUSED: REFUSED}, "all": 2}
    assert line["refused"] == ["counts", f"counts.{REFUSED}", f"counts.{REFUSED}.{REFUSED}"]
    assert "x.example" not in str(written)


def test_an_object_shows_its_type_alone(written: Written) -> None:
    class Visitor:
        def __repr__(self) -> str:
            return CANARY

    ours().info("seen", who=Visitor(), raw=b"bytes", error_given=ValueError(CANARY))
    assert CANARY not in str(written)
    assert written.lines[0]["raw"] == "<bytes>"
    assert written.lines[0]["who"].endswith("Visitor>")


def _fail(text: str) -> None:
    kept_in_a_local = text
    try:
        raise KeyError(kept_in_a_local)
    except KeyError as error:
        raise ValueError(f"cannot take {text}") from error


def test_an_exception_is_its_type_and_its_places(written: Written) -> None:
    try:
        _fail(CANARY)
    except ValueError as error:
        ours().exception("request failed")
        ours().error("given", exc_info=error)
    for line in written.lines:
        assert line["error"] == "ValueError"
        assert line["at"][-1].startswith(f"{__name__}._fail:")
        assert line["caused_by"][0].startswith("KeyError")
    assert len(written.lines) == 2
    assert CANARY not in str(written)


def test_a_group_of_exceptions_names_each(written: Written) -> None:
    group = ExceptionGroup(CANARY, [ValueError(CANARY), OSError(CANARY)])
    ours().error("both", exc_info=group)
    (line,) = written.lines
    assert {each.split()[0] for each in line["caused_by"]} == {"ValueError", "OSError"}
    assert CANARY not in str(written)


def test_libraries_write_through_it_without_texts_of_exceptions(written: Written) -> None:
    for name in ("uvicorn.error", "procrastinate.worker", "asyncio", "sqlalchemy.pool"):
        try:
            _fail(CANARY)
        except ValueError:
            logging.getLogger(name).exception("Exception in ASGI application\n")
    assert [line["logger"] for line in written.lines] == [
        "uvicorn.error",
        "procrastinate.worker",
        "asyncio",
        "sqlalchemy.pool",
    ]
    assert {line["error"] for line in written.lines} == {"ValueError"}
    assert CANARY not in str(written)


async def test_a_task_that_nobody_awaited_says_no_text(written: Written) -> None:
    loop = asyncio.get_running_loop()
    loop.call_exception_handler(
        {"message": "Task exception was never retrieved", "exception": ValueError(CANARY)}
    )
    (line,) = written.lines
    assert (line["error"], line["event"]) == ("ValueError", "Task exception was never retrieved")
    assert CANARY not in str(written)


def test_a_library_never_fails_for_what_it_says() -> None:
    stream = io.StringIO()
    configure("debug", PERSONAL, stream=stream)
    logging.getLogger("some.library").warning("to ada@example.com")
    line = json.loads(stream.getvalue())
    assert (line["event"], line["refused"]) == (f"to {REFUSED}", ["event"])


@pytest.mark.parametrize(("level", "shown"), [("debug", 4), ("info", 3), ("warning", 2)])
def test_the_level_is_kept(written: Written, level: str, shown: int) -> None:
    configure(level, PERSONAL, stream=written.stream)
    for method in ("debug", "info", "warning", "error"):
        getattr(ours(), method)("line")
        logging.getLogger("httpx").info("HTTP Request: GET /v1/visitors?email=…")
    assert [line["event"] for line in written.lines] == ["line"] * shown


def test_a_second_call_replaces_the_first(written: Written) -> None:
    configure("info", PERSONAL, strict=False, stream=written.stream)
    logging.getLogger("some.library").warning("once")
    assert len(written.lines) == 1


async def test_the_queue_logs_ids_and_kinds_only(written: Written) -> None:
    """What procrastinate says of a job that fails: its name, its ids, the kind of failure."""
    connector = procrastinate.testing.InMemoryConnector()
    app = procrastinate.App(connector=connector)
    root = logging.getLogger()
    root.setLevel(logging.DEBUG)
    logging.getLogger("procrastinate").setLevel(logging.DEBUG)

    @app.task(name="send-letter")
    async def job(account_id: str, id: str) -> None:
        _fail(CANARY)

    ids = {"account_id": str(new_id()), "id": str(new_id())}
    async with app.open_async():
        await job.defer_async(**ids)
        await app.run_worker_async(wait=False, install_signal_handlers=False)
    logging.getLogger("procrastinate").setLevel(logging.NOTSET)
    said = [line for line in written.lines if line["logger"].startswith("procrastinate")]
    failed = [line for line in said if line.get("error")]
    assert failed, said
    assert "send-letter" in failed[0]["event"]
    assert "caused_by" in failed[0]
    assert CANARY not in str(written)
    for line in said:
        assert set(line) <= {*module._OURS}, line


def test_ids_are_not_taken_for_secrets(written: Written) -> None:
    ours().info("kept", id=UUID(int=7), path="/v1/chats/", kind="chat_closed", key_version=1)
    assert "refused" not in written.lines[0]
