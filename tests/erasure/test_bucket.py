"""Files of chats in a bucket: the proof looks at the objects of the account it planted."""

from __future__ import annotations

from pathlib import Path

import pytest
from obstore.store import MemoryStore

from chathaven.base.settings import Settings
from chathaven.engines.files.objects import Objects
from chathaven.engines.scan.canary import word
from chathaven.engines.scan.folders import Search
from chathaven.engines.scan.patterns import Patterns
from chathaven.entry.proof.places import OBJECTS, Places


def test_a_plain_object_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = Objects(MemoryStore())
    monkeypatch.setattr(Objects, "open", lambda _: bucket)
    settings = Settings(tmp_path, "http://127.0.0.1:1", tmp_path / "k", files_url="s3://bucket")
    places = Places(settings, None, (), 0.0)
    canary = word("files.content", "somebody")
    for account, body in (("mine", b"sealed"), ("mine", canary.text.encode()), ("other", b"?")):
        bucket.put(f"{account}/person/{len(body)}", b"before " + body + b" after")
    search = Search(Patterns([canary]))
    places.look_through_objects(search, "mine")
    [store] = search.stores
    assert (store.store, store.pieces) == (OBJECTS, 2)
    assert [hit.field for hit in store.hits] == ["files.content"]
    assert places.objects("mine") == 2
    assert any("bucket" in each for each in places.cannot_reach())
