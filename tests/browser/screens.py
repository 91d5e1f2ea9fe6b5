"""Takes the pictures of the product: `python -m tests.browser.screens FOLDER [--docs]`.

A real server, a real conversation; at 1280×800 and 390×844, in light and dark. With `--docs` also
writes the two pictures of the README to docs/images.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.hosts import snippet
from tests.browser.people import DESKTOP, PHONE, Operator, People, Visitor
from tests.driving import Account, Server, sign_up, visit
from tests.ground import private_folder

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 200_000
SIZES: dict[str, Any] = {"desktop": DESKTOP, "phone": PHONE}
OTHERS = [
    ("Tomasz Nowak", "pl", ["Dzień dobry, czy rama w rozmiarze 56 jest dostępna?"]),
    ("Claire Dubois", "fr", ["Bonjour, ma commande 4711 est-elle partie ?", "Merci d’avance !"]),
    ("Jonas Weber", "de", ["Passt der Gepäckträger auch an das Modell von 2024?"]),
    (None, "en", ["Is the shop open on Saturday?"]),
    ("Lucía Fernández", "es", ["¡Gracias, llegó perfecta!"]),
]
TALK = [
    ("visitor", "Hello! Do you ship the Fjord tourer to Norway?"),
    ("operator", "Hello Ingrid! Yes, we do. To Oslo it takes three working days."),
    ("operator", "Shipping is 49 €, and the customs papers are done by us."),
    ("visitor", "Great. And can I change the saddle before you send it?"),
    ("operator", "Of course. Which one would you like? https://nordlicht.example/saddles"),
    ("visitor", "The narrow one in brown, please. Thank you!"),
]
SHOP = """<style>
body { margin: 0; font: 17px/1.6 Georgia, serif; color: #2b2a27; background: #faf7f2; }
h1 { position: absolute; top: 40px; left: 64px; font-size: 30px; font-weight: 400; margin: 0; }
section { position: absolute; top: 130px; left: 64px; width: 620px; }
.photo { height: 320px; border-radius: 8px; background: #c9d6d3; }
</style>
<h1>Nordlicht Bicycles</h1><section><div class="photo"></div><h2>Fjord tourer</h2><p>Steel frame, twelve gears, and a rack
that takes everything you need for two weeks between the sea and the snow.</p></section>"""


PAGE = "https://nordlicht.example/bicycles/fjord-tourer"
LOOKS = [(size, scheme) for size in SIZES for scheme in ("light", "dark")]


# The shop's name leads nowhere, which counts as a public address; the server is on this machine.
FLAGS = ["--no-sandbox", "--disable-features=LocalNetworkAccessChecks"]


def furnish(server: Server) -> Account:
    """Makes a company with chats."""
    account = sign_up(server, company="Nordlicht Bicycles", name="Ada Lindqvist")
    look = {"team_name": "Nordlicht Bicycles", "color": "#0b6e4f"}
    changed = account.http.patch(f"/v1/sites/{account.site_id}", json={"appearance": look})
    assert changed.status_code == 200, changed.text
    for name, language, texts in OTHERS:
        other = visit(server, account.site_key, language=language, page_url=PAGE)
        for text in texts:
            other.say(text)
        if name:
            other.http.patch("/v1/widget/me", json={"name": name})
    return account


def talk(account: Account, visitor: Visitor) -> None:
    """Plays the conversation, the visitor's part in the widget."""
    known = "{ name: 'Ingrid Solberg', email: 'ingrid@solberg.example' }"
    visitor.page.evaluate(f"chathaven.setVisitorData({known})")
    chat_id = ""
    for number, (who, text) in enumerate(TALK, 1):
        if who == "visitor":
            visitor.write(text)
            visitor.has_sent()
            chat_id = account.http.get("/v1/chats").json()["items"][0]["id"]
        else:
            account.say(chat_id, text)
        expect(visitor.log.locator(".bubble")).to_have_count(number + 1)


def shoot(page: Page, folder: Path, name: str) -> None:
    """Takes a picture in each size and theme, once what arrives has arrived."""
    for size, scheme in LOOKS:
        page.set_viewport_size(SIZES[size])
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.wait_for_timeout(500)
        page.screenshot(path=folder / f"{name}-{size}-{scheme}.png")
    page.set_viewport_size(SIZES["desktop"])


def shoot_inbox(people: People, account: Account, folder: Path) -> None:
    """Pictures of the operator's pages."""
    operator: Operator = people.owner(account)
    page = operator.page
    expect(operator.rows).to_have_count(len(OTHERS) + 1)
    shoot(page, folder, "list")
    operator.rows.filter(has_text="Ingrid").click()
    expect(page.locator(".bubble")).to_have_count(len(TALK))
    shoot(page, folder, "inbox")
    for path in ("settings/site", "settings/team", "settings/tokens", "profile"):
        page.goto(f"{people.server.url}/app/{path}")
        shoot(page, folder, path.replace("/", "-"))
    door = people.context().new_page()
    door.goto(people.server.url)
    shoot(door, folder, "landing")


def take(browser: Browser, server: Server, folder: Path) -> None:
    """Takes all pictures."""
    account = furnish(server)
    people = People(browser, server)
    operator = people.owner(account)
    visitor = Visitor(people.context().new_page())
    # A shop under its own name, which no resolver knows.
    body = f"<title>A shop</title>{SHOP}{snippet(server.url, account.site_key)}"
    html = f'<!doctype html><html lang="en"><link rel="icon" href="data:,">{body}</html>'
    visitor.page.route(PAGE, lambda route: route.fulfill(body=html, content_type="text/html"))
    visitor.page.goto(PAGE)
    shoot(visitor.page, folder, "launcher")
    visitor.open()
    talk(account, visitor)
    shoot(visitor.page, folder, "widget")
    operator.page.close()
    shoot_inbox(people, account, folder)
    visitor.panel.get_by_role("button", name="Privacy").click()
    shoot(visitor.page, folder, "privacy")
    people.allow(r"401 \(Unauthorized\) .*/v1/me\)")
    people.leave()


def main(arguments: list[str]) -> None:
    """Takes the pictures into a folder."""
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    tool = [str(ROOT / "tools" / "chromium")]
    chromium = subprocess.run(tool, capture_output=True, text=True, check=True).stdout.strip()
    with (
        private_folder() as home,
        Server(home) as server,
        sync_playwright() as play,
        play.chromium.launch(executable_path=chromium, args=FLAGS) as browser,
    ):
        take(browser, server, folder)
    if "--docs" in arguments:
        IMAGES.mkdir(parents=True, exist_ok=True)
        for name in ("inbox", "widget"):
            picture = (folder / f"{name}-desktop-light.png").read_bytes()
            assert len(picture) < MOST_BYTES, f"{name}: {len(picture)} bytes"
            (IMAGES / f"{name}.png").write_bytes(picture)


if __name__ == "__main__":
    main(sys.argv[1:])
