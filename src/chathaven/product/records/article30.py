"""The record of processing (GDPR Art. 30), made from the data map and from what is configured.

Nothing in it is written by hand: a table, a setting, a sub-processor or an integration that comes
to be stands in it, and one that goes is gone from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from chathaven import __version__
from chathaven.base.settings import Settings
from chathaven.base.smtp import LOOPBACK_NAMES
from chathaven.engines.database.data_map import (
    PERSONAL,
    Basis,
    Category,
    Entry,
    Purpose,
    Retention,
    Whose,
)
from chathaven.engines.database.hash_chain import sha256
from chathaven.engines.database.tables import all_entries
from chathaven.engines.vault.canonical import canonical
from chathaven.product.accounts.settings import AccountSettings, Contact, Representative
from chathaven.product.legal.embeds import NAMES, Provider
from chathaven.product.legal.installation import Installation, Subprocessor
from chathaven.product.legal.measures import measures
from chathaven.product.records.words import (
    BASES,
    CATEGORIES,
    LANGUAGES,
    PURPOSES,
    RETENTION,
    SAID,
    SUBJECTS,
)

FORMAT = "chathaven-record-1"
KINDS = ("controller", "processor")
_EMBEDS_FROM: Mapping[Provider, str] = {
    "youtube": "us",
    "vimeo": "us",
    "google-maps": "us",
    "spotify": "se",
    "soundcloud": "germany",
}


class Announced(NamedTuple):
    """A sub-processor, and from when it takes part (an ISO date)."""

    entry: Subprocessor
    since: str


class Facts(NamedTuple):
    """What a record is made from, besides the data map."""

    company: str
    settings: AccountSettings
    here: Installation
    installation: Settings
    subprocessors: tuple[Announced, ...]


def record_of(facts: Facts, kind: str) -> dict[str, Any]:
    """Returns the record of one kind, in every language, without the time it was made."""
    return {
        "format": FORMAT,
        "kind": kind,
        "software": {"name": "Chathaven", "version": __version__},
        "data_map_sha256": data_map_sha256(),
        "applies": kind == "controller" or facts.here.hosting == "others",
        "parties": _parties(facts, kind),
        "languages": {language: _said(facts, kind, language) for language in LANGUAGES},
    }


def record_sha256(record: dict[str, Any]) -> str:
    """Returns the SHA-256 of a record's one spelling."""
    return sha256(canonical(record))


def data_map_sha256() -> str:
    """Returns the SHA-256 of which columns there are and what each holds."""
    return sha256(canonical(msgspec.to_builtins(all_entries())))


def _parties(facts: Facts, kind: str) -> dict[str, Any]:
    own = facts.settings.privacy.organisation
    controller = {
        "name": facts.company,
        "address": own.address,
        "country": own.country,
        "email": own.email,
        "data_protection_officer": _person(own.data_protection_officer),
        "representative": _person(own.representative),
        "joint_controllers": own.joint_controllers,
    }
    here = facts.here
    processor = None
    if here.hosting == "others":
        officer = here.data_protection_officer
        processor = {
            "name": here.company,
            "address": here.address,
            "country": here.location,
            "email": here.email,
            "data_protection_officer": msgspec.to_builtins(officer) if officer else None,
            "representative": None,
        }
    if kind == "controller":
        return {"controller": controller, "processor": processor}
    return {"processor": processor, "controllers": [controller]}


def _person(whom: Contact | Representative | None) -> dict[str, str] | None:
    found: dict[str, str] | None = msgspec.to_builtins(whom) if whom else None
    return found


def _said(facts: Facts, kind: str, language: str) -> dict[str, Any]:
    receivers = _recipients(facts, language)
    https = facts.installation
    return {
        "title": SAID[language][f"title-{kind}"],
        "activities": _activities(facts, kind, language),
        "recipients": receivers,
        "transfers": [
            {"to": each["name"], "where": each["location"], "safeguard": each["transfer_tool"]}
            for each in receivers
            if each["transfer_tool"]
        ],
        "security": [
            *({"title": each.title, "text": each.text} for each in measures(https, language)),
            # Of no table, so the data map knows nothing of them (R9, R10).
            {
                "title": SAID[language]["copies"],
                "text": SAID[language]["copies-text"].format(days=https.backup_days),
            },
            {"title": SAID[language]["numbers"], "text": SAID[language]["numbers-text"]},
        ],
    }


# Activities


