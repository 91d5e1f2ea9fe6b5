"""`chathaven migrate`: the schema, and nothing else."""

from __future__ import annotations

import sys

from chathaven.base.settings import Settings
from chathaven.engines.database.migrate import migrate as bring_up_to_date
from chathaven.entry.cli.installation import database


def migrate(settings: Settings) -> int:
    """Brings the schema up to date, whether the server runs or rests; returns the exit status.

    Raises:
        EmbeddedError: the embedded database cannot start.
        GivenDatabaseError: the given one will not do.
        Refusal: the data folder cannot be used.
    """
    with database(settings) as urls:
        bring_up_to_date(urls, waiting=say_that_it_waits)
    print("The schema is up to date.")
    return 0


def say_that_it_waits() -> None:
    """Says why nothing happens for a while."""
    print(
        "The schema is older than this version, and a table that changes is in use: waiting for it.",
        file=sys.stderr,
        flush=True,
    )
