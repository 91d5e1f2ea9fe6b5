"""Signatures: what is signed holds, and the smallest change of it does not."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathaven.base.settings import SettingError
from chathaven.engines.vault.canonical import NotCanonical, canonical, read_strictly
from chathaven.engines.vault.signed_pdf import check_pdf, sign_pdf
from chathaven.engines.vault.signing import Checker, NotGenuine, Signing

SAMPLE: dict[str, Any] = {
    "kind": "a certificate",
    "numbers": [0, 1, 255, 10_000],
    "names": {"ä": "ö", "€": "\u2028", "a": 'quote " and \\'},
    "truth": [True, False, None],
}
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\nstartxref\n9\n%%EOF"


@pytest.fixture
def signing(tmp_path: Path) -> Signing:
    return Signing.open(tmp_path / "signing.json")


def flips(body: bytes) -> list[bytes]:
    """Returns every file that differs in one bit."""
    return [
        body[:at] + bytes([body[at] ^ (1 << bit)]) + body[at + 1 :]
        for at in range(len(body))
        for bit in range(8)
    ]


def test_a_signed_document_holds_after_a_journey_as_json(signing: Signing) -> None:
    signed = signing.sign(SAMPLE)
    there = json.dumps(signed, indent=2, ensure_ascii=True, sort_keys=True)
    assert signing.checker.check(json.loads(there)) == signing.key_id
    assert {name: signed[name] for name in SAMPLE} == SAMPLE


def test_every_flipped_bit_of_a_document_is_seen(signing: Signing) -> None:
    text = json.dumps(signing.sign(SAMPLE), indent=1, ensure_ascii=False).encode()
    assert signing.checker.check(read_strictly(text))
    for changed in flips(text):
        with pytest.raises((NotGenuine, NotCanonical)):
            signing.checker.check(read_strictly(changed))


def test_every_flipped_bit_of_a_pdf_is_seen(signing: Signing) -> None:
    signed = sign_pdf(signing, PDF)
    assert check_pdf(signing.checker, signed) == signing.key_id
    assert signed.endswith(b"startxref\n9\n%%EOF")
    for changed in flips(signed):
        with pytest.raises(NotGenuine):
            check_pdf(signing.checker, changed)


@pytest.mark.parametrize("added", [b"\n", b" ", b"%more\n", b"%%EOF"])
def test_nothing_can_be_added_to_a_pdf(signing: Signing, added: bytes) -> None:
    signed = sign_pdf(signing, PDF)
    for changed in (signed + added, added + signed):
        with pytest.raises(NotGenuine):
            check_pdf(signing.checker, changed)


def test_a_pdf_is_signed_once(signing: Signing) -> None:
    with pytest.raises(ValueError, match="signature"):
        sign_pdf(signing, sign_pdf(signing, PDF))


def test_another_installation_did_not_sign_it(signing: Signing, tmp_path: Path) -> None:
    other = Signing.open(tmp_path / "other.json")
    with pytest.raises(NotGenuine, match="not known here"):
        other.checker.check(signing.sign(SAMPLE))
    claimed = signing.sign(SAMPLE)
    claimed["signature"]["key_id"] = other.key_id
    with pytest.raises(NotGenuine, match="does not hold"):
        other.checker.check(claimed)


@pytest.mark.parametrize("value", [None, 5, True, ["a"], {"a": "b"}, "\u00e9", "a" * 87])
@pytest.mark.parametrize("part", ["alg", "key_id", "value"])
def test_a_signature_of_another_kind_does_not_hold(signing: Signing, part: str, value: Any) -> None:
    signed = signing.sign(SAMPLE)
    with pytest.raises(NotGenuine):
        signing.checker.check({**signed, "signature": {**signed["signature"], part: value}})


@pytest.mark.parametrize("missing", ["signature", "alg", "key_id", "value"])
def test_without_a_part_of_the_signature_nothing_holds(signing: Signing, missing: str) -> None:
    signed = signing.sign(SAMPLE)
    signed.pop(missing, None)
    signed.get("signature", {}).pop(missing, None)
    with pytest.raises(NotGenuine):
        signing.checker.check(signed)


@pytest.mark.parametrize("thing", [None, [], "text", 1, {"signature": "x"}, {"signature": {}}])
def test_what_is_no_document_is_not_genuine(signing: Signing, thing: Any) -> None:
    with pytest.raises(NotGenuine):
        signing.checker.check(thing)


def test_the_public_key_alone_suffices(signing: Signing) -> None:
    [key] = signing.public.keys
    assert Checker.of(key.value + "\n").check(signing.sign(SAMPLE)) == signing.key_id
    with pytest.raises(ValueError, match="no public keys"):
        Checker.of("no key")


def test_the_key_file_is_for_its_owner_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "signing.json"
    first = Signing.open(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Signing.open(path).key_id == first.key_id
    path.chmod(0o640)
    with pytest.raises(SettingError, match="0600"):
        Signing.open(path)


@pytest.mark.parametrize("held", [b"", b"{}", b'{"format":"x","current":"y","keys":{}}'])
def test_a_damaged_key_file_is_refused(tmp_path: Path, held: bytes) -> None:
    path = tmp_path / "signing.json"
    path.write_bytes(held)
    path.chmod(0o600)
    with pytest.raises(SettingError, match="not a signing key"):
        Signing.open(path)


def test_a_key_that_is_at_hand_is_read_without_a_file(signing: Signing) -> None:
    held = signing.path.read_bytes()
    assert Signing.of(held).checker.check(signing.sign(SAMPLE)) == signing.key_id
    for damaged in (b"", b"{}", held.replace(b"signing-1", b"signing-2"), held[:-9]):
        with pytest.raises(ValueError, match="not a signing key"):
            Signing.of(damaged)


def test_the_spelling_is_that_of_the_rfc() -> None:
    # The example of RFC 8785, section 3.2.3, with the fraction left out.
    value = {"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew", "1": "One"}
    value |= {"\U0001f600": "Smile", "\u0080": "Control", "\u00f6": "Latin"}
    assert [*json.loads(canonical(value))] == [
        *("\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33")
    ]
    assert canonical({"b": [1, None, True], "a": '\u000f\n"\\'}) == (
        b'{"a":"\\u000f\\n\\"\\\\","b":[1,null,true]}'
    )


@pytest.mark.parametrize("value", [1.5, {1: 2}, 2**53, "\ud800", b"x", float("nan")])
def test_what_has_no_one_spelling_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical({"a": value})


def test_a_name_stands_once() -> None:
    with pytest.raises(NotCanonical, match="twice"):
        read_strictly(b'{"a":1,"a":2}')


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_a_spelling_is_read_back_as_the_same(value: Any) -> None:
    assert json.loads(canonical(value)) == value
    assert canonical(json.loads(canonical(value))) == canonical(value)
