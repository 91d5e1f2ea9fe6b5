"""What is done with a person's data, for their own copy (GDPR Art. 15(1)(a) to (h))."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from chathaven.base.settings import Settings
from chathaven.engines.database.data_map import PERSONAL, Entry, Treatment, Whose
from chathaven.engines.database.people import tables_about_people
from chathaven.product.accounts.legal import HostContact

_SOURCES = {
    "content": "what was written, by the person or to them",
    "identity": "what the person said of themselves, or an operator corrected",
    "technical": "what the person's browser sent",
}


def processing() -> dict[str, Any]:
    """Returns purposes, bases, retention and treatment of every column about visitors."""
    entries = [
        entry
        for table in tables_about_people()
        if table.holding.whose is Whose.VISITOR
        for entry in table.entries.values()
    ]
    return {
        "columns": [_column(entry) for entry in entries],
        "automated_decisions": [],
        "rights": [
            "Art. 15 access: this file",
            "Art. 16 correction: in the chat's privacy panel, or ask the company",
            "Art. 17 erasure: in the chat's privacy panel, or ask the company",
            (
                "Art. 7(3) withdrawal of consent, Art. 18 restriction, Art. 21 objection: in the"
                " chat's privacy panel, or ask the company"
            ),
            "Art. 77 complaint to a supervisory authority",
        ],
    }


def _column(entry: Entry) -> dict[str, Any]:
    personal = entry.category in PERSONAL
    return {
        "store": entry.table,
        "column": entry.column,
        "category": entry.category,
        "personal": personal,
        "purpose": entry.purpose,
        "legal_basis": entry.basis,
        "kept": entry.retention,
        "protection": entry.treatment,
        "source": _SOURCES[entry.category] if personal else "made by the software",
        "in_this_copy": entry.export,
        **({} if entry.export else {"why_not": _why_not(entry)}),
    }


def _why_not(entry: Entry) -> str:
    if entry.treatment is Treatment.INDEXED:
        return "a keyed hash of a value that is in this copy"
    return "opens a door or a lock, and says nothing of the person"


def recipients(settings: Settings, company: str, host: HostContact | None) -> dict[str, Any]:
    """Returns who is given the data: what is configured, and nothing that is only possible."""
    named = host and host.company
    found: list[dict[str, Any]] = [
        {"name": company, "role": "controller", "receives": "everything in this copy"},
        {
            "name": named or urlsplit(settings.public_url).hostname,
            "role": "runs the server",
            "receives": "everything, content encrypted",
        },
    ]
    involved = [
        {
            "name": each.name,
            "role": "sub-processor",
            "receives": f"{each.purpose}: {', '.join(each.data_categories)}",
            "where": each.location,
            "from": each.effective_from,
        }
        for each in (host.involved if host else ())
    ]
    return {"recipients": found + involved, "passed_on": []}
