"""Consent to content of other companies, one company at a time, with a receipt for each answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal
from uuid import UUID

from chathaven.base.languages import choose
from chathaven.engines.database.transaction import Transaction
from chathaven.product.consents.model import Answer, Subject
from chathaven.product.consents.notices import fixed_notice
from chathaven.product.consents.receipts import Circumstances, give_receipt, last_receipt

Provider = Literal["youtube", "vimeo", "google-maps", "spotify", "soundcloud"]
SUBJECTS: dict[Provider, Subject] = {
    "youtube": Subject.EMBED_YOUTUBE,
    "vimeo": Subject.EMBED_VIMEO,
    "google-maps": Subject.EMBED_GOOGLE_MAPS,
    "spotify": Subject.EMBED_SPOTIFY,
    "soundcloud": Subject.EMBED_SOUNDCLOUD,
}
NAMES: dict[Provider, str] = {
    "youtube": "YouTube",
    "vimeo": "Vimeo",
    "google-maps": "Google Maps",
    "spotify": "Spotify",
    "soundcloud": "SoundCloud",
}
# What the widget asks, word for word; a test compares the two.
WORDS: dict[str, str] = json.loads(
    Path(__file__).with_name("embeds.json").read_text(encoding="utf-8")
)


def question(provider: Provider, language: str) -> str:
    """Returns what is asked before content of a provider is shown."""
    return WORDS[language].replace("{company}", NAMES[provider])


async def answer_embed(
    tx: Transaction,
    visitor_id: UUID,
    provider: Provider,
    language: str | None,
    how: Circumstances,
    *,
    shown: bool,
) -> None:
    """Writes a receipt for a visitor's answer about one provider, and about no other.

    A "no" after a "yes" withdraws. The same answer again makes no second receipt.
    """
    last = await last_receipt(tx, visitor_id, SUBJECTS[provider])
    was_given = last is not None and last.answer == Answer.GIVEN
    if last is not None and was_given == shown:
        return
    refused = Answer.WITHDRAWN if was_given else Answer.REFUSED
    texts = {each: question(provider, each) for each in WORDS}
    notice = await fixed_notice(tx, SUBJECTS[provider], texts, choose(language, None))
    await give_receipt(tx, visitor_id, notice, Answer.GIVEN if shown else refused, how)
