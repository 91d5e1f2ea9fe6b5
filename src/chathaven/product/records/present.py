"""The record of processing as rows: for spreadsheets, and for paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from chathaven.product.audit.find import csv_rows
from chathaven.product.records.words import SAID

_COLUMNS = ("purpose", "subjects", "data", "bases", "retention", "stores")
_RECIPIENT = ("name", "role", "receives", "location", "transfer_tool", "since")
_WIDE = 1.4
"""How much wider than others the column is in which most stands."""
_PARTY = (
    "address",
    "country",
    "email",
    "data_protection_officer",
    "representative",
    "joint_controllers",
)


class Kept(NamedTuple):
    """A version of a record, as it is shown."""

    record: dict[str, Any]
    version: int
    sha256: str
    created_at: datetime


def as_csv(kept: Kept, language: str) -> bytes:
    """Returns the record as CSV: section, what, and what is said of it."""
    said, spoken = SAID[language], kept.record["languages"][language]
    rows: list[tuple[str, ...]] = [(spoken["title"], "", "")]
    rows += [(said["version"], str(kept.version), kept.created_at.isoformat())]
    for title, party in parties(kept.record, language):
        rows += [(title, name, value) for name, value in party]
    for each in spoken["activities"]:
        rows += [(said["activities"], each["purpose"], f"{said[name]}: {_text(each[name])}")
                 for name in _COLUMNS[1:]]  # fmt: skip
    for each in spoken["recipients"]:
        rows += [
            (said["recipients"], each["name"], f"{said[_word(name)]}: {_text(each[name])}")
            for name in _RECIPIENT[1:]
            if each[name]
        ]
    for each in spoken["transfers"]:
        rows.append((said["transfers"], each["to"], f"{each['where']}: {each['safeguard']}"))
    if not spoken["transfers"]:
        rows.append((said["transfers"], said["no-transfers"], ""))
    rows += [(said["security"], each["title"], each["text"]) for each in spoken["security"]]
    return csv_rows(rows)


def _word(name: str) -> str:
    return {"transfer_tool": "tool"}.get(name, name)


def _text(value: Any) -> str:
    return "; ".join(value) if isinstance(value, list) else str(value)


def parties(record: dict[str, Any], language: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yields controller and processor, each with what is stated of it."""
    said = SAID[language]
    found = record["parties"]
    own = [("on-behalf", each) for each in found.get("controllers", ())]
    if "controller" in found:
        own = [("controller", found["controller"])]
    for title, party in [*own, ("processor", found["processor"])]:
        if party is None:
            yield said[title], [(said["name"], said["self"])]
            continue
        lines = [(said["name"], party["name"] or said["missing"])]
        for name in _PARTY:
            if name not in party or (name == "joint_controllers" and not party[name]):
                continue
            lines.append((said[name], _person(party[name]) or said["missing"]))
        yield said[title], lines


def _person(value: Any) -> str | None:
    if isinstance(value, dict):
        return ", ".join(str(value[name]) for name in ("name", "address", "email") if name in value)
    return str(value) if value else None


def as_document(kept: Kept, language: str) -> dict[str, Any]:
    """Returns the record as the typesetter takes it; see record.typ."""
    said, spoken = SAID[language], kept.record["languages"][language]
    when = kept.created_at.isoformat(timespec="seconds").replace("+00:00", "Z")
    return {
        "language": language,
        "title": spoken["title"],
        "author": _name(kept.record),
        "running": f"{said['version']} {kept.version}, {said['as-of']} {when}",
        "parties": [
            {"title": title, "lines": [list(line) for line in lines]}
            for title, lines in parties(kept.record, language)
        ],
        "tables": [
            _table(said["activities"], _COLUMNS[:5], spoken["activities"], said),
            _table(said["recipients"], _RECIPIENT[:5], spoken["recipients"], said),
        ],
        "transfers": {
            "title": said["transfers"],
            "lines": [
                [f"{each['to']} ({each['where']}):", each["safeguard"]]
                for each in spoken["transfers"]
            ]
            or [["", said["no-transfers"]]],
        },
        "security": {
            "title": said["security"],
            "lines": [[each["title"], each["text"]] for each in spoken["security"]],
        },
        "facts": [
            said["made-by"].format(
                version=kept.record["software"]["version"],
                hash=kept.record["data_map_sha256"][:16],
            ),
            f"{said['sha256']}: {kept.sha256}",
        ],
    }


def _name(record: dict[str, Any]) -> str:
    found = record["parties"]
    party = found.get("controller") or found["processor"] or found["controllers"][0]
    return str(party["name"])


def _table(
    title: str, names: tuple[str, ...], found: list[dict[str, Any]], said: Any
) -> dict[str, Any]:
    rows = [[_cell(each[name]) for name in names] for each in found]
    return {
        "title": title,
        "widths": [_WIDE if name == "data" else 1 for name in names],
        "rows": [[said[_word(name)] for name in names], *rows],
    }


def _cell(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value or "–")
