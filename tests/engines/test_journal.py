"""The journal keeps quiet about people."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from uuid import UUID

import pytest
import structlog

from chathaven.base.log import REFUSED
from chathaven.engines import journal

CANARY = "anna.example@canary.test"


def read(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    handlers, level = logging.getLogger().handlers, logging.getLogger().level
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers = handlers
    logging.getLogger().setLevel(level)


def test_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    journal.configure("info")
    account = UUID(int=7)
    structlog.get_logger().info("it happened", account_id=account, count=3)
    structlog.get_logger().debug("it is not told")
    (line,) = read(capsys)
    assert line["event"] == "it happened"
    assert line["account_id"] == str(account)
    assert line["count"] == 3
    assert str(line["timestamp"]).endswith("Z")


@pytest.mark.parametrize("name", ["email", "name", "text", "password", "token", "address"])
def test_personal_fields_are_refused(capsys: pytest.CaptureFixture[str], name: str) -> None:
    journal.configure("info")
    structlog.get_logger().warning("odd", **{name: CANARY})
    (line,) = read(capsys)
    assert line[name] == REFUSED


def test_every_personal_column_is_refused() -> None:
    from chathaven.entry.slices import HANDLERS, TABLES

    assert HANDLERS
    assert TABLES
    names = journal.personal_names()
    assert {"email", "name", "params"} & names
    assert not {"account_id", "id", "seq", "created_at"} & names


def test_what_is_inside_is_looked_at_too(capsys: pytest.CaptureFixture[str]) -> None:
    journal.configure("info")
    structlog.get_logger().warning("odd", row={"email": CANARY}, several=[CANARY])
    (line,) = read(capsys)
    assert (line["row"], line["several"]) == ({"email": REFUSED}, [REFUSED])


def test_an_exception_is_told_by_kind_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    journal.configure("info")
    try:
        raise ValueError(CANARY)
    except ValueError:
        structlog.get_logger().exception("it failed")
    text = capsys.readouterr().err
    assert CANARY not in text
    line = json.loads(text)
    assert line["error"] == "ValueError"
    assert line["at"][0].startswith(f"{__name__}.test_an_exception")


def test_libraries_tell_their_words_and_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    journal.configure("info")
    logging.getLogger("some.library").warning("cannot send to %s", CANARY)
    logging.getLogger("some.library").info("not told")
    try:
        raise RuntimeError(CANARY)
    except RuntimeError:
        logging.getLogger("some.library").exception("failed")
    text = capsys.readouterr().err
    assert CANARY not in text
    first, second = [json.loads(line) for line in text.splitlines()]
    assert first["event"] == "cannot send to %s"
    assert first["logger"] == "some.library"
    assert second["error"] == "RuntimeError"
