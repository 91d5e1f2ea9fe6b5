"""How a widget looks: what may be set, and what holds until something is."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from chathaven.base.errors import FieldError, Invalid
from chathaven.base.fields import one_line
from chathaven.base.languages import LANGUAGES
from chathaven.base.reasons import Reason
from chathaven.engines.web.plain_words import field_error

Greetings = dict[str, Annotated[str, Meta(max_length=300)]]
Pixels = Annotated[int, Meta(ge=0, le=400)]


class Position(msgspec.Struct, forbid_unknown_fields=True):
    """Where the launcher stands: CSS pixels from the side and from the bottom."""

    side: Literal["right", "left"] = "right"
    x: Pixels = 20
    y: Pixels = 20


class Appearance(msgspec.Struct, forbid_unknown_fields=True):
    """How a widget looks. Without a greeting in a language, the widget has its own words."""

    color: Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$", max_length=7)] = "#2f6feb"
    position: Position = msgspec.field(default_factory=Position)
    team_name: Annotated[str, Meta(max_length=60)] | None = None
    greeting_online: Greetings = {}
    greeting_offline: Greetings = {}


def appearance(stored: dict[str, Any]) -> Appearance:
    """Returns an appearance as it was stored."""
    return msgspec.convert(stored, Appearance)


def checked(merged: dict[str, Any]) -> Appearance:
    """Returns an appearance as it is to be stored.

    Raises:
        Invalid: a field is not known, or holds what it cannot take.
    """
    try:
        made = msgspec.convert(merged, Appearance)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from None
    made.color = made.color.lower()
    if made.team_name is not None:
        made.team_name = one_line("appearance.team_name", made.team_name)
    made.greeting_online = _greetings("greeting_online", made.greeting_online)
    made.greeting_offline = _greetings("greeting_offline", made.greeting_offline)
    return made


def _greetings(name: str, given: Greetings) -> Greetings:
    unknown = sorted(set(given) - set(LANGUAGES))
    if unknown:
        raise Invalid.field(f"appearance.{name}", Reason.SOME_OF, allowed=LANGUAGES)
    # A greeting that was emptied is none.
    return {language: text.strip() for language, text in given.items() if text.strip()}


def _invalid(text: str) -> Invalid:
    error = field_error(text)
    path = "appearance" if error.field == "body" else f"appearance.{error.field}"
    if error.field == "color":
        return Invalid.field(path, Reason.COLOR)
    return Invalid.of(FieldError(path, error.reason, error.params))
