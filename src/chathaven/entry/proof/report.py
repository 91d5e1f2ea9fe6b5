"""The report of a proof: a document that is signed, and the same in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from chathaven import __version__
from chathaven.base.ids import new_id
from chathaven.engines.scan.folders import Looked
from chathaven.engines.scan.stream import Hit
from chathaven.engines.vault.signing import Signing
from chathaven.entry.proof.claims import Words
from chathaven.entry.proof.fields import WITHOUT, data_map_hash
from chathaven.entry.proof.prove import Proof

FORMAT = "chathaven-erasure-proof-1"
MOST_PLACES, MOST_SHOWN = 500, 20
PROVEN = "PROVEN: what was planted was found, what was erased is gone, what was to stay stayed."
NOT_PROVEN = "NOT PROVEN: at least one claim did not hold. Please read the lines with ✗."


def signed_report(proof: Proof, signing: Signing) -> dict[str, Any]:
    """Returns the signed document. It holds no canary and no personal data.

    `chathaven verify` checks it.
    """
    return signing.sign(
        {
            "format": FORMAT,
            "id": str(new_id()),
            "proven": proof.holds,
            "began_at": _time(proof.began_at),
            "ended_at": _time(proof.ended_at),
            "software": {"name": "Chathaven", "version": __version__},
            "data_map_sha256": data_map_hash(),
            "canaries": proof.canaries,
            "shapes": proof.shapes,
            "fields": proof.fields,
            "fields_without": WITHOUT,
            "claims": msgspec.to_builtins(proof.claims),
            "searches": [_search(each) for each in proof.searches],
            "not_searched": proof.not_searched,
            "certificates": proof.certificates,
        }
    )


def _search(found: Words) -> dict[str, Any]:
    return {
        "when": found.when,
        "stores": [
            {
                "store": each.store,
                "pieces": each.pieces,
                "bytes": each.size,
                "finds": len(each.hits),
                "finds_by_design": len(each.by_design),
                "unread": each.unread,
            }
            for each in found.stores
        ],
        "places": msgspec.to_builtins(found.everything[:MOST_PLACES]),
    }


def in_words(proof: Proof) -> Iterator[str]:
    """Yields the report line by line, for a person."""
    yield (
        f"{proof.canaries} canaries in {len(proof.fields)} kinds of fields were searched for, each in"
        f" every encoding: {proof.shapes} shapes in all."
    )
    for found in proof.searches:
        yield ""
        yield f"Search {found.when}:"
        yield from (f"  {_store(each)}" for each in found.stores)
    yield ""
    for claim in proof.claims:
        yield f"{'✓' if claim.holds else '✗'} {claim.text}"
        yield f"    {claim.seen}"
        yield from (f"      {_place(hit)}" for hit in claim.finds[:MOST_SHOWN])
    yield ""
    yield "Not searched:"
    yield from (f"  - {each}" for each in proof.not_searched)
    yield ""
    yield PROVEN if proof.holds else NOT_PROVEN


def _store(each: Looked) -> str:
    line = (
        f"{each.store:<34} {each.pieces:>7,} pieces {each.size / 1_000_000:>10,.1f} MB"
        f" {len(each.hits):>5} finds {len(each.by_design):>5} by design"
    )
    return line if not each.unread else f"{line}; not read: {'; '.join(each.unread[:3])}"


def _place(hit: Hit) -> str:
    return (
        f"{hit.field} of {hit.whose}: {hit.store}, {hit.where}, byte {hit.offset}, {hit.encoding}"
    )


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
