"""Files in the operators' conversation: chosen, pasted, dropped, sent, looked at, refused."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from chathaven.base.ids import new_id
from tests.browser.people import PHONE, Operator, People
from tests.browser.privacy_steps import customer
from tests.browser.test_accessibility import judge
from tests.browser.test_restriction import look
from tests.driving import VisitorClient, json_of

DROP = """([type, name, content]) => {
  const data = new DataTransfer();
  const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
  data.items.add(new File([bytes], name, { type }));
  return data;
}"""


def png(color: str = "#2f6feb", size: tuple[int, int] = (640, 400)) -> bytes:
    """A picture of one colour."""
    made = io.BytesIO()
    Image.new("RGB", size, color).save(made, "PNG")
    return made.getvalue()


def given(name: str, content: bytes, media_type: str = "application/octet-stream") -> FilePayload:
    """A file as a person chooses it."""
    return {"name": name, "mimeType": media_type, "buffer": content}


PICTURE = given("harbour.png", png(), "image/png")
NOTES = given("notes.txt", b"Three days to Oslo.\n", "text/plain")


def talking(people: People, **options: Any) -> tuple[Operator, VisitorClient]:
    """An operator in front of a chat with Vera."""
    operator = people.owner(**options)
    vera = customer(operator.account, "Vera", None)
    operator.open_chat()
    expect(operator.page.locator(".bubble")).to_have_count(1)
    return operator, vera


def choose(page: Page, *files: FilePayload | Path) -> None:
    """Chooses files with the paper clip."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Attach files").click()
    chooser.value.set_files(files)  # type: ignore[arg-type] # all of one kind


def tray(page: Page) -> Locator:
    """What was chosen and is not sent yet."""
    return page.get_by_role("list", name="Files to send").get_by_role("listitem")


def sent(page: Page, count: int) -> None:
    """Waits until so many files stand in the conversation, and none is on its way."""
    expect(page.locator(".bubble-picture, a.file-card")).to_have_count(count)
    expect(page.locator("progress")).to_have_count(0)


def test_files_are_chosen_sent_and_downloaded(people: People) -> None:
    operator, vera = talking(people)
    page = operator.page
    choose(page, PICTURE, NOTES)
    expect(tray(page)).to_have_count(2)
    judge(page, "files that were chosen")
    page.get_by_role("button", name="Remove notes.txt").click()
    expect(tray(page)).to_have_count(1)
    expect(operator.composer).to_be_focused()
    choose(page, NOTES)
    operator.write("Here they are.")
    sent(page, 2)
    expect(tray(page)).to_have_count(0)
    expect(page.locator(".bubble", has_text="Here they are.")).to_be_visible()
    look(page, "app-files")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download notes.txt").click()
    assert download.value.suggested_filename == "notes.txt"
    assert Path(download.value.path()).read_bytes() == b"Three days to Oslo.\n"
    files = [each["params"].get("file") for each in vera.events()]
    assert {each["name"] for each in files if each} == {"harbour.png", "notes.txt"}


def test_the_list_says_that_a_file_came_last(people: People) -> None:
    operator, vera = talking(people)
    page = operator.page
    file, which = {"file": ("plan.png", png())}, {"id": str(new_id())}
    json_of(vera.http.post("/v1/widget/me/files", data=which, files=file), 201)
    line = operator.rows.first.locator(".row-text")
    expect(line).to_have_text("plan.png")
    expect(line.locator("svg")).to_be_visible()
    choose(page, NOTES)
    operator.composer.press("Enter")
    sent(page, 2)
    expect(line).to_contain_text("notes.txt")
    # Loaded anew it says the same.
    page.reload()
    expect(line).to_have_text(re.compile(r"^You: \s*notes.txt$|^\s*You: notes.txt$"))
    judge(page, "a list with files")


