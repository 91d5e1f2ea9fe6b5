"""Writes docs/privacy/data-map.md from the declarations in the code: `python tools/data_map.py`.

A test compares the file with what this writes.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from chathaven import engines, product
from chathaven.engines.database.data_map import PERSONAL, Category, Entry, Treatment
from chathaven.engines.database.tables import all_entries
from chathaven.product.chats.event_fields import EVENT_FIELDS

TARGET = Path(__file__).parents[1] / "docs" / "privacy" / "data-map.md"

HEAD = """\
# The data map

What every column holds, whose it is, what for, on which legal basis (GDPR Art. 6(1)), for how
long, and how it stands in the database. Generated from the code by `python tools/data_map.py`;
a change of a table changes this page, and a test fails until it does.

| Treatment | Means |
|---|---|
| open | ids, times, counters and closed lists, as they are |
| sealed | AES-256-GCM under the key of the person the row is about, bound to its place |
| indexed | a keyed hash, for finding a row by an exact value |
| secret | a hash of a credential, or a wrapped key; never handed out |

The categories *content*, *identity* and *technical* are personal data and are never open. An id
becomes personal through the rows beside it: rows of a person are deleted with the person, and
the key is destroyed. *Given out* says whether the column is part of the person's own copy.
"""

FOOT = """
## The queue

The tables of the job queue (`procrastinate_*`) are not tenants' tables. A job carries the id of
its account and of one row, and where it is about somebody their id too, by which it is found when
they are erased. `Queue.add` refuses a job with other arguments. A job that succeeded is deleted at
once.

| Column | Category | Treatment |
|---|---|---|
| procrastinate_jobs.args: account_id | identifier | open |
| procrastinate_jobs.args: id | identifier | open |
| procrastinate_jobs.args: about | identifier | open |
"""


def import_tables() -> None:
    """Imports every module of engines and product that maps tables."""
    for package in (engines, product):
        for part in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if part.name.endswith((".model", "_model", ".limits")):
                importlib.import_module(part.name)


def render(entries: Iterable[Entry]) -> str:
    """Returns the page."""
    parts = [HEAD]
    for table, columns in groupby(entries, key=lambda each: each.table):
        parts.append(_table(table, list(columns)))
    parts += [_events(), FOOT]
    return "".join(parts)


def _table(name: str, columns: list[Entry]) -> str:
    first = columns[0]
    sealed = any(each.treatment is Treatment.SEALED for each in columns)
    key = f" Sealed with the key of `{first.person}`." if sealed else ""
    lines = [
        f"\n## {name}\n",
        f"About: {first.whose}.{key}\n",
        "| Column | Category | Treatment | Purpose | Legal basis | Kept | Given out |",
        "|---|---|---|---|---|---|---|",
    ]
    for each in columns:
        category = f"**{each.category}**" if each.category in PERSONAL else str(each.category)
        given = "yes" if each.export else "no"
        lines.append(
            f"| {each.column} | {category} | {each.treatment} | {each.purpose} | {each.basis}"
            f" | {each.retention} | {given} |"
        )
    return "\n".join(lines) + "\n"


def _events() -> str:
    lines = [
        "\n## The fields of events\n",
        "`events.params` is sealed as one value. What it may hold, by type:\n",
        "| Type | Field | Category |",
        "|---|---|---|",
    ]
    for kind, fields in EVENT_FIELDS.items():
        held: dict[str, Category | str] = {**fields} or {"nothing": ""}
        lines += [f"| {kind} | {field} | {category} |" for field, category in held.items()]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Writes the page, and says where."""
    import_tables()
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(render(all_entries()))
    print(TARGET)
    return 0


if __name__ == "__main__":
    sys.exit(main())
