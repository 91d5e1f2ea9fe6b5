"""`chathaven drill`: shows on this very installation that a restore brings nobody back.

A company and two visitors are planted through the front door, a backup is made, one of the two is
erased, a message of the other deleted, and the backup is restored into a folder aside, with the
newest keys and the newest ledger. Then it is looked whether they are gone and everything else is
there. The installation itself is not restored; what was planted is erased at the end.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

from chathaven import __version__
from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.base.settings import Settings
from chathaven.engines.backup import ledgers
from chathaven.engines.backup.archive import opening
from chathaven.engines.backup.exchange import remove_folder
from chathaven.engines.backup.people import count_of, present
from chathaven.engines.backup.rebuild import Target
from chathaven.engines.backup.refused import BackupError
from chathaven.engines.files.objects import Objects, person_folder
from chathaven.engines.vault.signing import FILE_NAME, Signing
from chathaven.entry.cli.backup import write
from chathaven.entry.cli.drill_reading import readable
from chathaven.entry.cli.installation import only_one
from chathaven.entry.cli.progress import Progress
from chathaven.entry.cli.refusal import Refusal
from chathaven.entry.cli.restore import build, embedded_target
from chathaven.entry.cli.restore_files import restore_files
from chathaven.entry.cli.restore_keys import KeysHere
from chathaven.entry.cli.verify_erasure import served
from chathaven.entry.proof.company import Company
from chathaven.entry.proof.door import CannotProve, Door

FORMAT = "chathaven-restore-drill-1"
PASSED, FAILED, NOT_DONE = 0, 1, 3
_FOLDER = "drill"
_ASIDE: dict[str, Any] = {"database_url": None, "database_owner_url": None, "files_url": None}
"""What the installation in the folder aside does not share with the one that is drilled."""


@dataclass(frozen=True)
class Claim:
    """One thing that was to be shown, whether it was, and what was seen."""

    claim: str
    holds: bool
    seen: str


@dataclass(frozen=True)
class Planted:
    """A visitor who was planted, and what they wrote, which is also in the file that they sent.

    `message` is the path of one more message, and `deleted` its text.
    """

    id: UUID
    account_id: UUID
    text: str
    message: str
    deleted: str


def drill(settings: Settings, report: Path | None, url: str | None) -> int:
    """Carries the drill out, and signs a report.

    Returns 0 when every claim held, 1 when one did not, and 3 when it could not be carried out.

    Raises:
        Refusal: the report cannot be written.
    """
    began = now()
    folder = settings.data / _FOLDER
    try:
        with served(settings, url) as address, _aside(settings, folder), Progress() as progress:
            claims, facts = _carry_out(settings, address, folder, progress)
    except (CannotProve, BackupError) as error:
        print(f"chathaven: the drill could not be carried out: {error}", file=sys.stderr)
        return NOT_DONE
    passed = all(each.holds for each in claims)
    for each in claims:
        print(f"{'✓' if each.holds else '✗'} {each.claim}: {each.seen}")
    print(
        "PASSED: a restore brings nobody back."
        if passed
        else "FAILED. Please read the lines with ✗."
    )
    path = report or Path(f"restore-drill-{began:%Y%m%d-%H%M%S}.json")
    _write_report(settings, path, passed, claims, {**facts, "began_at": _time(began)})
    print(f"The signed report is in {path}; chathaven verify {path} checks it.")
    return PASSED if passed else FAILED


def _carry_out(
    settings: Settings, address: str, folder: Path, progress: Progress
) -> tuple[list[Claim], dict[str, Any]]:
    company = Company.founded(address)
    try:
        erased, stays = (_plant(company) for _ in range(2))
        backup = folder / "drill.backup"
        made = write(settings, backup)
        _erase(company, erased)
        company.door.bytes("DELETE", stays.message, expected=204)
        claims = _restore(settings, folder, backup, erased, stays, progress)
    finally:
        _tidy(company)
    facts = {
        "backup": {
            "created_at": made.manifest.created_at,
            "rows": made.rows,
            "bytes": made.size,
            "sha256": hashlib.sha256(backup.read_bytes()).hexdigest(),
            "schema": made.manifest.migration,
        }
    }
    return claims, facts


def _tidy(company: Company) -> None:
    """Erases what was planted; that it takes long says nothing of the drill."""
    try:
        company.close()
    except CannotProve as error:
        print(f"The planted company is not erased yet ({error}).", file=sys.stderr)
    company.door.close()


def _plant(company: Company) -> Planted:
    door = Door(company.door.url)
    body = {"language": "en"}
    made = door.json("POST", f"/v1/widget/{company.site.key}/visitors", body, expected=201)
    door.close()
    text, deleted = (f"drill {uuid4()}" for _ in range(2))
    door = Door(company.door.url, made["token"])
    bodies = [{"id": str(uuid4()), "text": each} for each in (text, deleted)]
    path = "/v1/widget/me/messages"
    _, said = [door.json("POST", path, each, expected=201) for each in bodies]
    door.upload("/v1/widget/me/files", uuid4(), ("drill.txt", text.encode(), "text/plain"))
    door.close()
    path = f"/v1/chats/{said['chat_id']}/messages/{said['id']}"
    return Planted(UUID(made["visitor"]["id"]), UUID(company.account_id), text, path, deleted)


def _erase(company: Company, who: Planted) -> None:
    asked = company.door.json("DELETE", f"/v1/visitors/{who.id}", expected=202)["erasure"]
    company.door.until(f"/v1/erasures/{asked['id']}", "live", "final")


def _restore(
    settings: Settings,
    folder: Path,
    backup: Path,
    erased: Planted,
    stays: Planted,
    progress: Progress,
) -> list[Claim]:
    """Restores into the folder, looks before and after the ledger is replayed, and judges."""
    staged = folder / "restored"
    staged.mkdir(mode=0o700)
    staged.chmod(settings.data.stat().st_mode & 0o777)
    held = ledgers.gather(settings.data, [])
    ledgers.keep(held, staged, next(iter(held), None))
    before: list[Any] = []
    keys = KeysHere(settings)
    aside = replace(settings, **_ASIDE)
    with opening(backup) as archive, embedded_target(aside, staged) as target:
        archive.check(lambda done, total: progress("reading the backup", done, total))
        there = replace(keys.stage(staged), **_ASIDE)

        def look() -> None:
            before.extend((_count(target, erased), _everybody(target)))

        replayed, again = build(target, archive, keys, there, held, progress, look)
        files = restore_files(there, archive, target.wide, progress)
        rows, people = before
        after = _everybody(target)
        opened = asyncio.run(readable(there, target.urls, after, stays.account_id, stays.id))
        left = _count(target, erased)
        kept, came = (_objects(there, who) for who in (stays, erased))
    gone = people - after
    return [
        Claim("The one who was erased later is in the backup", rows > 0, f"{rows} rows"),
        Claim("After the restore nothing of them is there", left == 0, f"{left} rows"),
        Claim(
            "Everybody else is",
            (erased.account_id, erased.id) in gone
            and len(gone) == replayed.people + replayed.keyless,
            f"{len(after)} of {len(people)} people; {len(gone)} had been erased",
        ),
        Claim("Everybody's key opens", opened.keys == opened.people, f"{opened.keys} keys"),
        Claim(
            "What the one who stays has written reads as it was written",
            stays.text in opened.texts,
            f"{len(opened.texts)} messages",
        ),
        Claim(
            "A message that was deleted later is in the backup, and does not come back",
            stays.deleted not in opened.texts and again.done.messages > 0,
            f"{again.done.messages} messages were deleted again",
        ),
        Claim(
            "The file that they sent is there, and reads as it was sent",
            kept == 1 and [stays.text.encode()] == opened.files,
            f"{len(opened.files)} files; {files.files} objects in all came back",
        ),
        Claim(
            "The file of the one who was erased is in the backup, and does not come back",
            came == 0 and files.left_out > 0,
            f"{files.left_out} objects of people who are not there any more were left out",
        ),
        Claim(
            "No job and no letter of then is carried out again",
            opened.jobs == 0,
            f"{opened.jobs} jobs wait",
        ),
    ]


def _count(target: Target, who: Planted) -> int:
    with psycopg.connect(target.wide) as connection:
        return count_of(connection, who.account_id, who.id)


def _objects(there: Settings, who: Planted) -> int:
    return Objects.open(there).count(person_folder(who.account_id, who.id))


def _everybody(target: Target) -> set[tuple[UUID, UUID]]:
    with psycopg.connect(target.wide) as connection:
        return present(connection)


@contextmanager
def _aside(settings: Settings, folder: Path) -> Iterator[None]:
    """Gives an empty folder for the drill alone, and removes it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    with only_one(folder):
        for left in folder.iterdir():
            if left.is_dir():
                remove_folder(left, settings.database_os_user)
            elif left.name != "lock":
                left.unlink()
        folder.chmod(settings.data.stat().st_mode & 0o777)
        try:
            yield
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _write_report(
    settings: Settings, path: Path, passed: bool, claims: list[Claim], facts: dict[str, Any]
) -> None:
    document = Signing.open(settings.data / FILE_NAME).sign(
        {
            "format": FORMAT,
            "id": str(new_id()),
            "passed": passed,
            "ended_at": _time(now()),
            "software": {"name": "Chathaven", "version": __version__},
            "claims": [vars(each) for each in claims],
            **facts,
        }
    )
    try:
        path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise Refusal(f"The report cannot be written to {path}: {error.strerror}") from None


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
