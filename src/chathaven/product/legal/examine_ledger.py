"""Saying whether certificates of erasure stand in a ledger, and a ledger in signed anchors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from chathaven.engines.ledger import Read
from chathaven.engines.ledger_days import Days
from chathaven.engines.ledger_lines import NotALedger, read
from chathaven.engines.vault.canonical import NotCanonical, read_strictly
from chathaven.engines.vault.proof import document_hash
from chathaven.engines.vault.signing import Checker, NotGenuine
from chathaven.product.audit.anchors import FORMAT, Kind
from chathaven.product.legal.examine_erasure import Certificate


class _Named(msgspec.Struct):
    """What an anchor says of the ledger."""

    line: int
    hash: str
    root: str


class _Anchor(msgspec.Struct):
    """What an anchor says of the ledger: nothing, where it held no certificates yet."""

    kind: str
    ledger: _Named | None = None


class Given(msgspec.Struct):
    """A ledger that certificates are compared with: its bytes and its name."""

    body: bytes
    name: Path


def examine_ledger(certificates: list[Certificate], given: Given) -> list[str]:
    """Looks for genuine certificates in a ledger; returns what follows, sentence by sentence.

    Raises:
        NotGenuine: the ledger was changed, or has another root than a certificate names.
    """
    found = _whole(given)
    days, lines = Days(given.body), []
    for each in certificates:
        _same_root(each, days, given.name)
        place = days.place(document_hash(each))
        what = f"The {each['stage']} certificate {each['id']}"
        if place is not None:
            lines.append(
                f"{what} is number {place.index + 1} of {place.size} under the root"
                f" {place.root} of {place.at:%Y-%m-%d}, line {place.line} of {given.name}."
            )
        elif days.waits(document_hash(each)):
            lines.append(f"{what} is noted in {given.name}; the root of its day is made daily.")
        else:
            lines.append(
                f"{what} is NOT noted in {given.name}: it was signed before ledgers held"
                " certificates, or this is another installation's ledger, or an older copy."
            )
    return [f"The ledger is whole: {len(found.lines)} lines.", *lines]


def examine_anchors(body: bytes, given: Given, checker: Checker) -> list[str]:
    """Compares a ledger with the anchors of an audit log; returns what follows.

    Raises:
        NotGenuine: an anchor is not genuine, or names a line that the ledger does not have.
    """
    roots = Days(given.body).roots
    anchors = [_anchor(text, at, checker) for at, text in enumerate(body.splitlines(), 1)]
    # A restore may have begun the ledger anew; it noted that, signed.
    since = max((at for at, each in enumerate(anchors) if each.kind == Kind.RESTORED), default=0)
    count = 0
    for number, each in enumerate(anchors[since:], since + 1):
        anchor = each.ledger
        if anchor is None:
            continue
        line = roots.get(anchor.line)
        if line is None or (line.hash, line.mark) != (anchor.hash, anchor.root):
            raise NotGenuine(
                f"{given.name} is not the ledger that anchor {number} names: line {anchor.line} is"
                " missing or was written anew."
            )
        count += 1
    return [f"{count} signed anchors name roots of the ledger, and it has each of them."]


def _whole(given: Given) -> Read:
    try:
        found = read(given.body, given.name)
    except NotALedger as error:
        raise NotGenuine(str(error)) from None
    if found.faults:
        raise NotGenuine(" ".join(["The ledger was changed.", *found.faults]))
    return found


def _same_root(certificate: Certificate, days: Days, name: Path) -> None:
    day = certificate.get("root_of_day")
    if day is None:
        return
    line = days.roots.get(day["line"])
    if line is None or line.mark != day["root"]:
        raise NotGenuine(
            f"The final certificate {certificate['id']} names the root in line {day['line']} of the"
            f" ledger, and {name} does not have it there."
        )


def _anchor(text: bytes, number: int, checker: Checker) -> _Anchor:
    try:
        document: Any = read_strictly(text)
        checker.check(document)
        if document["format"] != FORMAT:
            raise NotGenuine("another format")
        return msgspec.convert(document, _Anchor)
    except (NotCanonical, NotGenuine, KeyError, TypeError, msgspec.ValidationError):
        raise NotGenuine(f"Anchor {number} is not genuine.") from None
