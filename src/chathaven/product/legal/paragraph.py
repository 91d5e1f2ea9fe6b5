"""A paragraph for the account's own privacy policy, about the chat as the account has set it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from chathaven.base.languages import choose
from chathaven.product.accounts.settings import AccountSettings
from chathaven.product.legal.installation import Installation

SENTENCES: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("paragraphs.json").read_text(encoding="utf-8")
)


class Paragraph(msgspec.Struct):
    """Text to copy. It describes the settings as they are now."""

    language: str
    text: str


def paragraph(
    company: str,
    settings: AccountSettings,
    here: Installation,
    mail: str,
    language: str,
    form: str,
) -> Paragraph:
    """Returns the paragraph in a language of the widget.

    `form` is the address at which people ask about their data without a chat.
    """
    spoken = choose(language, None)
    say = SENTENCES[spoken]
    named = {
        "company": company,
        "form": form,
        "host": here.company or "",
        "location": here.location or "",
        "months": _months(spoken, say["months"], settings.privacy.retention.conversation_months),
        "subprocessors": ", ".join(f"{s.name} ({s.location})" for s in here.subprocessors),
    }
    keys = ["what", "files", "before", "basis", *_asked(settings), "kept", "storage", "embeds"]
    keys += _receivers(here, mail)
    keys.append("rights")
    return Paragraph(spoken, " ".join(say[key].format_map(named) for key in keys))


def _months(language: str, forms: Mapping[str, str], count: int) -> str:
    """Returns a number of months, at most 36, in the form that the language asks for."""
    form = "one" if count == 1 else "other"
    if language == "pl" and count % 10 in {2, 3, 4} and count not in {12, 13, 14}:
        form = "few"
    if language == "ar" and count <= 10:
        form = {1: "one", 2: "two"}.get(count, "few")
    return forms[form].replace("{n}", str(count))


def _asked(settings: AccountSettings) -> list[str]:
    keys = []
    legal, request = settings.general.legal_text, settings.email_request
    if legal.enabled:
        keys.append("agreement" if legal.requires_agreement else "shown")
    if request.enabled:
        keys.append("email_always" if request.when == "always" else "email_offline")
        if request.marketing.enabled:
            keys.append("marketing")
    return keys


def _receivers(here: Installation, mail: str) -> list[str]:
    keys = ["hosted" if here.hosting == "others" else "own"]
    if here.location:
        keys.append("location")
    if here.subprocessors:
        keys.append("others")
    if mail == "smtp":
        keys.append("mail")
    return keys
