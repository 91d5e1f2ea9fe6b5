"""The people of the browser tests: who visits, who answers, each in a browser of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Frame,
    FrameLocator,
    Locator,
    Page,
    Request,
    expect,
)

from tests.driving import Account, Server, sign_up

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
LOST = re.compile(r"ERR_(CONNECTION|INTERNET|NETWORK|INCOMPLETE|EMPTY|SOCKET)")


@dataclass
class People:
    """Opens browsers and watches all of them."""

    browser: Browser
    server: Server
    allowed: list[re.Pattern[str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def context(self, **options: Any) -> BrowserContext:
        """Opens a fresh browser profile."""
        settings = {"viewport": DESKTOP, "locale": "en-GB", "reduced_motion": "reduce"} | options
        made = self.browser.new_context(**settings)
        made.on("page", self._watch)
        made.on("console", self._console)
        made.on("weberror", lambda error: self.complaints.append(f"error: {error.error}"))
        made.on("request", self._request)
        self.contexts.append(made)
        return made

    def _watch(self, page: Page) -> None:
        page.set_default_timeout(30_000)

    def _request(self, request: Request) -> None:
        self.requests.append(request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text} ({message.location['url']})")

    def allow(self, *patterns: str | re.Pattern[str]) -> None:
        """Says which complaints of a console belong to the test."""
        self.allowed += [re.compile(each) for each in patterns]

    def allow_losses(self) -> None:
        """The browser itself reports each request that found no server."""
        self.allow(LOST, r"status of 503")

    def leave(self) -> None:
        """Closes everything, and fails when a page complained."""
        for context in self.contexts:
            context.close()
        odd = [
            said for said in self.complaints if not any(each.search(said) for each in self.allowed)
        ]
        assert not odd, f"the browser's console: {odd}"

    def picture(self, folder: Path, name: str) -> None:
        """Takes a picture of every open page."""
        folder.mkdir(exist_ok=True)
        pages = [page for context in self.contexts for page in context.pages]
        for number, page in enumerate(pages):
            page.screenshot(path=folder / f"{name}-{number}.png", timeout=5_000)
        (folder / f"{name}.txt").write_text("\n".join([*self.complaints, *(p.url for p in pages)]))

    def paths(self, path: str) -> list[Request]:
        """Returns the requests of all browsers to a path."""
        return [each for each in self.requests if urlsplit(each.url).path == path]

    # Who comes

    def owner(self, account: Account | None = None, **options: Any) -> Operator:
        """Opens the inbox as the owner of an account (of a new one when none is given)."""
        account = account or sign_up(self.server, company="Nordlicht", name="Ada Lovelace")
        context = self.context(**options)
        cookies: list[Any] = [
            {"name": each.name, "value": each.value, "url": self.server.url}
            for each in account.http.cookies.jar
        ]
        context.add_cookies(cookies)
        page = catching(context.new_page())
        page.goto(f"{self.server.url}/app")
        return Operator(page, account)

    def visitor(self, site_key: str, **options: Any) -> Visitor:
        """Opens the page with the widget, and clicks nothing."""
        page = catching(self.context(**options).new_page())
        page.goto(f"{self.server.url}/try/{site_key}")
        return Visitor(page)


def catching(page: Page) -> Page:
    """Has file dialogs caught from the start: one that opens while a test begins to is lost."""
    page.on("filechooser", lambda _: None)
    return page


@dataclass
class Visitor:
    """A page with the widget on it."""

    page: Page

    @property
    def launcher(self) -> Locator:
        """The round button."""
        return self.page.locator("chathaven-widget > button, chathaven-widget button").first

    @property
    def panel(self) -> FrameLocator:
        """What is inside the frame."""
        return self.page.frame_locator("chathaven-widget iframe")

    @property
    def frame(self) -> Frame:
        """The frame's document, to look into."""
        found = self.page.locator("chathaven-widget iframe").element_handle().content_frame()
        assert found is not None
        return found

    @property
    def composer(self) -> Locator:
        """Where the visitor writes."""
        return self.panel.locator("textarea")

    @property
    def log(self) -> Locator:
        """The conversation."""
        return self.panel.get_by_role("log")

    def open(self) -> None:
        """Clicks the launcher and waits for the composer."""
        self.launcher.click()
        expect(self.composer).to_be_visible()
        # Until it knows the site it keeps what is typed, and sends nothing.
        expect(self.panel.locator("header .who p")).to_be_visible()

    def close(self) -> None:
        """Clicks the launcher again."""
        self.launcher.click()
        expect(self.composer).to_be_hidden()

    def write(self, text: str) -> None:
        """Writes a message and presses Enter."""
        self.composer.fill(text)
        self.composer.press("Enter")

    def bubble(self, text: str) -> Locator:
        """The bubble with exactly this text."""
        return self.log.locator(".bubble").filter(has_text=re.compile(f"^{re.escape(text)}$"))

    def texts(self) -> list[str]:
        """All messages from the top, without the greeting."""
        return self.log.locator(".group:not(.greeting) .bubble").all_inner_texts()

    def sees(self, *texts: str) -> None:
        """Waits until these, and no others, are the messages in this order."""
        expect(self.log.locator(".group:not(.greeting) .bubble")).to_have_text(list(texts))

    def has_sent(self) -> None:
        """Waits until the last message is acknowledged."""
        expect(self.log.locator(".group.mine .time").last).to_contain_text("Sent")


@dataclass
class Operator:
    """An inbox."""

    page: Page
    account: Account

    @property
    def rows(self) -> Locator:
        """The chats in the list."""
        return self.page.locator("a.row")

    @property
    def composer(self) -> Locator:
        """Where the answer is written."""
        return self.page.get_by_label("Your answer")

    def open_chat(self, number: int = 0) -> None:
        """Opens a chat of the list."""
        self.rows.nth(number).click()
        expect(self.composer).to_be_visible()

    def write(self, text: str) -> None:
        """Answers."""
        self.composer.fill(text)
        self.composer.press("Enter")

    def sees(self, *texts: str) -> None:
        """Waits until these, and no others, are the messages in this order."""
        expect(self.page.locator(".bubble")).to_have_text(list(texts))
