"""An installation with a past, for tests of backups: made once, and copied for each test."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from chathaven.engines.database.embedded import running
from tests import forks
from tests.driving import Account, Server, VisitorClient, sign_up, visit
from tests.entry.installation import environment
from tests.entry.protected import Protected, prepare, protect
from tests.product.privacy.filed import photo, send_now

PASSPHRASE = "correct horse battery staple"


@dataclass
class Past:
    """What there was: a backup that was made while the server ran; after it an erasure, and what
    protects others.

    `folder` has the installation (`data`), the backup (`one.backup`, `.keys`, `.ledger`), and the
    file with the passphrase. `wrapped` are the wrapped keys of the moment of the backup, `sealed`
    the sealed messages. `files` is what everybody fetched of their files then, by visitor and path.
    The keys were replaced since, and the old roots destroyed.
    """

    folder: Path
    account: Account
    erased: VisitorClient
    others: list[VisitorClient]
    wrapped: list[bytes]
    sealed: list[bytes]
    files: dict[tuple[str, str], bytes]
    protected: Protected

    @property
    def backup(self) -> Path:
        """The backup."""
        return self.folder / "one.backup"

    @property
    def secret(self) -> Path:
        """The file with the passphrase."""
        return self.folder / "passphrase"

    def close(self) -> None:
        """Lets everybody go."""
        for http in (self.account.http, *(each.http for each in (self.erased, *self.others))):
            http.close()
        self.protected.close()

    def copy(self, to: Path) -> Path:
        """Copies the installation at rest, with its owners; returns the copy's data folder."""
        to.mkdir(mode=0o711)
        subprocess.run(["/bin/cp", "-a", str(self.folder / "data"), str(to / "data")], check=True)
        return to / "data"


def chathaven(*arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
    """Runs a command with nobody at the terminal."""
    return forks.run(arguments, environment(**settings))


def objects_of(data: Path) -> set[str]:
    """Returns the names of what lies in the folder of files, below the accounts."""
    files = [each for each in (data / "files").rglob("*") if each.is_file()]
    return {each.relative_to(data / "files").as_posix() for each in files}


def live(folder: Path) -> Past:
    """Lets an installation live for a while: chats, a backup, an erasure, and its end."""
    secret = folder / "passphrase"
    secret.write_text(PASSPHRASE)
    secret.chmod(0o600)
    with Server(folder) as server:
        account = sign_up(server)
        visitors = [visit(server, account.site_key) for _ in range(3)]
        erased, *others = visitors
        protected = prepare(server, account, *others)
        files = {}
        for number, visitor in enumerate(visitors):
            visitor.say(f"said by {number} before")
            said = send_now(visitor.http, "photo.png", photo(number))
            path = f"/v1/widget/me/files/{said['id']}"
            for each in (path, f"{path}/thumbnail"):
                files[visitor.visitor_id, each] = visitor.http.get(each).content
            body = {"email": f"visitor-{number}@example.org", "marketing": "yes"}
            visitor.http.patch("/v1/widget/me", json=body).raise_for_status()
        made = chathaven(
            "backup", "--data", server.data, "--passphrase-file", secret, folder / "one.backup"
        )
        assert made.returncode == 0, made.stderr
        wrapped, sealed = in_database(server)
        asked = account.http.delete(f"/v1/visitors/{erased.visitor_id}").raise_for_status()
        erasure_id = asked.json()["erasure"]["id"]
        until(lambda: is_done(account, erasure_id))
        others[0].say("said after the backup")
        protect(protected)
        assert server.stop() == 0, server.last_words()
    ticked = chathaven("keys", "rotate", "--now", "--data", folder / "data")
    assert ticked.returncode == 0, ticked.stderr
    assert "Destroyed: 1." in ticked.stdout
    return Past(folder, account, erased, others, wrapped, sealed, files, protected)


def in_database(server: Server) -> tuple[list[bytes], list[bytes]]:
    """Returns every wrapped key, and every sealed message, as they stand there now."""
    queries = (
        "select wrapped from person_keys",
        "select wrapped from account_keys",
        "select wrapped_index_key from account_keys",
        "select wrapped from installation_keys",
        "select proof from root_epochs",
    )
    with (
        running(server.data / "postgres") as way,
        psycopg.connect(way.launcher) as connection,
    ):
        wrapped = [bytes(row[0]) for query in queries for row in connection.execute(query)]
        sealed = [bytes(row[0]) for row in connection.execute("select params from events")]
    return wrapped, sealed


def is_done(account: Account, erasure_id: str) -> bool:
    """Whether an erasure has come to its end."""
    found = account.http.get(f"/v1/erasures/{erasure_id}").json()
    return found["status"] in ("live", "final")


def until(done: Callable[[], bool], seconds: float = 60) -> None:
    """Waits for something that the server does by itself."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
