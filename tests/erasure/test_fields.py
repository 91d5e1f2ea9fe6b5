"""Every personal field has a canary, or a reason why it cannot have one."""

from __future__ import annotations

from chathaven.engines.database.data_map import Treatment
from chathaven.entry import slices
from chathaven.entry.proof.fields import (
    COMPANY,
    HOSTED,
    OPEN,
    PERSON,
    WITHOUT,
    data_map_hash,
    personal_fields,
)

assert slices.HANDLERS, "every slice's tables are mapped"


def test_no_personal_field_is_without_a_canary() -> None:
    planted = {*PERSON, *COMPANY, *HOSTED}
    fields = personal_fields()
    missing = set(fields) - planted - set(WITHOUT)
    assert not missing, (
        f"{sorted(missing)}: personal, and neither planted (entry/proof/person.py, company.py)"
        " nor excused (entry/proof/fields.py)"
    )
    assert planted <= set(fields), "a field that is planted is personal"
    assert set(WITHOUT) <= set(fields), "an excuse is for a field that exists"
    assert not planted & set(WITHOUT), "nothing that is planted needs an excuse"


def test_only_what_shows_no_word_is_excused() -> None:
    for field, treatment in personal_fields().items():
        if field in WITHOUT:
            assert treatment in {Treatment.INDEXED, Treatment.SEALED}, field
            assert len(WITHOUT[field]) > 20, "a reason is a sentence"


def test_what_is_open_is_not_personal() -> None:
    assert not set(OPEN) & set(personal_fields())


def test_the_map_has_one_hash() -> None:
    assert data_map_hash() == data_map_hash()
    assert len(data_map_hash()) == 64
