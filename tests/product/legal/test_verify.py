"""The page where anybody checks a signature."""

from __future__ import annotations

import io
import json
from zipfile import ZIP_DEFLATED, ZipFile

from chathaven.engines.vault.signed_pdf import sign_pdf
from tests.product.served import Served

PDF = b"%PDF-1.7\nstartxref\n0\n%%EOF"


async def test_a_pasted_document_is_checked(served: Served) -> None:
    signed = served.process.ground.signing.sign({"kind": "something"})
    text = json.dumps(signed, indent=2)
    right = await served.client().post("/verify?language=en", files={"text": (None, text)})
    assert right.status_code == 200
    assert "<strong>GENUINE: signed by the installation" in right.text
    changed = text.replace("something", "somethong")
    wrong = await served.client().post("/verify?language=en", files={"text": (None, changed)})
    assert "<strong>NOT GENUINE.</strong>" in wrong.text


async def test_a_file_is_checked(served: Served) -> None:
    pdf = sign_pdf(served.process.ground.signing, PDF)
    for body, said in ((pdf, ">GENUINE: "), (pdf + b"x", ">NOT GENUINE.")):
        files = {"file": ("signed.pdf", body, "application/pdf")}
        answer = await served.client().post("/verify", files=files)
        assert said in answer.text


async def test_nothing_at_all_is_no_verdict(served: Served) -> None:
    answer = await served.client().post("/verify?language=en", files={"text": (None, "")})
    assert "Paste a certificate or choose a file." in answer.text
    assert "GENUINE" not in answer.text


async def test_what_is_pasted_is_not_shown_again(served: Served) -> None:
    files = {"text": (None, "<script>alert(1)</script>")}
    answer = await served.client().post("/verify", files=files)
    assert "<script" not in answer.text


async def test_too_much_is_refused_and_so_is_another_site(served: Served) -> None:
    large = {"file": ("x.pdf", b"x" * 1_000_000, "application/pdf")}
    assert (await served.client().post("/verify", files=large)).status_code == 413
    foreign = served.client(origin="https://elsewhere.example")
    assert (await foreign.post("/verify", files={"text": (None, "x")})).status_code == 403


async def test_the_keys_are_public(served: Served) -> None:
    shown = (await served.client().get("/.well-known/chathaven-keys.json")).json()
    signing = served.process.ground.signing
    assert shown["current"] == signing.key_id
    [key] = shown["keys"]
    assert set(key) == {"key_id", "alg", "value", "created_at"}
    secret = json.loads(signing.path.read_text())["keys"][signing.key_id]["seed"]
    assert secret not in json.dumps(shown)


async def test_a_small_zip_with_a_huge_manifest_is_not_read(served: Served) -> None:
    body = io.BytesIO()
    signed = {"alg": "Ed25519", "key_id": "x", "value": "x"}
    manifest = json.dumps({"files": [0] * 5_000_000, "signature": signed})
    with ZipFile(body, "w", ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", manifest)
    files = {"file": ("export.zip", body.getvalue(), "application/zip")}
    answer = await served.client().post("/verify?language=en", files=files)
    assert "Its manifest cannot be read." in answer.text
