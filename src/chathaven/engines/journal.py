"""The journal: one JSON object a line on stderr, and nothing personal in it.

A line says what happened in words that stand in the code, and names things by id, kind or
number. Fields that the data map calls personal or secret are refused whoever logs them, and an
exception is told by its kind and place: its text quotes values.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import UUID

import msgspec
import structlog

from chathaven.engines.database.data_map import PERSONAL, Treatment
from chathaven.engines.database.tables import Table

ALWAYS_REFUSED = frozenset(
    {
        "address",
        "authorization",
        "body",
        "cookie",
        "email",
        "headers",
        "ip",
        "name",
        "password",
        "path",
        "phone",
        "query",
        "text",
        "token",
        "url",
        "user_agent",
        "value",
    }
)
REFUSED = "[refused]"
_PLAIN = (str, int, float, bool, type(None))
_Fields = MutableMapping[str, Any]


def configure(level: str) -> None:
    """Sets up all logging of the process: ours from `level` on, that of libraries from warning.

    Called after the tables are declared, since the data map tells what is personal.
    """
    number = getattr(logging, level.upper())
    refuse = Refuse(personal_names())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _place_of_exception,
            refuse,
            _as_json,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers = [FromLibraries()]
    root.setLevel(logging.WARNING)


def personal_names() -> frozenset[str]:
    """Returns the names of all columns that may not be logged."""
    entries = (entry for table in Table.__subclasses__() for entry in table.entries.values())
    return ALWAYS_REFUSED | {
        entry.column
        for entry in entries
        if entry.category in PERSONAL or entry.treatment is not Treatment.OPEN
    }


class Refuse:
    """Takes out what may not be said."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def __call__(self, _logger: object, _method: str, fields: _Fields) -> _Fields:
        """Replaces refused fields; anything that is not plain is told by its kind alone."""
        for name, value in fields.items():
            if name in self._names:
                fields[name] = REFUSED
            elif isinstance(value, UUID):
                fields[name] = str(value)
            elif name != "at" and not isinstance(value, _PLAIN):
                fields[name] = type(value).__name__
        return fields


def _place_of_exception(_logger: object, _method: str, fields: _Fields) -> _Fields:
    error = fields.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        fields.setdefault("kind", type(error).__name__)
        fields["at"] = places(error.__traceback__)
    return fields


def places(trace: TracebackType | None) -> list[str]:
    """Returns the files, lines and functions of a traceback, without any line of code."""
    frames = traceback.extract_tb(trace)
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]


def _as_json(_logger: object, _method: str, fields: _Fields) -> str:
    return msgspec.json.encode(fields).decode()


class FromLibraries(logging.Handler):
    """Takes over what libraries log: the words in their code, never what they put into them."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one line of a library."""
        # The template without its arguments: those are values.
        said = record.msg if record.args else str(record.msg).partition("\n")[0]
        structlog.get_logger().log(
            record.levelno, str(said), library=record.name, exc_info=record.exc_info
        )
