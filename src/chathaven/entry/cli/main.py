"""The command `chathaven`: reads the line, and hands over.

Each command imports what it needs when it runs, so that `--help` and a wrong setting answer at
once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from chathaven import __version__
from chathaven.base.settings import SettingError, Settings
from chathaven.entry.cli.backup_commands import add_backup_commands, add_passphrase


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns the exit status: 0 well, 1 refused or failed, 2 misread."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = _parser()
    if not given:
        parser.print_help(sys.stderr)
        return 2
    options = parser.parse_args(given)
    # Of the data folder nothing is for other users of the machine.
    os.umask(0o077)
    _without_colours()
    from chathaven.engines.backup.refused import BackupError
    from chathaven.engines.database.embedded import EmbeddedError
    from chathaven.engines.database.given import GivenDatabaseError
    from chathaven.entry.cli.refusal import Refusal

    try:
        return _run(options)
    except (SettingError, EmbeddedError, GivenDatabaseError, BackupError, Refusal) as refusal:
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
    run: Callable[[Settings, argparse.Namespace], int] = options.run
    return run(settings, options)


def _worker(settings: Settings, _: argparse.Namespace) -> int:
    from chathaven.entry.cli.worker import worker

    return worker(settings)


def _migrate(settings: Settings, _: argparse.Namespace) -> int:
    from chathaven.entry.cli.migrate import migrate

    return migrate(settings)


def _import(settings: Settings, options: argparse.Namespace) -> int:
    from chathaven.entry.cli.import_file import import_file

    return import_file(settings, options.file, options.key)


def _verify(settings: Settings, options: argparse.Namespace) -> int:
    from chathaven.entry.cli.verify import Kept, verify

    kept = Kept(options.ledger, options.anchors)
    return verify(settings, options.file, options.key, options.nonce, kept)


def _verify_erasure(settings: Settings, options: argparse.Namespace) -> int:
    from chathaven.entry.cli.verify_erasure import verify_erasure

    return verify_erasure(
        settings,
        url=options.url,
        report=options.report,
        also=tuple(options.also),
        token=options.token_file,
    )


def _keys(settings: Settings, options: argparse.Namespace) -> int:
    from chathaven.entry.cli import keys

    match options.what:
        case "move":
            from chathaven.entry.cli.keys_move import move

            return move(settings, options.to, options.pin_file)
        case "rotate":
            return keys.rotate(settings, now=options.now)
        case "export":
            return keys.export(settings, options.file, options.passphrase_file)
        case "import":
            return keys.bring(settings, options.file, options.passphrase_file)
        case _:
            return keys.status(settings)


def _audit(settings: Settings, options: argparse.Namespace) -> int:
    from chathaven.entry.cli import audit

    if options.what == "anchor":
        return audit.anchor(settings, options.account, restored=options.after_restore)
    return audit.check(settings, options.account)


def _doctor(settings: Settings, _: argparse.Namespace) -> int:
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
    worker.set_defaults(run=_worker)
    migrate = commands.add_parser("migrate", help="bring the database's schema up to date")
    migrate.set_defaults(run=_migrate)
    doctor = commands.add_parser("doctor", help="say what is wrong with this installation")
    doctor.set_defaults(run=_doctor)
    bring = commands.add_parser("import", help="an exported account into an empty installation")
    bring.add_argument("file", type=Path, metavar="FILE", help="the ZIP of an account's export")
    bring.add_argument(
        "--key", metavar="KEY", help="the old installation's public key, or a file with its keys"
    )
    bring.set_defaults(run=_import)
    verify = commands.add_parser("verify", help="check a certificate, an agreement or a backup")
    verify.add_argument("file", type=Path, metavar="FILE", help="a JSON certificate or a PDF")
    verify.add_argument(
        "--key", metavar="KEY", help="a public key or a file with keys; needs no installation"
    )
    verify.add_argument(
        "--nonce", metavar="N", help="the key that was handed out with an erasure: is it yours?"
    )
    verify.add_argument(
        "--ledger", type=Path, metavar="LEDGER",
        help="a copy of the ledger of erasures that must hold the certificate (this one's own)",
    )  # fmt: skip
    verify.add_argument(
        "--anchors", type=Path, metavar="ANCHORS",
        help="a copy of an audit log's anchors that must name the ledger's roots (the account's)",
    )  # fmt: skip
    verify.set_defaults(run=_verify)
    prove = _add_verify_erasure(commands)
    with_data = (serve, worker, migrate, doctor, bring, verify, prove)
    for command in (
        *with_data,
        *add_backup_commands(commands),
        *_add_keys(commands),
        *_add_audit(commands),
    ):
        command.add_argument(
            "--data", type=Path, metavar="DIR", help="data folder (CHATHAVEN_DATA, or ./data)"
        )
    return parser


def _add_keys(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> list[argparse.ArgumentParser]:
    keys = commands.add_parser("keys", help="the keys, a tick now, and a copy of them")
    keys.set_defaults(run=_keys)
    what = keys.add_subparsers(dest="what", required=True, metavar="WHAT")
    status = what.add_parser("status", help="which roots there are, and when they die")
    rotate = what.add_parser("rotate", help="a tick now: new keys for who needs them")
    rotate.add_argument(
        "--now", action="store_true", help="destroy every older root at once, without its grace"
    )
    export = what.add_parser("export", help="all keys in a file, under a passphrase")
    bring = what.add_parser("import", help="bring back keys that are missing, from such a file")
    for command in (export, bring):
        command.add_argument("file", type=Path, metavar="FILE", help="the file of keys")
        add_passphrase(command)
    move = what.add_parser("move", help="into a hardware module, or out of it; all servers rest")
    move.add_argument("to", metavar="PLACE", help="a file or an address, as in CHATHAVEN_KEYRING")
    move.add_argument("--pin-file", type=Path, metavar="FILE", help="the PIN of the new module")
    return [status, rotate, export, bring, move]


def _add_audit(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> list[argparse.ArgumentParser]:
    audit = commands.add_parser("audit", help="check audit logs and receipts, or anchor logs now")
    audit.set_defaults(run=_audit)
    what = audit.add_subparsers(dest="what", required=True, metavar="WHAT")
    check = what.add_parser("check", help="intact, or the exact place where one is not")
    anchor = what.add_parser("anchor", help="sign where the logs have come to, outside of them")
    anchor.add_argument(
        "--after-restore", action="store_true", help="older anchors name lines that a restore lost"
    )
    for command in (check, anchor):
        command.add_argument("--account", metavar="ID", help="one account (all)")
    return [check, anchor]


def _add_verify_erasure(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> argparse.ArgumentParser:
    prove = commands.add_parser(
        "verify-erasure", help="plant a person, erase them, search everything, sign a report"
    )
    prove.add_argument(
        "--url", help="where the server answers (CHATHAVEN_PUBLIC_URL; one is started if none does)"
    )
    prove.add_argument("--report", type=Path, metavar="FILE", help="where the report goes")
    prove.add_argument(
        "--also", type=Path, action="append", default=[], metavar="DIR",
        help="a folder that is searched too, as of logs or backups; may be given again",
    )  # fmt: skip
    prove.add_argument(
        "--token-file", type=Path, metavar="FILE",
        help="the API token of an owner: plant in that account, and not in one of its own",
    )  # fmt: skip
    prove.set_defaults(run=_verify_erasure)
    return prove


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
