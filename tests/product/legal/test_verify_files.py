"""`chathaven verify FILE` with what people give it: plain words, and never a wrong verdict."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile

import pytest

from chathaven.base.settings import Settings
from chathaven.engines.vault.signed_pdf import sign_pdf
from chathaven.engines.vault.signing import Signing
from chathaven.entry.cli.refusal import Refusal
from chathaven.entry.cli.verify import verify
from chathaven.product.legal.examine_erasure import MOST
from chathaven.product.legal.verdicts import is_known
from tests.product.legal.certified import KEYS, NONCE, PAIR, signed_anew
from tests.product.served import Served

PDF = b"%PDF-1.7\nstartxref\n0\n%%EOF\n"
Check = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """Runs the command on bytes; gives its status and what it said."""
    settings = Settings(tmp_path, "http://127.0.0.1:1", tmp_path / "none")

    def run(body: bytes, keys: str = KEYS, nonce: str | None = None) -> tuple[int, list[str]]:
        file, given = tmp_path / "given", tmp_path / "keys.json"
        file.write_bytes(body)
        given.write_text(keys)
        status = verify(settings, file, str(given), nonce)
        return status, capsys.readouterr().out.splitlines()

    return run


@pytest.fixture
def signing(tmp_path: Path) -> Signing:
    return Signing.open(tmp_path / "signing.json")


def keys_of(signing: Signing) -> str:
    [key] = signing.public.keys
    return key.value


def packed(how: int) -> bytes:
    body = io.BytesIO()
    with ZipFile(body, "w", how) as archive:
        archive.writestr("manifest.json", "{}" * 1000)
    return body.getvalue()


def damaged(how: int) -> bytes:
    body = bytearray(packed(how))
    body[50] ^= 0xFF
    return bytes(body)


TEXT = json.dumps(PAIR[0], indent=2).encode()
CUT_OFF = "It begins as a document that we sign, but cannot be read to its end"
OTHER_PACKING = "It is packed in another way than our exports."


GIVEN = [
    (b"", "It is empty."),
    (b" \n", "It is empty."),
    (b"Dear Sir or Madam", "It is neither a PDF nor a ZIP nor a document that we sign."),
    (b"<html></html>", "It is neither a PDF nor a ZIP nor a document that we sign."),
    (b"\x89PNG\r\n\x1a\n", "It is neither a PDF nor a ZIP nor a document that we sign."),
    (TEXT[:700], CUT_OFF),
    (b"[" * 100_000, CUT_OFF),
    (TEXT.replace(b'"stage"', b'"claim"'), CUT_OFF),
    (TEXT.decode().encode("utf-16"), "It is neither a PDF nor a ZIP nor a document"),
    (b'{"hello": "world"}', "It bears no signature."),
    (b"[]", "It bears no signature."),
    (b"[" * 900 + b"]" * 900, "It bears no signature."),
    (b"42", "It bears no signature."),
    (TEXT.replace(b"live systems", b"whole world"), "The signature does not hold"),
    (PDF[:-9], "It is not a whole PDF."),
    (PDF, "It bears no signature."),
    (packed(ZIP_DEFLATED)[:100], "It is not a whole ZIP."),
    (packed(ZIP_DEFLATED), "Its manifest cannot be read."),
    (damaged(ZIP_DEFLATED), "It is not a whole ZIP."),
    (packed(ZIP_LZMA), OTHER_PACKING),
    (damaged(ZIP_LZMA), OTHER_PACKING),
    (packed(ZIP_BZIP2), OTHER_PACKING),
    (damaged(ZIP_BZIP2), OTHER_PACKING),
]


# Named by their place: the bytes of two workers differ by the time in a ZIP.
@pytest.mark.parametrize(("body", "why"), GIVEN, ids=range(len(GIVEN)))
def test_what_is_not_genuine_says_why(check: Check, body: bytes, why: str) -> None:
    status, said = check(body)
    assert (status, said[0], len(said)) == (1, "NOT GENUINE.", 2)
    assert said[1].startswith(why)
    assert all(map(is_known, said)), said


def test_a_signed_file_that_is_cut_off_is_not_whole(check: Check, signing: Signing) -> None:
    pdf = sign_pdf(signing, PDF)
    assert check(pdf, keys_of(signing))[0] == 0
    assert check(pdf[:-8], keys_of(signing)) == (1, ["NOT GENUINE.", "It is not a whole PDF."])


@pytest.mark.parametrize(
    "body",
    [TEXT, b"\xef\xbb\xbf" + TEXT + b"\r\n", json.dumps(PAIR).encode()],
    ids=["text", "marked", "pair"],
)
def test_editors_do_no_harm(check: Check, body: bytes) -> None:
    status, said = check(body, nonce=NONCE)
    assert (status, said[0][:8]) == (0, "GENUINE:")
    assert any(line.startswith("IT IS YOURS") for line in said)


@pytest.mark.parametrize(
    "changed",
    [
        {"format": "chathaven-erasure-certificate-2"},
        {"format": "chathaven-erasure-certificate-"},
        {"format": "chathaven-erasure-proof-2"},
        {"stores": None},
        {"retained": [{"what": "something"}]},
        {"software": "Chathaven"},
    ],
)
def test_what_is_of_another_version_is_not_judged(
    check: Check, signing: Signing, changed: dict[str, Any]
) -> None:
    body = json.dumps(signed_anew(signing, **changed)).encode()
    status, said = check(body, keys_of(signing))
    assert (status, said[0], len(said)) == (1, "NOT JUDGED.", 2)
    assert said[1].startswith("It bears a signature")
    assert all(map(is_known, said)), said
    # Nor is it called so without its signature.
    assert check(body)[1][0] == "NOT GENUINE."


async def test_the_page_judges_no_other_version(served: Served) -> None:
    signing = served.process.ground.signing
    later = signed_anew(signing, format="chathaven-erasure-certificate-2")
    form = {"text": (None, json.dumps(later))}
    page = (await served.client().post("/verify?language=de", files=form)).text
    assert "Was diese Datei sagt, kann hier nicht beurteilt werden." in page
    assert "nicht echt" not in page
    assert "card answer bad" in page


def test_too_many_at_once_are_not_judged(check: Check) -> None:
    status, said = check(json.dumps(PAIR[:1] * (MOST + 1)).encode())
    assert (status, said[0]) == (1, "NOT JUDGED.")
    assert said[1] == f"It holds {MOST + 1} certificates; at most {MOST} are checked at once."
    assert is_known(said[1])


def test_a_key_is_asked_of_certificates_alone(check: Check, signing: Signing) -> None:
    status, said = check(sign_pdf(signing, PDF), keys_of(signing), nonce=NONCE)
    assert status == 1
    assert said[-1].startswith("Whose it is cannot be asked")


def test_what_cannot_be_read_is_refused_in_a_line(tmp_path: Path) -> None:
    settings = Settings(tmp_path, "http://127.0.0.1:1", tmp_path / "none")
    for file, why in ((tmp_path / "nowhere", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(Refusal, match=why):
            verify(settings, file, json.loads(KEYS)["keys"][0]["value"])
