"""`chathaven verify-erasure`: shows on this very installation that erasing works."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chathaven.base.settings import Settings
from chathaven.engines.vault.signing import FILE_NAME, Signing
from chathaven.entry import slices
from chathaven.entry.cli.refusal import Refusal
from chathaven.entry.proof.door import CannotProve, reachable
from chathaven.entry.proof.prove import prove
from chathaven.entry.proof.report import in_words, signed_report

assert slices.HANDLERS, "every slice's tables are mapped"

PROVEN, NOT_PROVEN, NOT_DONE = 0, 1, 3
_START_LIMIT = 90.0
_STOP_LIMIT = 40.0


def verify_erasure(
    settings: Settings,
    *,
    url: str | None,
    report: Path | None,
    also: tuple[Path, ...],
    token: Path | None,
) -> int:
    """Plants, erases, searches, prints a report and signs it.

    Returns 0 when every claim held, 1 when one did not, and 3 when it could not be carried out.

    Raises:
        EmbeddedError: the embedded database cannot be reached.
        Refusal: a file or folder that was named cannot be used.
    """
    for folder in also:
        if not folder.is_dir():
            raise Refusal(f"--also takes a folder, and {folder} is none")
    secret = _read(token) if token is not None else None
    try:
        with served(settings, url) as address:
            print(f"Proving erasure on {address}, data in {settings.data}.", flush=True)
            proof = prove(settings, address, _tell, also=also, token=secret)
    except CannotProve as error:
        print(f"chathaven: the proof could not be carried out: {error}", file=sys.stderr)
        return NOT_DONE
    print()
    print("\n".join(in_words(proof)))
    document = signed_report(proof, Signing.open(settings.data / FILE_NAME))
    path = report or Path(f"erasure-proof-{proof.began_at:%Y%m%d-%H%M%S}.json")
    try:
        path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise Refusal(f"The report cannot be written to {path}: {error.strerror}") from None
    print(f"The signed report is in {path}; chathaven verify {path} checks it.")
    return PROVEN if proof.holds else NOT_PROVEN


def _tell(text: str) -> None:
    print(f"  {text}", flush=True)


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, ValueError):
        raise Refusal(f"--token-file {path} cannot be read, or holds no token") from None


@contextmanager
def served(settings: Settings, url: str | None) -> Iterator[str]:
    """Gives the address of the server of this installation; starts one where none runs."""
    address = (url or settings.public_url).rstrip("/")
    if reachable(address):
        yield address
        return
    if url is not None:
        raise CannotProve(f"no server takes requests at {address}")
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    print("No server answers; one is started for the proof, and stopped after it.", flush=True)
    process = subprocess.Popen(  # noqa: S603  our own program with our own words
        [
            *(sys.executable, "-m", "chathaven.entry.cli.main", "serve"),
            *("--port", str(port), "--data", str(settings.data)),
        ],
        env={**os.environ, "CHATHAVEN_PUBLIC_URL": address},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(process, address)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(_STOP_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + _START_LIMIT
    while not reachable(address):
        if process.poll() is not None or time.monotonic() > deadline:
            raise CannotProve(
                f"no server answers, and none can be started (status {process.returncode}):"
                " run chathaven doctor, or name a running one with --url"
            )
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
