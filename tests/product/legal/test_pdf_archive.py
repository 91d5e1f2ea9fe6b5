"""The signed agreement as an archive needs it: what PDF/A-2 asks of a whole file."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf
import pytest
from pikepdf import Name, Pdf

from tests.product.legal.test_dpa import file_of, sign
from tests.product.served import Company

RUNS = ("/AA", "/OpenAction", "/JS", "/JavaScript", "/Launch", "/EmbeddedFiles", "/AcroForm")


async def opened(company: Company, language: str) -> Pdf:
    made = await sign(company, name="Ada Ærøskøbing Жук", language=language)
    return Pdf.open(io.BytesIO(await file_of(company, made["id"])))


def fonts(pdf: Pdf) -> Iterator[pikepdf.Object]:
    """Yields every font of every page; of composite ones the font that is inside."""
    for page in pdf.pages:
        for font in page.resources.get("/Font", pikepdf.Dictionary()).values():
            assert "/ToUnicode" in font, "its letters cannot be read out"
            yield from font.get("/DescendantFonts", [font])


@pytest.mark.parametrize("language", ["en", "de"])
async def test_it_is_a_document_that_lasts(customer: Company, language: str) -> None:
    with await opened(customer, language) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert not pdf.is_encrypted
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "2A"
        root = pdf.Root
        assert str(root.Lang) == language
        assert root.MarkInfo.Marked
        assert "/StructTreeRoot" in root
        [intent] = root.OutputIntents
        assert Name("/GTS_PDFA1") == intent.S
        # A profile of colours begins with its own size, and says "acsp" at byte 36.
        profile = intent.DestOutputProfile.read_bytes()
        assert int.from_bytes(profile[:4], "big") == len(profile)
        assert profile[36:40] == b"acsp"
        seen = list(fonts(pdf))
        assert seen
        for font in seen:
            kinds = {"/FontFile", "/FontFile2", "/FontFile3"}
            assert kinds & set(font.FontDescriptor.keys()), f"{font.BaseFont} is not embedded"
        for page in pdf.pages:
            assert "/AA" not in page.obj
            for note in page.get("/Annots", []):
                assert note.Subtype == Name.Link
                assert str(note.A.S) in {"/URI", "/GoTo"} if "/A" in note else "/Dest" in note


async def test_nothing_in_it_runs_or_hides(customer: Company) -> None:
    with await opened(customer, "en") as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary):
                assert not set(RUNS) & set(thing.keys())
            if isinstance(thing, pikepdf.Stream):
                assert "/F" not in thing.stream_dict, "it fetches its content from elsewhere"
                filters = str(thing.stream_dict.get("/Filter", ""))
                assert "LZW" not in filters
                assert "Crypt" not in filters