def _activities(facts: Facts, kind: str, language: str) -> list[dict[str, Any]]:
    """One for each purpose and kind of person that a table names, and one for each question."""
    groups: dict[tuple[Whose, Purpose], list[Entry]] = {}
    for entry in all_entries():
        if entry.whose is Whose.NOBODY or entry.basis is Basis.NOT_PERSONAL:
            continue
        # A processor acts for the company; what it keeps of its own customers is its own record.
        if kind == "processor" and entry.whose is Whose.ACCOUNT:
            continue
        groups.setdefault((entry.whose, entry.purpose), []).append(entry)
    found = [
        _activity(f"{whose}-{purpose.name.lower()}", entries, facts.settings, language)
        for (whose, purpose), entries in sorted(groups.items(), key=lambda group: group[0])
    ]
    return [*found, *_asked(facts, language)]


def _activity(
    name: str, entries: list[Entry], settings: AccountSettings, language: str
) -> dict[str, Any]:
    first = entries[0]
    return {
        "id": name,
        "purpose": PURPOSES[language][first.purpose],
        "subjects": SUBJECTS[language][first.whose],
        "data": _once(CATEGORIES[language][each.category] for each in _personal_first(entries)),
        "bases": _once(BASES[language][each.basis] for each in entries),
        "retention": _once(kept(settings, each.retention, language) for each in entries),
        "stores": sorted({each.table for each in entries}),
    }


def _personal_first(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda each: (each.category not in PERSONAL, each.category))


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def kept(settings: AccountSettings, retention: Retention, language: str) -> str:
    """Returns how long a class is kept, as the account has set it."""
    periods = msgspec.structs.asdict(settings.privacy.retention)
    return RETENTION[language][retention].format(**periods)


def _asked(facts: Facts, language: str) -> list[dict[str, Any]]:
    """What is asked of visitors or sent to the company only where it is switched on."""
    settings, said = facts.settings, SAID[language]
    identity = [CATEGORIES[language][each] for each in (Category.IDENTITY, Category.TIME)]
    found = []
    if settings.email_request.enabled:
        found.append(("email-request", Basis.LEGITIMATE_INTEREST, Retention.PROFILE))
        if settings.email_request.marketing.enabled:
            found.append(("marketing", Basis.CONSENT, Retention.CONSENT))
    return [
        {
            "id": name,
            "purpose": said[name],
            "subjects": SUBJECTS[language][Whose.VISITOR],
            "data": identity,
            "bases": [BASES[language][basis]],
            "retention": [kept(settings, retention, language)],
            "stores": ["receipts", "visitors"],
        }
        for name, basis, retention in found
    ]


# Recipients


def _recipients(facts: Facts, language: str) -> list[dict[str, Any]]:
    """Everybody to whom data goes as this installation and account are set."""
    said, here = SAID[language], facts.here
    found = []
    if here.hosting == "others":
        found.append(_one("host", here.company, "everything", here.location, said))
    for each in facts.subprocessors:
        entry = each.entry
        found.append(
            {
                "id": f"subprocessor-{entry.id}",
                "name": f"{entry.name}, {entry.address}",
                "role": f"{said['subprocessor']}: {entry.purpose}",
                "receives": ", ".join(entry.data_categories),
                "location": entry.location,
                "transfer_tool": entry.transfer_tool,
                "since": each.since,
            }
        )
    for role, url, what in (
        ("mail", facts.installation.smtp_url, "letters"),
        ("database", facts.installation.database_url, "everything"),
        ("files", facts.installation.files_url, "everything"),
    ):
        host = urlsplit(url or "").hostname
        # On this machine it is nobody else.
        if host and host not in LOOPBACK_NAMES:
            found.append(_one(role, host, what, said["own-location"], said))
    return found + [_embed(provider, said) for provider in NAMES]


def _embed(provider: Provider, said: Mapping[str, str]) -> dict[str, Any]:
    """What a visitor allows to be shown comes from its provider, wherever that is."""
    where = _EMBEDS_FROM[provider]
    return _one("embed", NAMES[provider], "visit", said[where], said) | {
        "id": f"embed-{provider}",
        "transfer_tool": said["embed-tool"] if where == "us" else None,
    }


def _one(
    role: str, name: str | None, what: str, where: str | None, said: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "id": role,
        "name": name or said["missing"],
        "role": said[role],
        "receives": said[what],
        "location": where or said["missing"],
        "transfer_tool": None,
        "since": None,
    }
