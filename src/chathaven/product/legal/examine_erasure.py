"""Saying what certificates of erasure prove: one, both stages of one, or many in their order."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

from chathaven.engines.vault.canonical import NotCanonical
from chathaven.engines.vault.hash_tree import NotInTree, root_along
from chathaven.engines.vault.proof import FIRST, data_map_hash, document_hash, is_holder
from chathaven.engines.vault.signing import Checker, NotGenuine

FAMILY = "chathaven-erasure-certificate-"
KNOWN = frozenset({f"{FAMILY}1"})
"""Formats that can be told of; one that was issued once stays here."""
Certificate = dict[str, Any]
MOST = 1000


class NotJudged(Exception):
    """What a document says cannot be told here, be it genuine; the text says why."""


class Examined(NamedTuple):
    """What follows, sentence by sentence, and whether it is the asker's own where they asked.

    `signed` is what the certificates say in the words that were signed.
    """

    lines: tuple[str, ...]
    yours: bool | None
    signed: tuple[str, ...]


def is_erasure(document: Any) -> bool:
    """Whether this is a certificate of erasure, or a list of them."""
    if isinstance(document, list):
        return bool(document) and all(map(_is_certificate, document))
    return _is_certificate(document)


def _is_certificate(document: Any) -> bool:
    return isinstance(document, dict) and str(document.get("format", "")).startswith(FAMILY)


def examine_erasure(document: Any, checker: Checker, nonce: str | None = None) -> Examined:
    """Checks certificates with public keys alone: signatures, completeness and order.

    Raises:
        NotGenuine: something was changed, left out or put into another order; says what.
        NotJudged: there are too many, or one is of a version that is not known here.
    """
    given: list[Certificate] = document if isinstance(document, list) else [document]
    if len(given) > MOST:
        raise NotJudged(f"It holds {len(given)} certificates; at most {MOST} are checked at once.")
    try:
        keys = [checker.check(each) for each in given]
        for each in given:
            check_known(each, KNOWN)
            _check_complete(each)
            _check_day(each)
        _check_stages(given)
        following = _check_order(given)
        lines = [f"GENUINE: signed by the installation with the key {keys[0]}."]
        if len(given) > 1:
            lines.append(
                f"{len(given)} certificates; {following} of them name another one here by its hash,"
                " and none is out of its order."
            )
        for each in given:
            lines += _told(each)
        signed = dict.fromkeys(text for each in given for text in _signed(each))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        # A signed document of another form: what it says cannot be told, so nothing is said of it.
        if isinstance(error, NotCanonical):
            raise
        raise NotJudged("It bears a signature, but is no certificate of a known form.") from None
    yours = None
    if nonce is not None:
        yours = all(is_holder(each["subject"].get("holder"), nonce) for each in given)
        lines.append(
            "IT IS YOURS: the key that you gave is the one that was handed out with it."
            if yours
            else "NOT YOURS, as far as the key that you gave can tell."
        )
    return Examined(tuple(lines), yours, tuple(signed))


def check_known(document: dict[str, Any], known: frozenset[str]) -> None:
    """Looks whether a signed document is of a format that is known here.

    Raises:
        NotJudged: it is of another.
    """
    if document["format"] not in known:
        raise NotJudged(
            "It bears a signature that holds, but it is of a version that is not known here:"
            f" {document['format']}. Ask a newer Chathaven."
        )


def _signed(certificate: Certificate) -> list[str]:
    kept = [text for each in certificate.get("retained", ()) for text in _why(each)]
    return [certificate["claim"], certificate["not_covered"], *kept]


def _why(kept: dict[str, Any]) -> tuple[str, str]:
    return kept["what"], kept["ground"]


def _check_complete(certificate: Certificate) -> None:
    if certificate["stage"] != "live":
        return
    stores = certificate["stores"]
    names = [each["store"] for each in stores]
    expected = data_map_hash(certificate["columns_sha256"], names)
    if len(set(names)) != len(names) or expected != certificate["data_map_sha256"]:
        raise NotGenuine(
            "It does not tell of every store: the list does not match the data map that it names."
        )
    if any(each["left"] != 0 or each["removed"] != each["found"] for each in stores):
        raise NotGenuine("Something was left in a store.")


def _check_day(certificate: Certificate) -> None:
    """Whether the path of a second certificate leads from the first one to the root of its day."""
    day = certificate.get("root_of_day")
    if certificate["stage"] != "final" or day is None:
        return
    entry, path = bytes.fromhex(certificate["live_sha256"]), map(bytes.fromhex, day["path"])
    try:
        found = root_along(entry, day["index"], day["size"], [*path])
    except NotInTree:
        found = b""
    if found.hex() != day["root"]:
        raise NotGenuine("Its first certificate is not under the root of its day that it names.")


def _check_stages(given: list[Certificate]) -> None:
    lives = {each["erasure_id"]: each for each in given if each["stage"] == "live"}
    for final in given:
        live = lives.get(final["erasure_id"])
        if final["stage"] == "final" and live and final["live_sha256"] != document_hash(live):
            raise NotGenuine("A final certificate names another first certificate than this one.")


def _check_order(given: list[Certificate]) -> int:
    """Returns how many name another one of these as the one before them."""
    places = {document_hash(each): place for place, each in enumerate(given)}
    named: set[tuple[str, str]] = set()
    following = 0
    for place, each in enumerate(given):
        before = each["previous_sha256"]
        link = (each["account_id"], before)
        is_account = each["subject"]["kind"] == "account"
        if before != FIRST or not is_account:
            if link in named:
                raise NotGenuine("Two certificates claim to follow the same one.")
            named.add(link)
        if before in places:
            if places[before] >= place:
                raise NotGenuine("They are not in their order: one stands before what it follows.")
            following += 1
    for first, second in pairwise(given):
        same = first["account_id"] == second["account_id"]
        if same and _moment(first) > _moment(second):
            raise NotGenuine("They are not in their order: a later one stands before an earlier.")
    return following


def _moment(certificate: Certificate) -> str:
    return str(certificate.get("issued_at") or certificate["finished_at"])


def _told(certificate: Certificate) -> list[str]:
    subject = certificate["subject"]
    head = f"{certificate['software']['name']} {certificate['software']['version']}"
    whose = f"one {subject['kind']} of account {certificate['account_id']}"
    common = [
        f"What it claims: {certificate['claim']}.",
        f"What it does not cover: {certificate['not_covered']}.",
        *(
            f"Kept: {each['count']} in {each['store']} ({each['what']}), on {each['ground']}, until"
            f" {each['until']}."
            for each in certificate.get("retained", ())
        ),
    ]
    if certificate["stage"] == "final":
        roots, horizon = certificate["roots"], certificate["backup_horizon"]
        return [
            (
                f"FINAL, second stage: the installation says that {whose} was erased at"
                f" {certificate['finished_at']}, and that since then every root key up to number"
                f" {roots['all_destroyed_up_to']} has been destroyed; issued at"
                f" {certificate['issued_at']}."
            ),
            *_told_of_day(certificate),
            *common,
            (
                f"Backups of before the erasure are kept no longer than {horizon['date']}."
                f" Made by {head}."
            ),
        ]
    stores = certificate["stores"]
    return [
        (
            f"LIVE, first stage: the installation says that {whose} was erased, asked for at"
            f" {certificate['requested_at']}, done at {certificate['finished_at']}."
        ),
        (
            f"{sum(each['removed'] for each in stores)} entries in {len(stores)} stores were"
            " removed; each store was looked through again, and nothing was left."
        ),
        *common,
        (
            f"Whom it concerns is hidden in the commitment {subject['commitment']}: only who has"
            " the key that was handed out can show that it is about them."
        ),
        f"Made by {head}, data map {certificate['data_map_sha256'][:16]}.",
    ]


def _told_of_day(certificate: Certificate) -> list[str]:
    day = certificate.get("root_of_day")
    if day is None:
        return []
    which = f"number {day['index'] + 1} of {day['size']} that were signed up to {day['at']}"
    where = f"their root, in line {day['line']} of the ledger, is {day['root']}"
    return [f"Its first certificate was {which}; {where}."]
