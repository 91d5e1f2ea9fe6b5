"""When an account changes what it shows or asks, new versions of the texts come to be."""

from __future__ import annotations

from collections.abc import Mapping

from chathaven.base.errors import Invalid
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import Transaction
from chathaven.product.accounts.settings import AccountSettings, after_change
from chathaven.product.consents.model import Subject
from chathaven.product.consents.notices import publish


async def follow(tx: Transaction, settings: AccountSettings) -> None:
    """Publishes the texts of what is switched on, and retires those of what is not.

    Raises:
        Invalid: something is switched on that has no words in any language.
    """
    legal = settings.general.legal_text
    request = settings.email_request
    asked = {
        "general.legal_text": (Subject.LEGAL_TEXT, legal.enabled, legal.texts),
        "email_request": (Subject.EMAIL_REQUEST, request.enabled, request.texts),
        "email_request.marketing": (
            Subject.MARKETING,
            request.enabled and request.marketing.enabled,
            request.marketing.texts,
        ),
    }
    for field, (subject, enabled, texts) in asked.items():
        words = _words(texts) if enabled else {}
        # The e-mail request has words of its own in every language of the widget.
        if enabled and not words and subject is not Subject.EMAIL_REQUEST:
            raise Invalid.field(f"{field}.texts", Reason.TEXT_IN_A_LANGUAGE)
        agreement = subject is Subject.LEGAL_TEXT and legal.requires_agreement
        await publish(tx, subject, words, requires_agreement=agreement)


def _words(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: text.strip() for language, text in texts.items() if text.strip()}


after_change.append(follow)
