"""The log: JSON lines on stderr, plain ones in a terminal, and nothing personal in either.

What a call gives is looked at before it is written: a field with the name of personal data, a
text that looks like an e-mail address or a bearer secret, an object of any other kind than the
plain ones. While developing (level debug, and in tests) such a call raises; in production the
value is left out and the line says which (`refused`). Of an exception only its type and the
places in the code are written, for its text may quote what somebody wrote.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Collection, Mapping, MutableMapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any
from uuid import UUID

import structlog

REFUSED = "[refused]"
MOST_CHARACTERS = 1_000
MOST_FRAMES = 16
_E_MAIL = re.compile(r"[^\s@<>\"'(),;:=\[\]{}]+@[^\s@<>\"'(),;:=\[\]{}/]+")
_SECRET = re.compile(r"\bch[svitr]_[A-Za-z0-9_-]{8,}")
_USER_INFO = re.compile(r"//[^/\s@]*@")
_LOOKS_PERSONAL = (_SECRET, _USER_INFO, _E_MAIL)
_PLAIN = (int, float, UUID, datetime, Path, type(None))
_OURS = ("event", "level", "timestamp", "logger", "error", "at", "caused_by", "refused")
_OWN_NAME = "chathaven"
"""Of our logger and our handler."""

Fields = MutableMapping[str, Any]


class PersonalDataInLog(Exception):
    """A call of the logger gives what no log may hold. It says which field, never the value."""


def configure(
    level: str,
    personal_fields: Collection[str],
    *,
    strict: bool | None = None,
    stream: IO[str] | None = None,
) -> None:
    """Sets the log up for this process; a second call replaces the first.

    `level` is debug, info, warning or error. `personal_fields` are the names that the data map
    calls personal. `strict` makes a refused call raise; None means: when the level is debug.
    Messages of libraries are written from warning on (info while debugging) and never raise.
    """
    stream = stream or sys.stderr
    refuse = Refuse(personal_fields, raises=level == "debug" if strict is None else strict)
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    renderer: Any = structlog.processors.JSONRenderer()
    if stream.isatty():
        renderer = structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            stamp,
            locate_exception,
            refuse,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_number(level)),
        logger_factory=lambda *_: logging.getLogger(_OWN_NAME),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.set_name(_OWN_NAME)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                stamp,
                _first_line,
                locate_exception,
                Refuse(personal_fields, raises=False),
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            # A library's words as they stand in its code, without what it puts into them.
            use_get_message=False,
        )
    )
    _route(handler, _number(level))


def _number(level: str) -> int:
    return int(logging.getLevelNamesMapping()[level.upper()])


def _route(handler: logging.Handler, level: int) -> None:
    """Leads every logger of every library to the one handler."""
    root = logging.getLogger()
    for old in [each for each in root.handlers if each.get_name() == _OWN_NAME]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.INFO if level <= logging.DEBUG else max(level, logging.WARNING))
    # Our own lines were filtered already.
    logging.getLogger(_OWN_NAME).setLevel(logging.DEBUG)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "procrastinate", "asyncio"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    # Their lines at info are addresses that were asked, which tell who did what.
    for name in ("httpx", "httpcore", "uvicorn.access", "sqlalchemy.engine"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _first_line(_logger: Any, _method: str, fields: Fields) -> Fields:
    """Keeps of a library's message its first line; the others quote objects and exceptions."""
    fields["event"] = str(fields["event"]).partition("\n")[0]
    return fields


def locate_exception(_logger: Any, _method: str, fields: Fields) -> Fields:
    """Puts the type and the places of an exception in the place of the exception."""
    given = fields.pop("exc_info", None)
    fields.pop("stack_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        fields["error"] = _kind(error)
        fields["at"] = _places(error.__traceback__)
        causes = _causes(error)
        if causes:
            fields["caused_by"] = causes
    # ProcessorFormatter would write the record's own exception below the line.
    record = fields.get("_record")
    if isinstance(record, logging.LogRecord):
        record.exc_info = record.exc_text = record.stack_info = None
    return fields


def _kind(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")


def _places(trace: TracebackType | None) -> list[str]:
    places: list[str] = []
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "?")
        places.append(f"{module}.{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places[-MOST_FRAMES:]


def _causes(error: BaseException) -> list[str]:
    found: list[str] = []
    waiting = [error]
    seen = {id(error)}
    while waiting:
        each = waiting.pop()
        inner = list(each.exceptions) if isinstance(each, BaseExceptionGroup) else []
        for cause in (*inner, each.__cause__ or each.__context__):
            if cause is not None and id(cause) not in seen:
                seen.add(id(cause))
                places = _places(cause.__traceback__)
                found.append(f"{_kind(cause)} {places[-1] if places else ''}".rstrip())
                waiting.append(cause)
    return found[:MOST_FRAMES]


class Refuse:
    """Looks at what is about to be written, and keeps personal data out."""

    def __init__(self, personal_fields: Collection[str], *, raises: bool) -> None:
        self._personal = frozenset(personal_fields) - {"event"}
        self._raises = raises

    def __call__(self, _logger: Any, _method: str, fields: Fields) -> Fields:
        """Returns the fields without what may not be written.

        Raises:
            PersonalDataInLog: there is such a thing, and we are developing.
        """
        refused: list[str] = []
        for name in [each for each in fields if not each.startswith("_")]:
            if name in self._personal and name not in _OURS:
                fields[name] = REFUSED
                refused.append(name)
            else:
                fields[name] = self._clean(name, fields[name], refused)
        if refused:
            if self._raises:
                raise PersonalDataInLog(f"The log does not take: {', '.join(sorted(refused))}")
            fields["refused"] = sorted(set(refused))
        return fields

    def _clean(self, name: str, value: Any, refused: list[str]) -> Any:
        if isinstance(value, str):
            return self._clean_text(name, str(value), refused)
        if isinstance(value, _PLAIN):
            return value if isinstance(value, int | float | None) else str(value)
        if isinstance(value, Mapping):
            # Names may be somebody's, too: of a count by address, say.
            named = [
                (self._clean_text(name, str(key), refused), held) for key, held in value.items()
            ]
            return {
                key: REFUSED
                if self._refuse_key(key, refused)
                else self._clean(f"{name}.{key}", held, refused)
                for key, held in named
            }
        if isinstance(value, list | tuple | set | frozenset):
            return [self._clean(name, each, refused) for each in value]
        # How an object shows itself is its own matter, and it may show everything.
        return f"<{type(value).__qualname__}>"

    def _refuse_key(self, key: str, refused: list[str]) -> bool:
        if key in self._personal:
            refused.append(key)
            return True
        return False

    def _clean_text(self, name: str, text: str, refused: list[str]) -> str:
        cleaned = text[:MOST_CHARACTERS]
        for pattern in _LOOKS_PERSONAL:
            cleaned = pattern.sub(REFUSED, cleaned)
        if cleaned != text[:MOST_CHARACTERS]:
            refused.append(name)
        return cleaned
