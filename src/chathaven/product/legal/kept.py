"""What the installation keeps about people, read from the data map, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from chathaven.engines.database.data_map import (
    PERSONAL,
    Basis,
    Category,
    Purpose,
    Retention,
    Treatment,
    Whose,
)
from chathaven.engines.database.tables import all_entries
from chathaven.engines.mail.letters import STAY_DAYS
from chathaven.product.accounts.settings import RetentionPeriods


class Kept(NamedTuple):
    """One row: who, what, what for, on which basis, how long."""

    whose: str
    what: str
    purpose: str
    basis: str
    retention: str


_PEOPLE: dict[str, Mapping[Whose, str]] = {
    "en": {Whose.VISITOR: "Visitors", Whose.OPERATOR: "Operators", Whose.ACCOUNT: "Companies"},
    "de": {Whose.VISITOR: "Besucher", Whose.OPERATOR: "Bearbeiter", Whose.ACCOUNT: "Unternehmen"},
}
_WHAT: dict[str, Mapping[Category, str]] = {
    "en": {
        Category.CONTENT: "What is written in chats and settings",
        Category.IDENTITY: "Names, e-mail addresses, phone numbers",
        Category.TECHNICAL: "Browser family, language, address of the page",
    },
    "de": {
        Category.CONTENT: "Was in Chats und Einstellungen geschrieben wird",
        Category.IDENTITY: "Namen, E-Mail-Adressen, Telefonnummern",
        Category.TECHNICAL: "Browserfamilie, Sprache, Adresse der Seite",
    },
}
_PURPOSE: dict[str, Mapping[Purpose, str]] = {
    "de": {
        Purpose.ANSWERING: "den Chat beantworten",
        Purpose.OPERATING: "das Konto führen",
        Purpose.SECURITY: "das System sicher halten",
        Purpose.ACCOUNTABILITY: "zeigen, dass die Regeln eingehalten wurden",
    },
}
_BASIS: dict[str, Mapping[Basis, str]] = {
    "de": {
        Basis.CONSENT: "Art. 6 Abs. 1 lit. a Einwilligung",
        Basis.CONTRACT: "Art. 6 Abs. 1 lit. b Vertrag",
        Basis.LEGAL_DUTY: "Art. 6 Abs. 1 lit. c rechtliche Pflicht",
        Basis.LEGITIMATE_INTEREST: "Art. 6 Abs. 1 lit. f berechtigtes Interesse",
        Basis.NOT_PERSONAL: "keine personenbezogenen Daten",
    },
}
_SET = RetentionPeriods()
"""What holds where a company sets nothing else."""
HOW_LONG: dict[str, Mapping[Retention, str]] = {
    "en": {
        Retention.VISIT: f"{_SET.visit_hours} hours, or as the company sets it",
        Retention.CONVERSATION: f"{_SET.conversation_months} months after the last message, or as"
        " the company sets it",
        Retention.PROFILE: "with the chat",
        Retention.CONSENT: f"{_SET.consent_months} months after the person is erased, as proof of a"
        " consent that was given and without who it was; or as the company sets it",
        Retention.SECURITY: f"{_SET.security_days} days after the sign-in or token has ended, or as"
        " the company sets it",
        Retention.AUDIT: f"{_SET.audit_months} months, or as the company sets it",
        Retention.QUEUE: "until it is done",
        Retention.EXPORT: f"{_SET.export_days} days, or as the company sets it",
        Retention.LETTERS: f"{STAY_DAYS} days after they were written, where no mail server sends them",
        Retention.ACCOUNT: "as long as the account",
    },
    "de": {
        Retention.VISIT: f"{_SET.visit_hours} Stunden, oder wie das Unternehmen es einstellt",
        Retention.CONVERSATION: f"{_SET.conversation_months} Monate nach der letzten Nachricht, oder"
        " wie das Unternehmen es einstellt",
        Retention.PROFILE: "mit dem Chat",
        Retention.CONSENT: f"{_SET.consent_months} Monate nach der Löschung der Person, als Nachweis"
        " einer gegebenen Einwilligung und ohne wer es war; oder wie das Unternehmen es einstellt",
        Retention.SECURITY: f"{_SET.security_days} Tage nach dem Ende von Anmeldung oder Token, oder"
        " wie das Unternehmen es einstellt",
        Retention.AUDIT: f"{_SET.audit_months} Monate, oder wie das Unternehmen es einstellt",
        Retention.QUEUE: "bis es erledigt ist",
        Retention.EXPORT: f"{_SET.export_days} Tage, oder wie das Unternehmen es einstellt",
        Retention.LETTERS: f"{STAY_DAYS} Tage nach dem Schreiben, wo kein Mailserver sie verschickt",
        Retention.ACCOUNT: "solange das Konto besteht",
    },
}


def kept(language: str) -> list[Kept]:
    """Returns what is kept about people, each kind once. `language` is `en` or `de`."""
    people, what = _PEOPLE[language], _WHAT[language]
    rows = {
        Kept(
            people[entry.whose],
            what[entry.category],
            _PURPOSE.get(language, {}).get(entry.purpose, str(entry.purpose)),
            _BASIS.get(language, {}).get(entry.basis, str(entry.basis)),
            HOW_LONG[language][entry.retention],
        )
        for entry in all_entries()
        if entry.category in PERSONAL
        and entry.treatment is Treatment.SEALED
        and entry.whose in people
    }
    return sorted(rows, reverse=True)


def sealed_count() -> int:
    """Returns how many columns with personal data there are; all of them are sealed or hashed."""
    return sum(entry.category in PERSONAL for entry in all_entries())
