"""The report of a run: what had had its time, what went, what was left. Signed, and about nobody.

`chathaven verify FILE` checks it offline, like every other document that an installation signs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from chathaven import __version__
from chathaven.engines.vault.signing import Signing
from chathaven.product.accounts.settings import RetentionPeriods
from chathaven.product.privacy.certificate import columns_hash
from chathaven.product.retention.classes import CLASSES, LETTERS, Class, tables_of
from chathaven.product.retention.letters import STORE
from chathaven.product.retention.model import RetentionRun

FORMAT = "chathaven-retention-report-1"


class Counted(msgspec.Struct):
    """People and rows of a class."""

    people: int = 0
    rows: int = 0


def signed_report(
    signing: Signing,
    run: RetentionRun,
    periods: RetentionPeriods,
    *,
    finished_at: datetime,
    found: Mapping[str, Counted],
    erased: Mapping[str, int],
    removed: Mapping[str, int],
    left: Mapping[str, Counted],
    under_way: int,
    hidden: int,
) -> dict[str, Any]:
    """Returns the signed report.

    `erased` counts people by class, `removed` rows by table or store; `under_way` is how many erasures were
    asked for and not done yet, `hidden` how many restricted or held people were passed over.
    """
    none = Counted()
    return signing.sign(
        {
            "format": FORMAT,
            "id": str(run.id),
            "account_id": str(run.account_id),
            "dry_run": run.dry_run,
            "asked_by": run.asked_by,
            "asked_at": _time(run.asked_at),
            "finished_at": _time(finished_at),
            "classes": [
                {
                    "code": each.code,
                    "name": each.name,
                    "kept": {"count": each.period(periods), "unit": each.unit.value},
                    "before": _time(each.before(periods, run.asked_at)),
                    "found": msgspec.to_builtins(found.get(each.name, none)),
                    "people_erased": erased.get(each.name, 0),
                    "rows_removed": {
                        store: removed[store] for store in _stores(each) if store in removed
                    },
                    "left": msgspec.to_builtins(left.get(each.name, none)),
                }
                for each in CLASSES
            ],
            "erasures_under_way": under_way,
            "restricted_or_held": hidden,
            "columns_sha256": columns_hash(),
            "software": {"name": "Chathaven", "version": __version__},
        }
    )


def _stores(which: Class) -> list[str]:
    tables = [table.__tablename__ for table in tables_of(which.retention)]
    return [*tables, STORE] if which is LETTERS else tables


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
