"""Keys of a restore are looked at where they are, and nowhere else."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest

from chathaven.base.clock import now
from chathaven.engines.vault.key_set import KeySet
from chathaven.engines.vault.signing import Checker, Signing
from chathaven.entry.cli import restore_keys


def test_the_key_that_signs_is_not_put_on_a_disk_to_be_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was deleted from a temporary folder may be found on the disk all the same."""

    def refuse(*_: object, **__: object) -> str:
        raise AssertionError("nothing is written")

    class Archive:
        def signed_by(self, checker: Checker) -> None:
            checkers.append(checker)

    checkers: list[Checker] = []
    signing = Signing.open(tmp_path / "signing.json")
    found = KeySet(now(), {}, {}, signing.path.read_bytes())
    archive: Any = Archive()
    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    restore_keys._check_signer(archive, found)
    assert [each.check(signing.sign({"a": 1})) for each in checkers] == [signing.key_id]
