"""A chat with its files from the app, and a person's copy that is opened from the disk."""

from __future__ import annotations

import io
from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import expect

from tests.browser.people import People
from tests.browser.privacy_steps import customer, saved
from tests.browser.test_accessibility import judge
from tests.product.privacy.filed import paper, photo, send_now


def test_a_chat_is_exported_with_its_files(people: People) -> None:
    operator = people.owner()
    visitor = customer(operator.account, "Ingrid", marketing=None)
    picture = send_now(visitor.http, "photo.png", photo())
    operator.open_chat()
    page = operator.page
    page.get_by_role("button", name="More about this chat").click()
    with page.expect_download() as kept:
        page.get_by_role("menuitem", name="Export chat with files (ZIP)").click()
    with ZipFile(saved(kept.value)) as archive:
        assert set(archive.namelist()) == {"chat.json", f"files/{picture['id']}-photo.png"}


def test_a_persons_copy_shows_pictures_without_a_server(people: People, tmp_path: Path) -> None:
    operator = people.owner()
    visitor = customer(operator.account, "Ingrid", marketing=None)
    picture = send_now(visitor.http, "Straße & Haus #1?.png", photo())
    offer = send_now(visitor.http, "offer.pdf", paper(1))
    with ZipFile(io.BytesIO(visitor.http.get("/v1/widget/me/export").content)) as archive:
        archive.extractall(tmp_path)
    asked: list[str] = []
    page = operator.page.context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "index.html").as_uri())
    shown = page.locator("article img")
    expect(shown).to_have_count(1)
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_js_property("naturalWidth", picture["width"])
    assert all(url.startswith("file:") for url in asked), asked
    link = page.get_by_role("link", name="offer.pdf")
    assert str(link.get_attribute("href")).startswith(f"attachments/{offer['id']}-")
    judge(page, "a person's copy")
