"""Backups and restores of a real installation, from the command line."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from pathlib import Path

import psycopg
import pytest

from chathaven.engines.backup.archive import DUMP, opening
from chathaven.engines.backup.dump import key_tables
from chathaven.engines.database.embedded import running
from chathaven.engines.database.embedded_cluster import programs
from chathaven.engines.ledger import Ledger
from chathaven.entry.cli.main import main
from tests.driving import Server, json_of
from tests.entry.backups import Past, chathaven, objects_of
from tests.entry.installation import CHATHAVEN, environment
from tests.entry.protected import SAID, check
from tests.ground import map_tables


def rows_about(data: Path, person_id: str) -> dict[str, int]:
    """Returns how many rows name a person, in any column of any table, as the superuser sees."""
    found = {}
    with running(data / "postgres") as way, psycopg.connect(way.launcher) as connection:
        tables = connection.execute(
            "select relname::text from pg_class where relkind = 'r'"
            " and relnamespace = 'public'::regnamespace"
        ).fetchall()
        for (table,) in tables:
            query = f'select count(*) from "{table}" t where t::text like %s'
            row = connection.execute(query.encode(), [f"%{person_id}%"]).fetchone()
            if row is not None and row[0]:
                found[table] = row[0]
    return found


def check_people(server: Server, past: Past) -> None:
    """The erased one is not there, and everybody else is, as they were at the backup."""
    owner = past.account.http
    owner.base_url = server.url
    signed = {"email": past.account.email, "password": past.account.password}
    json_of(owner.post("/v1/sessions", json=signed), 201)
    chats = json_of(owner.get("/v1/chats?view=all"))["items"]
    assert {each["visitor"]["id"] for each in chats} == {v.visitor_id for v in past.others}
    for number, visitor in enumerate(past.others, start=1):
        visitor.http.base_url = server.url
        texts = [e["params"].get("text") for e in visitor.events()]
        assert [text for text in texts if text] == [f"said by {number} before"]
        held = {path: body for (who, path), body in past.files.items() if who == visitor.visitor_id}
        assert len(held) == 2
        for path, body in held.items():
            assert visitor.http.get(path).content == body, "byte for byte"
        found = json_of(owner.get(f"/v1/visitors?email=visitor-{number}@example.org"))["items"]
        assert [each["id"] for each in found] == [visitor.visitor_id]
    past.erased.http.base_url = server.url
    assert past.erased.http.get("/v1/widget/me").status_code == 401
    assert owner.get(f"/v1/visitors/{past.erased.visitor_id}").status_code == 404
    assert json_of(owner.get("/v1/visitors?email=visitor-0@example.org"))["items"] == []
    check(server, past.protected)
    # The site is found again, and takes newcomers.
    assert owner.get(f"/v1/widget/{past.account.site_key}").status_code == 200


def test_holds_rows_and_no_keys(past: Past, folder: Path) -> None:
    archived = past.backup.read_bytes()
    with opening(past.backup) as archive:
        (folder / "dump").write_bytes(archive.whole(DUMP))
    program = [str(programs() / "pg_restore"), "--file=-", str(folder / "dump")]
    shown = subprocess.run(program, capture_output=True, check=True).stdout
    assert len(past.wrapped) >= 9
    for key in past.wrapped:
        assert key not in archived
        assert key.hex().encode() not in shown
    # The search sees what is there.
    assert past.sealed
    assert all(value.hex().encode() in shown for value in past.sealed)
    assert b"said by" not in shown


def test_no_table_of_ones_own_data_is_left_out() -> None:
    # A key in a table takes all of its rows out of backups: that has to be meant.
    map_tables()
    assert key_tables() == [
        "account_exports",
        "account_keys",
        "installation_keys",
        "person_keys",
        "root_epochs",
    ]


def test_nobody_who_was_erased_comes_back(past: Past, folder: Path) -> None:
    data = past.copy(folder / "here")
    # The canary is in the backup: without the ledger and the keys it would come back.
    with opening(past.backup) as archive:
        assert archive.manifest.counts["visitors"] == 5
    letters = sorted((data / "outbox").glob("*"))
    done = chathaven("restore", "--data", data, past.backup)
    assert done.returncode == 0, done.stderr
    assert "Of them 1 people and 0 accounts were in the backup" in done.stdout
    assert "have no key" not in done.stdout
    assert set(rows_about(data, past.erased.visitor_id)) <= {"audit_lines"}
    assert SAID in done.stdout
    assert "4 objects of files came back, 4 of people and messages that are not" in done.stdout
    assert objects_of(data) == objects_of(past.folder / "data")
    with Server(folder / "here") as server:
        check_people(server, past)
        assert sorted((data / "outbox").glob("*")) == letters
        checked = chathaven("audit", "check", "--data", data)
        assert checked.returncode == 0, checked.stdout + checked.stderr
    # Nobody was there to be asked, so that what was there before is kept.
    assert not {"restoring", "replaced", "restore.json"} & {path.name for path in data.iterdir()}
    (kept,) = data.glob("before-restore-*")
    assert (kept / "postgres" / "cluster").is_dir()
    assert f"What was here is kept in {kept}" in done.stdout


def test_moves_to_another_machine_with_its_keys_and_newest_ledger(past: Past, folder: Path) -> None:
    ledger = past.folder / "data" / "ledger" / "erasures.jsonl"
    secret = ("--passphrase-file", past.secret)
    data = folder / "data"
    done = chathaven("restore", "--data", data, "--yes", *secret, "--ledger", ledger, past.backup)
    assert done.returncode == 0, done.stderr
    assert "Of them 1 people and 0 accounts were in the backup" in done.stdout
    assert set(rows_about(data, past.erased.visitor_id)) <= {"audit_lines"}
    assert (data / "ledger" / "erasures.jsonl").read_bytes() == ledger.read_bytes()
    assert objects_of(data) == objects_of(past.folder / "data")
    here = past.folder / "data" / "signing.json"
    assert (data / "signing.json").read_bytes() == here.read_bytes()
    assert (data / "keyring.json").stat().st_mode & 0o777 == 0o600
    with Server(folder) as server:
        check_people(server, past)


REFUSED = {
    "while it runs": "Another Chathaven is already running",
    "wrong passphrase": "the passphrase is another one, or the file is damaged",
    "no keys": "There are no keys here for",
    "older ledger": "The ledger of erasures that was there when the backup was made is not here",
    "damaged ledger": "The ledger of erasures is damaged. Line 3 of",
    "no backup": "is damaged, or no backup of Chathaven",
    "a database that fails": "The database that was built failed (DiskFull): is the disk full?",
}


@pytest.mark.parametrize("why", REFUSED)
def test_is_refused_and_changes_nothing(
    past: Past,
    folder: Path,
    why: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = folder / "data"
    arguments: list[object] = ["--passphrase-file", past.secret, "--yes"]
    backup = past.backup
    lock = None
    if why == "while it runs":
        import fcntl

        data.mkdir()
        lock = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
    elif why == "wrong passphrase":
        other = folder / "other"
        other.write_text("another passphrase")
        other.chmod(0o600)
        arguments[1] = other
    elif why == "no keys":
        backup = folder / "alone.backup"
        backup.write_bytes(past.backup.read_bytes())
    elif why == "older ledger":
        backup = later_backup(past, folder)
        arguments += ["--ledger", empty_ledger(past, folder), "--keys", keys_of(past)]
    elif why == "damaged ledger":
        arguments += ["--ledger", damaged_ledger(past, folder)]
    elif why == "no backup":
        backup = past.secret
    elif why == "a database that fails":
        monkeypatch.setattr("chathaven.entry.cli.restore.build", fails)
    before = sorted(path.name for path in data.glob("*"))
    # What a process does to itself, other tests are not to feel.
    monkeypatch.setattr("chathaven.entry.cli.main._without_colours", lambda: None)
    monkeypatch.setattr(os, "umask", lambda _: 0)
    capsys.readouterr()
    assert main(["restore", "--data", str(data), *map(str, arguments), str(backup)]) == 1
    said = capsys.readouterr().err
    assert REFUSED[why] in said, said
    assert said.count("\n") == 1
    assert sorted(path.name for path in data.glob("*") if path.name != "lock") == [
        name for name in before if name != "lock"
    ]
    if lock is not None:
        os.close(lock)


def fails(*_: object) -> None:
    raise psycopg.errors.DiskFull("what somebody wrote")


def keys_of(past: Past) -> Path:
    return past.backup.with_name("one.backup.keys")


def later_backup(past: Past, folder: Path) -> Path:
    path = folder / "later.backup"
    done = chathaven("backup", "--data", past.folder / "data", "--no-keys", path)
    assert done.returncode == 0, done.stderr
    path.with_name("later.backup.ledger").unlink()
    return path


def empty_ledger(past: Past, folder: Path) -> Path:
    path = folder / "empty.ledger"
    path.write_bytes(Ledger(past.folder / "data" / "ledger").body().split(b"\n")[0] + b"\n")
    return path


def damaged_ledger(past: Past, folder: Path) -> Path:
    path = folder / "damaged.ledger"
    path.write_bytes(Ledger(past.folder / "data" / "ledger").body().replace(b'"visitor"', b'"v"'))
    return path


def test_verify_says_what_it_can_without_keys(past: Past, folder: Path) -> None:
    data, cut = past.folder / "data", folder / "cut.backup"
    said = chathaven("verify", "--data", data, past.backup)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "8 objects of files; each of its parts is as it was written" in said.stdout
    assert "NOT LOOKED AT: whether your copy of the keys opens" in said.stdout
    body = past.backup.read_bytes()
    cut.write_bytes(body[: len(body) // 2])
    flipped = folder / "flipped.backup"
    flipped.write_bytes(body[:5000] + bytes([body[5000] ^ 1]) + body[5001:])
    for wrong in (cut, flipped):
        said = chathaven("verify", "--data", data, wrong)
        assert said.returncode == 1
        assert said.stdout.startswith(f"NOT WHOLE, or another's. {wrong} is damaged")
    said = chathaven("verify", "--data", data, keys_of(past))
    assert said.returncode == 1
    assert "is a copy of keys, sealed as a whole" in said.stdout


def test_a_full_disk_leaves_no_backup(past: Past, folder: Path) -> None:
    def little() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        # The database is held to it too; it writes less than that while it is read.
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    with running(past.folder / "data" / "postgres"):
        done = subprocess.run(
            [
                *(str(CHATHAVEN), "backup", "--data", str(past.folder / "data")),
                *("--no-keys", str(folder / "one.backup")),
            ],
            env=environment(),
            preexec_fn=little,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "cannot be written: File too large; nothing is left of it" in done.stderr
    assert list(folder.iterdir()) == []


def test_doctor_tells_of_the_last_backup_and_of_what_a_restore_left(
    past: Past, folder: Path
) -> None:
    said = chathaven("doctor", "--data", past.folder / "data")
    assert "✓ Ledger       1 erasures" in said.stdout
    assert "✓ Backup       the last was made with chathaven backup 0 days ago" in said.stdout
    data = folder / "data"
    (data / "before-restore-20261123-120000").mkdir(parents=True)
    (data / "last-backup").write_text("2020-01-01T00:00:00Z\n")
    (data / "ledger").mkdir()
    (data / "ledger" / "erasures.jsonl").write_bytes(b"x")
    said = chathaven("doctor", "--data", data)
    assert "✗ Restore" in said.stdout
    assert "✗ Backup       the last was made" in said.stdout
    assert "✗ Ledger" in said.stdout
