"""`chathaven doctor`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chathaven.base.settings import SETTINGS, Settings
from chathaven.engines.database.embedded import EmbeddedError
from chathaven.engines.database.given import GivenDatabaseError
from chathaven.entry.cli import (
    doctor_backup,
    doctor_database,
    doctor_files,
    doctor_keys,
    doctor_machine,
    doctor_mail,
)
from chathaven.entry.cli.finding import Finding
from chathaven.entry.cli.installation import database
from chathaven.entry.cli.refusal import Refusal

# Read by the tools around Chathaven, and not by Chathaven.
_OTHERS = {"CHATHAVEN_CHROMIUM"}


def doctor(settings: Settings, environ: Mapping[str, str]) -> int:
    """Prints a line for each check; returns 1 when something is wrong.

    Works with the server running and with it stopped, and changes nothing: an embedded
    database that rests is started for the look and stopped again.
    """
    wrong = 0
    for finding in _findings(settings, environ):
        print(finding, flush=True)
        wrong += not finding.well
    if wrong:
        print(f"\n{wrong} {'thing needs' if wrong == 1 else 'things need'} attention.")
        return 1
    print("\nAll is well.")
    return 0


def _findings(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    yield doctor_machine.python()
    yield _names(environ)
    yield doctor_machine.data(settings)
    yield doctor_keys.keyring(settings)
    yield doctor_machine.signing(settings)
    yield doctor_machine.installation(settings)
    yield doctor_machine.disk(settings)
    yield from doctor_backup.findings(settings)
    yield from _database(settings)
    if settings.redis_url is not None:
        yield doctor_machine.redis(settings.redis_url)
    yield doctor_files.files(settings)
    yield doctor_mail.mail(settings)
    yield doctor_machine.public_address(settings)


def _names(environ: Mapping[str, str]) -> Finding:
    known = {setting.name for setting in SETTINGS} | _OTHERS
    strange = sorted(n for n in environ if n.startswith("CHATHAVEN_") and n not in known)
    return Finding(
        not strange,
        "Settings",
        f"{', '.join(strange)}: not a setting" if strange else "every value can be taken",
        "Look for a slip of the pen; docs/self-hosting/settings.md has the list",
    )


def _database(settings: Settings) -> Iterator[Finding]:
    if settings.database_url is None and not (settings.data / "postgres" / "cluster").is_dir():
        yield Finding(
            False,
            "Database",
            f"there is none in {settings.data} yet",
            "Start chathaven serve once, or name another folder with --data",
        )
        return
    try:
        with database(settings) as urls:
            yield from doctor_database.findings(urls)
            yield doctor_keys.epochs(settings, urls)
    except (EmbeddedError, GivenDatabaseError, Refusal) as error:
        yield Finding(False, "Database", str(error))
