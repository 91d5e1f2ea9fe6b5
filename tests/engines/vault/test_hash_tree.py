"""The tree over the certificates of a day: as RFC 9162 has it, and nothing else leads to its root."""

from __future__ import annotations

import hashlib

import pytest

from chathaven.engines.vault.hash_tree import HashTree, NotInTree, root_along

# The inputs and roots with which Certificate Transparency's implementations are tested.
INPUTS = [
    bytes.fromhex(each)
    for each in (
        *("", "00", "10", "2021", "3031", "40414243"),
        *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def entries(count: int) -> list[bytes]:
    return [hashlib.sha256(b"%d" % number).digest() for number in range(count)]


def leads(entry: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    try:
        return root_along(entry, index, size, path) == root
    except NotInTree:
        return False


def test_roots_are_those_of_the_standard() -> None:
    for size, root in enumerate(ROOTS, 1):
        assert HashTree(INPUTS[:size]).root.hex() == root


@pytest.mark.parametrize("size", [*range(1, 18), 33, 100])
def test_every_entry_leads_to_the_root_from_its_own_place_alone(size: int) -> None:
    there = entries(size)
    tree = HashTree(there)
    assert tree.size == size
    for index, entry in enumerate(there):
        path = tree.path(index)
        assert leads(entry, index, size, path, tree.root)
        other = hashlib.sha256(entry).digest()
        assert not leads(other, index, size, path, tree.root)
        assert not any(leads(entry, at, size, path, tree.root) for at in range(size) if at != index)
        assert not leads(entry, index, size, [*path, other], tree.root)
        assert not path or not leads(entry, index, size, path[:-1], tree.root)
        assert not leads(entry, -1, size, path, tree.root)
        assert not leads(entry, index, 0, path, tree.root)
        for beside in range(len(path)):
            changed = [*path[:beside], other, *path[beside + 1 :]]
            assert not leads(entry, index, size, changed, tree.root)


def test_an_inner_node_is_no_entry() -> None:
    tree = HashTree(entries(4))
    [beside, above] = tree.path(0)
    inner = b"\x00"[:0] + hashlib.sha256(b"\x00" + entries(4)[0]).digest() + beside
    assert not leads(inner, 0, 2, [above], tree.root)


def test_a_list_that_is_shorter_longer_or_turned_has_another_root() -> None:
    there = entries(9)
    variants = [there, there[:-1], [*there, there[-1]], there[::-1], there[1:]]
    assert len({HashTree(each).root for each in variants}) == len(variants)