@pytest.mark.parametrize("way", ["paste", "drop"])
def test_files_are_pasted_and_dropped(people: People, way: str) -> None:
    operator, _vera = talking(people)
    page = operator.page
    content = base64.b64encode(png("#1f9d57")).decode()
    data = page.evaluate_handle(DROP, ["image/png", "image.png", content])
    if way == "drop":
        zone = page.locator(".messages-scroll")
        zone.dispatch_event("dragenter", {"dataTransfer": data})
        expect(page.get_by_text("Drop files here to attach them")).to_be_visible()
        zone.dispatch_event("dragover", {"dataTransfer": data})
        zone.dispatch_event("drop", {"dataTransfer": data})
        expect(page.get_by_text("Drop files here to attach them")).to_have_count(0)
    else:
        operator.composer.evaluate(
            """(box, data) => box.dispatchEvent(new ClipboardEvent("paste",
            { clipboardData: data, bubbles: true, cancelable: true }))""",
            data,
        )
    expect(tray(page)).to_have_count(1)
    # Nothing leaves before the button is pressed.
    assert not [each for each in people.requests if each.url.endswith("/files")]
    operator.composer.press("Enter")
    sent(page, 1)


def test_pictures_are_looked_at_one_after_the_other(people: People) -> None:
    operator, _vera = talking(people)
    page = operator.page
    choose(page, PICTURE, given("tall.png", png("#c93434", (300, 900)), "image/png"))
    operator.composer.press("Enter")
    sent(page, 2)
    first = page.get_by_role("button", name="Look at harbour.png")
    first.focus()
    page.keyboard.press("Enter")
    viewer = page.locator("dialog.viewer")
    expect(viewer.get_by_role("img", name="harbour.png")).to_be_visible()
    expect(viewer).to_contain_text("1 of 2")
    expect(viewer.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(viewer.get_by_role("img", name="tall.png")).to_be_visible()
    expect(page.locator(".spoken[role=status]")).to_have_text("tall.png, 2 of 2")
    page.keyboard.press("ArrowRight")
    expect(viewer).to_contain_text("2 of 2")
    look(page, "app-viewer")
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    expect(page.get_by_role("button", name="Look at tall.png")).to_be_focused()


def test_an_upload_shows_how_far_it_is_and_can_be_cancelled(people: People) -> None:
    operator, _vera = talking(people)
    page = operator.page
    page.route("**/v1/chats/*/files", lambda _route: None)
    choose(page, PICTURE)
    operator.composer.press("Enter")
    expect(page.get_by_role("progressbar", name="Sending harbour.png")).to_be_visible()
    # Words do not wait behind it.
    with page.expect_response("**/messages") as answer:
        operator.write("One moment.")
    assert answer.value.status == 201
    judge(page, "an upload")
    page.get_by_role("button", name="Cancel harbour.png").click()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    operator.sees("Hello from Vera", "One moment.")


def test_what_is_not_taken_is_said_plainly(people: People, tmp_path: Path) -> None:
    operator, _vera = talking(people, viewport=PHONE)
    page = operator.page
    empty, large = tmp_path / "empty.txt", tmp_path / "film.mp4"
    empty.touch()
    # From the disk: twenty megabytes on the way to a busy browser are seconds.
    with large.open("wb") as film:
        film.truncate(20 * 1024 * 1024 + 1)
    choose(page, empty, large)
    wrong = page.locator(".tray-wrong")
    expect(wrong).to_have_text(
        ["empty.txt is empty.", "film.mp4 is too large. A file may have up to 20 MB."]
    )
    expect(tray(page)).to_have_count(0)
    people.allow(r"415 \(Unsupported Media Type\)")
    choose(page, given("report.pdf", b"<html>no paper</html>", "application/pdf"))
    expect(wrong).to_have_count(0)
    page.get_by_role("button", name="Send").click()
    failed = page.get_by_role("alert").filter(has_text="Not sent.")
    expect(failed).to_contain_text("Files of this kind are not taken, or this one is not what its")
    expect(failed.get_by_role("button", name="Edit")).to_have_count(0)
    look(page, "app-file-refused", ("phone",))
    failed.get_by_role("button", name="Discard").click()
    operator.sees("Hello from Vera")
