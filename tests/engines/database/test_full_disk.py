"""A disk that is full is said in the log, once in a while, and whoever asks is told to try again."""

from __future__ import annotations

from uuid import UUID

import pytest
from psycopg.errors import DiskFull, UndefinedTable
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from chathaven.base.errors import Unavailable
from chathaven.engines.database import away
from chathaven.engines.database.line import Line
from chathaven.engines.database.transaction import Database


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(away, "_told", float("-inf"))


async def test_it_is_said_once_in_a_while(
    database: Database, tenant: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As the mapping raises it, as the driver does, and as the line of the writer does.
    mapped = OperationalError("INSERT", {}, DiskFull("no space"))
    line = Line(database)
    with capture_logs() as lines:
        for error in (mapped, DiskFull("no space")):
            with pytest.raises(Unavailable):
                async with database.transaction(tenant):
                    raise error
        with pytest.raises(Unavailable):
            async with line.transaction():
                raise DiskFull("no space")
    assert [each["event"].split(";")[0] for each in lines] == ["the disk of the database is full"]
    assert [each["log_level"] for each in lines] == ["error"]
    monkeypatch.setattr(away, "TELL_AGAIN_SECONDS", 0.0)
    with capture_logs() as lines, pytest.raises(Unavailable):
        async with database.transaction(tenant):
            raise mapped
    assert len(lines) == 1
    await line.close()


def test_nothing_else_is_said() -> None:
    with capture_logs() as lines:
        away.tell(OperationalError("SELECT", {}, UndefinedTable("x")))
        away.tell(TimeoutError())
    assert lines == []
