"""What the data map keeps out of the log.

The log itself is `base.log`; it knows no tables, so the names come from here.
"""

from __future__ import annotations

from chathaven.base import log
from chathaven.engines.database.data_map import PERSONAL, Treatment
from chathaven.engines.database.tables import all_entries

# Beside the columns: what requests and letters bring with them.
ALWAYS_REFUSED = frozenset(
    {
        "address",
        "authorization",
        "body",
        "cookie",
        "edits",
        "email",
        "file",
        "headers",
        "ip",
        "name",
        "password",
        "path",
        "phone",
        "query",
        "text",
        "token",
        "url",
        "user_agent",
        "value",
    }
)


def configure(level: str) -> None:
    """Sets up all logging of the process: ours from `level` on, that of libraries from warning.

    Called after the tables are declared, since the data map tells what is personal.
    """
    log.configure(level, personal_names())


def personal_names() -> frozenset[str]:
    """Returns the names of all fields that may not be logged."""
    return ALWAYS_REFUSED | {
        entry.column
        for entry in all_entries()
        if entry.category in PERSONAL or entry.treatment is not Treatment.OPEN
    }
