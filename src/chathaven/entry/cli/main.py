"""The command `chathaven`: reads the line, and hands over.

Each command imports what it needs when it runs, so that `--help` and a wrong setting answer at
once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from chathaven import __version__
from chathaven.base.settings import SettingError, Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns the exit status: 0 well, 1 refused or failed, 2 misread."""
    options = _parser().parse_args(arguments)
    # Of the data folder nothing is for other users of the machine.
    os.umask(0o077)
    _without_colours()
    from chathaven.engines.database.embedded import EmbeddedError
    from chathaven.engines.database.given import GivenDatabaseError
    from chathaven.entry.cli.refusal import Refusal

    try:
        return _run(options)
    except (SettingError, EmbeddedError, GivenDatabaseError, Refusal) as refusal:
        print(f"chathaven: {refusal}", file=sys.stderr)
        return 1


def _without_colours() -> None:
    """Lets libraries believe that nothing here prints coloured tracebacks, which is true.

    structlog and Mako (of Alembic) load Rich and Pygments wherever they are installed; that
    takes an eighth of the start and stays in memory.
    """
    for name in ("rich", "pygments"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type] # None means: not there


def _run(options: argparse.Namespace) -> int:
    if options.command == "serve":
        from chathaven.entry.cli.serve import serve

        return serve(os.environ, options.host, options.port, options.data, options.workers)
    settings = Settings.from_env(os.environ, data=options.data)
    if options.command == "worker":
        from chathaven.entry.cli.worker import worker

        return worker(settings)
    if options.command == "migrate":
        from chathaven.entry.cli.migrate import migrate

        return migrate(settings)
    if options.command == "import":
        from chathaven.entry.cli.import_file import import_file

        return import_file(settings, options.file)
    if options.command == "verify":
        from chathaven.entry.cli.verify import verify

        return verify(settings, options.file, options.key)
    from chathaven.entry.cli.doctor import doctor

    return doctor(settings, os.environ)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chathaven",
        description="Live chat for your own server.",
        epilog="Settings are environment variables; docs/self-hosting/settings.md lists them.",
    )
    parser.add_argument("--version", action="version", version=f"Chathaven {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="web, streams and jobs in one command")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    serve.add_argument(
        "--port", type=_port, default=8000, help="port to listen on, 0 for any (%(default)s)"
    )
    serve.add_argument(
        "--workers", type=_count, default=1, metavar="N", help="processes (%(default)s)"
    )
    worker = commands.add_parser("worker", help="jobs only")
    migrate = commands.add_parser("migrate", help="bring the database's schema up to date")
    doctor = commands.add_parser("doctor", help="say what is wrong with this installation")
    bring = commands.add_parser("import", help="an exported account into an empty installation")
    bring.add_argument("file", type=Path, metavar="FILE", help="the ZIP of an account's export")
    verify = commands.add_parser("verify", help="check a certificate or a signed agreement")
    verify.add_argument("file", type=Path, metavar="FILE", help="a JSON certificate or a PDF")
    verify.add_argument(
        "--key", metavar="KEY", help="a public key or a file with keys; needs no installation"
    )
    for command in (serve, worker, migrate, doctor, bring, verify):
        command.add_argument(
            "--data", type=Path, metavar="DIR", help="data folder (CHATHAVEN_DATA, or ./data)"
        )
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port


def _count(text: str) -> int:
    count = int(text)
    if not 1 <= count <= 64:
        raise argparse.ArgumentTypeError("takes a number from 1 to 64")
    return count


if __name__ == "__main__":
    sys.exit(main())
