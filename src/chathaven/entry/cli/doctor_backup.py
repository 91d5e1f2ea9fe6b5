"""What `doctor` looks at of backups: the ledger of erasures, what a restore left, the last backup."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from chathaven.base.clock import now
from chathaven.base.settings import Settings
from chathaven.engines.backup.create import LAST
from chathaven.engines.backup.exchange import is_waiting
from chathaven.engines.backup.ledgers import FOLDER, faults, gather
from chathaven.engines.backup.refused import BackupError
from chathaven.entry.cli.finding import Finding


def findings(settings: Settings) -> Iterator[Finding]:
    """Looks at files alone, and changes none."""
    yield _ledger(settings)
    yield _last(settings)
    if is_waiting(settings.data):
        yield Finding(
            False,
            "Restore",
            "one was interrupted within its last step",
            "Run chathaven restore --finish; nothing is lost",
        )
    for kept in sorted(settings.data.glob("before-restore-*")):
        yield Finding(
            False,
            "Restore",
            f"{kept} is what was here before; it counts as a backup",
            "Remove it when all is well",
        )


def _ledger(settings: Settings) -> Finding:
    try:
        held = gather(settings.data, [])
    except BackupError as error:
        return Finding(False, "Ledger", str(error), "Bring it back from a copy")
    if wrong := faults(held):
        advice = "Bring a whole copy back, and find out who changed it"
        return Finding(False, "Ledger", " ".join(wrong).removesuffix("."), advice)
    count = sum(each.read.erasures for each in held)
    where = settings.data / FOLDER
    return Finding(True, "Ledger", f"{count} erasures in {where}; keep a copy of it elsewhere")


def _last(settings: Settings) -> Finding:
    path = settings.data / LAST
    try:
        made = datetime.fromisoformat(path.read_text("ascii").strip())
        age = now() - made
    except (OSError, ValueError, TypeError):
        return Finding(True, "Backup", "none was made with chathaven backup; others are not known")
    days = age // timedelta(days=1)
    return Finding(
        days <= settings.backup_days,
        "Backup",
        f"the last was made with chathaven backup {days} days ago; where it is now is not known",
        "Make one; docs/self-hosting/backups.md has a line for every night",
    )
