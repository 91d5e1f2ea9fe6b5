"""The lines of `chathaven backup`, `restore` and `drill`; what they do is loaded when they run."""

from __future__ import annotations

import argparse
from pathlib import Path

from chathaven.base.settings import Settings


def add_backup_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> tuple[argparse.ArgumentParser, ...]:
    """Adds the three commands."""
    return _add_backup(commands), _add_restore(commands), _add_drill(commands)


def _backup(settings: Settings, options: argparse.Namespace) -> int:
    from chathaven.entry.cli.backup import backup

    return backup(
        settings,
        options.file,
        keys=options.keys,
        secret=options.passphrase_file,
        ask=options.passphrase,
        no_keys=options.no_keys,
        no_files=options.no_files,
    )


def _restore(settings: Settings, options: argparse.Namespace) -> int:
    from chathaven.entry.cli.restore import Options, restore

    return restore(
        settings,
        Options(
            options.file,
            keys=options.keys,
            passphrase=options.passphrase_file,
            ledger=options.ledger,
            yes=options.yes,
            finish=options.finish,
            damaged_ledger=options.damaged_ledger,
            no_ledger=options.no_ledger,
        ),
    )


def _drill(settings: Settings, options: argparse.Namespace) -> int:
    from chathaven.entry.cli.drill import drill

    return drill(settings, options.report, options.url)


def _add_backup(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> argparse.ArgumentParser:
    backup = commands.add_parser(
        "backup", help="the data in a file, its keys in another; the server may run"
    )
    backup.add_argument("file", type=Path, metavar="FILE", help="where the backup goes")
    backup.add_argument("--keys", type=Path, metavar="KEYS", help="where the keys go (FILE.keys)")
    backup.add_argument("--no-keys", action="store_true", help="write no keys")
    backup.add_argument("--no-files", action="store_true", help="leave the files of chats out")
    backup.add_argument("--passphrase", action="store_true", help="ask for a passphrase")
    add_passphrase(backup)
    backup.set_defaults(run=_backup)
    return backup


def _add_restore(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> argparse.ArgumentParser:
    restore = commands.add_parser(
        "restore", help="a backup, without those who were erased since; the server must rest"
    )
    restore.add_argument("file", type=Path, nargs="?", metavar="FILE", help="the backup")
    restore.add_argument(
        "--keys", type=Path, metavar="KEYS", help="the newest copy of the keys (FILE.keys)"
    )
    add_passphrase(restore)
    restore.add_argument(
        "--ledger", type=Path, action="append", default=[], metavar="LEDGER",
        help="the newest copy of the ledger of erasures (FILE.ledger); may be given again",
    )  # fmt: skip
    restore.add_argument("--yes", action="store_true", help="do not ask")
    restore.add_argument(
        "--finish", action="store_true", help="only end what an interrupted restore has begun"
    )
    restore.add_argument(
        "--damaged-ledger", action="store_true", help="go by what can be read of a damaged ledger"
    )
    restore.add_argument(
        "--no-ledger", action="store_true", help="the ledger is lost: people may come back"
    )
    restore.set_defaults(run=_restore)
    return restore


def _add_drill(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> argparse.ArgumentParser:
    drill = commands.add_parser(
        "drill", help="plant a person, back up, erase, restore aside, look, sign a report"
    )
    drill.add_argument("--url", help="where the server answers (CHATHAVEN_PUBLIC_URL)")
    drill.add_argument("--report", type=Path, metavar="FILE", help="where the report goes")
    drill.set_defaults(run=_drill)
    return drill


def add_passphrase(command: argparse.ArgumentParser) -> None:
    """Lets a command take the passphrase of the keys from a file."""
    command.add_argument(
        "--passphrase-file", type=Path, metavar="FILE",
        help="a file (mode 0600) with the passphrase of the keys",
    )  # fmt: skip
