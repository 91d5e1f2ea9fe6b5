"""A paragraph for the account's own privacy policy, about the chat as the account has set it."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from chathaven.base.languages import choose
from chathaven.product.accounts.settings import AccountSettings
from chathaven.product.legal.installation import Installation

Sentences = dict[str, str]
SENTENCES: dict[str, Sentences] = json.loads(
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
        "subprocessors": ", ".join(f"{s.name} ({s.location})" for s in here.subprocessors),
    }
    keys = ["what", "before", "basis", *_asked(settings), "kept", "storage", "embeds"]
    keys += _receivers(here, mail)
    keys.append("rights")
    return Paragraph(spoken, " ".join(say[key].format_map(named) for key in keys))


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
