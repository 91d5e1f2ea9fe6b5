"""Which fields of the data map get a canary, and why the others cannot.

`tests/erasure/test_fields.py` compares both lists with the map: a personal column that stands in
neither fails the build.
"""

from __future__ import annotations

import hashlib

import msgspec

from chathaven.engines.database.data_map import PERSONAL, Treatment
from chathaven.engines.database.tables import all_entries
from chathaven.engines.vault.canonical import canonical

PERSON = (
    "events.params",
    "files.details",
    "receipts.details",
    "restrictions.words",
    "rights_contents.details",
    "rights_contents.email",
    "rights_contents.name",
    "rights_contents.text",
    "rights_letters.content",
    "rights_notes.text",
    "visitors.email",
    "visitors.name",
    "visitors.phone",
    "visitors.technical",
)
"""Planted for each person, by using the product as a visitor and an operator do."""

COMPANY = (
    "accounts.company",
    "accounts.settings",
    "api_tokens.name",
    "breach_notes.content",
    "breaches.content",
    "invitations.email",
    "operators.display_name",
    "operators.email",
    "operators.name",
)
"""Planted once, for the account in which the people are."""

HOSTED = (
    "dpa_files.pdf",
    "dpa_files.text",
    "dpa_signatures.signer",
    "subprocessor_objections.reason",
)
"""Planted where the installation is run for other companies; elsewhere nothing is stored there."""

OPEN = ("notices.text", "sites.appearance", "sites.name")
"""Configuration that is open by design: here the search has to find, or it is blind."""

_KEYED = "a keyed hash, which shows nothing of a canary; unsalted hashes of it are searched for"
_OF_ADDRESS = "a hash of an address under a key of its own; unsalted hashes are searched for"
WITHOUT = {
    "address_keys.key": "made by the product: a random key of hashes, sealed like content",
    "breach_mailings.letters": "words of the company's own about a breach, and about nobody",
    "consent_proofs.address": _OF_ADDRESS,
    "directory.hash": _KEYED,
    "files.file_key": "made by the product: the random key of one file, sealed like content",
    "invitations.email_index": _KEYED,
    "operators.email_index": _KEYED,
    "rate_limits.key": _KEYED,
    "record_versions.document": "made by the product of settings that have canaries of their own",
    "rights_contents.email_index": _KEYED,
    "sessions.browser": "one of a few names of browsers, which the code chooses",
    "suppressed_addresses.address": _OF_ADDRESS,
    "visitors.email_index": _KEYED,
    "visitors.phone_index": _KEYED,
}
"""Personal columns without a canary of their own, and why."""


def personal_fields() -> dict[str, Treatment]:
    """Returns every column that the data map calls personal, as `table.column`."""
    return {
        f"{each.table}.{each.column}": each.treatment
        for each in all_entries()
        if each.category in PERSONAL
    }


def data_map_hash() -> str:
    """Returns the SHA-256 of the data map: which columns there are, and what each holds."""
    return hashlib.sha256(canonical(msgspec.to_builtins(all_entries()))).hexdigest()
