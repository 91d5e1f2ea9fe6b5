"""P4: a backup of before the erasure, restored with the newest keys and the newest ledger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chathaven.engines.scan.folders import Search
from chathaven.entry.proof.asking import proofs
from chathaven.entry.proof.places import BACKUPS, OUTBOX
from tests.driving import Server
from tests.entry.backups import PASSPHRASE, chathaven, objects_of
from tests.entry.test_backup import rows_about
from tests.erasure.stage import GOES, STAYS, Stage, by_design, of, personal
from tests.erasure.test_keys import tick
from tests.ground import map_tables, private_folder

pytestmark = pytest.mark.slow


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """Where backups are kept, and other machines are."""
    map_tables()
    with private_folder() as folder:
        secret = folder / "passphrase"
        secret.write_text(PASSPHRASE)
        secret.chmod(0o600)
        yield folder


def back_up(server: Server, place: Path, name: str) -> None:
    made = chathaven(
        "backup", "--data", server.data, "--passphrase-file", place / "passphrase", place / name
    )
    assert made.returncode == 0, made.stderr


def restore(place: Path, to: str, name: str, keys: str, *options: object) -> Path:
    data = place / to / "data"
    data.parent.mkdir(mode=0o711)
    done = chathaven(
        *("restore", place / name, "--data", data, "--yes"),
        *("--passphrase-file", place / "passphrase", "--keys", place / f"{keys}.keys"),
        *options,
    )
    assert done.returncode == 0, done.stderr
    return data


def seen(stage: Stage, bodies: dict[str, bytes]) -> set[str]:
    """Returns whose canaries stand in answers of the product."""
    search = Search(stage.patterns)
    return {
        canary.whose for name, body in bodies.items() for canary in search.canaries_in(name, body)
    }


def test_a_restore_does_not_bring_back_who_was_erased(
    own: Server, elsewhere: Path, temporary: Path
) -> None:
    stage = Stage(own)
    back_up(own, elsewhere, "before")
    in_backup = Search(stage.patterns)
    in_backup.folder(elsewhere, lambda _: BACKUPS)
    assert personal(in_backup.stores) == [], "a backup holds nothing personal in the clear"
    assert "notices.text" in by_design(in_backup.stores, BACKUPS), "the search sees into it"
    stage.goes.erase()
    tick(own)
    back_up(own, elsewhere, "after")
    assert own.stop() == 0
    url = own.url
    # The control: with the keys of that time and no ledger, the person is there once more. So
    # the backup does hold them, and it is the keys and the ledger that keep them gone.
    then = restore(elsewhere, "then", "before", "before", "--no-ledger")
    assert rows_about(then, stage.goes.id)["visitors"] == 1
    assert len(objects_of(then)) == stage.sent(stage.goes, stage.stays)
    # Newest keys and newest ledger: the rows are gone.
    newest = "--ledger", elsewhere / "after.ledger"
    data = restore(elsewhere, "now", "before", "after", *newest)
    assert not list((data / "outbox").glob("*.eml")), "nobody was written to"
    assert len(objects_of(data)) == stage.sent(stage.stays)
    assert not [name for name in objects_of(data) if stage.goes.id in name]
    rows = rows_about(data, stage.goes.id)
    assert set(rows) <= {"audit_lines", "rights_requests"}, rows
    served = Server(data.parent, TMPDIR=str(temporary))
    served.port, served.url = own.port, url
    with served:
        stage.server = served
        stage.settings = type(stage.settings).from_env({}, data=data)
        stores = stage.everywhere(elsewhere)
        assert of(stores, GOES) == []
        stage.company.sign_in()
        assert set(stage.goes.statuses_when_gone().values()) == {401, 404}
        assert STAYS in seen(stage, stage.stays.shown()), "the other is there, and readable"
        assert GOES not in seen(stage, proofs(stage.company.door))
        letters = [store for store in stores if store.store == OUTBOX]
        assert not any(of([each], GOES) for each in letters)
    stage.close()
