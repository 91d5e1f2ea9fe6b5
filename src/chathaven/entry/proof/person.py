"""A person who is planted: a visitor who talks, answers, takes a copy, and goes."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import uuid4

from chathaven.engines.scan.canary import Canary, address, phone, together, word, words
from chathaven.entry.proof import asking, sending
from chathaven.entry.proof.company import LANGUAGE, Company
from chathaven.entry.proof.door import Door

LONG = 9_000
"""Letters of the longest message, near what the product takes: such a row is kept out of line."""


FORMER = "events.params, former"
"""What a message said before it was changed: it is in copies, and on no screen."""


class Person:
    """A visitor with a canary in every field. `dropped` are never to be kept at all."""

    def __init__(self, company: Company, whose: str, scale: int = 1) -> None:
        self.company = company
        self.whose = whose
        self.canaries: list[Canary] = []
        self.dropped: list[Canary] = []
        self.sent: list[sending.Sent] = []
        self.id = ""
        self.chat_id = ""
        self.request = ""
        self._scale = scale
        self._door = Door(company.door.url)

    def come(self) -> None:
        """Opens the widget, is shown the notice, and begins."""
        page = word("visitors.technical", self.whose)
        query, agent = (word("visitors.technical", f"{self.whose}, dropped") for _ in range(2))
        key = self.company.site.key
        shown = self._door.json("GET", f"/v1/widget/{key}?language={LANGUAGE}")
        body: dict[str, Any] = {
            "language": LANGUAGE,
            "page_url": f"https://shop.example/{page.text}?q={query.text}#{query.text}",
        }
        if shown["notice"] is not None:
            body |= {"notice_id": shown["notice"]["id"], "agreed": True}
        made = self._door.json(
            "POST",
            f"/v1/widget/{key}/visitors",
            body,
            expected=201,
            headers={"user-agent": f"Mozilla/5.0 Firefox/140.0 {agent.text}"},
        )
        self._door.close()
        self._door = Door(self.company.door.url, made["token"])
        self.id = made["visitor"]["id"]
        self.chat_id = self._door.json("GET", "/v1/widget/me")["chat"]["id"]
        self.canaries.append(page)
        self.dropped += [query, agent]

    def talk(self) -> None:
        """Says who they are, writes and is answered; types, reads, allows an embed."""
        name = words("visitors.name", self.whose, asking.LETTERS)
        old = word("visitors.name", f"{self.whose}, overwritten")
        email = address("visitors.email", self.whose, asking.LETTERS)
        number = phone("visitors.phone", self.whose)
        profile = {"email": email.text, "phone": number.text, "marketing": "yes"}
        if not self.company.is_own:
            profile = self._as_asked(profile)
        self._door.json("PATCH", "/v1/widget/me", {"name": old.text})
        self._door.json("PATCH", "/v1/widget/me", {"name": together(name), **profile})
        self.canaries += [*name, email, number]
        self.dropped.append(old)
        for _ in range(self._scale):
            self._write()
        self._door.bytes("POST", "/v1/widget/me/typing", {}, expected=204)
        self._door.bytes("POST", "/v1/widget/me/read", {"seq": 2}, expected=204)
        allowed = {"provider": "youtube", "answer": "yes"}
        self._door.json("POST", "/v1/widget/me/embeds", allowed, expected=201)
        if self.company.is_own:
            self._answer_changed()

    def _as_asked(self, profile: dict[str, str]) -> dict[str, str]:
        """Answers the marketing question only where the given account asks it."""
        asked = self._door.json("GET", f"/v1/widget/{self.company.site.key}?language={LANGUAGE}")
        if asked["email_request"].get("marketing", {}).get("question") is None:
            del profile["marketing"]
        return profile

    def _write(self) -> None:
        mine, answer = words("events.params", self.whose), words("events.params", self.whose)
        long = word("events.params", self.whose)
        for text in (together(mine), long.text + " and so on" * ((LONG - len(long.text)) // 10)):
            sent = {"id": str(uuid4()), "text": text}
            self._door.json("POST", "/v1/widget/me/messages", sent, expected=201)
        for each in (together(answer), f"Answered. https://youtu.be/{answer[0].text}"):
            sent = {"id": str(uuid4()), "text": each}
            path = f"/v1/chats/{self.chat_id}/messages"
            self.company.door.json("POST", path, sent, expected=201)
        self.company.door.bytes("POST", f"/v1/chats/{self.chat_id}/typing", {}, expected=204)
        self.canaries += [*mine, *answer, long]

    def change(self) -> None:
        """Changes one message, which copies tell and screens do not; and deletes another."""
        former, then = words(FORMER, self.whose), words("events.params", self.whose)
        regretted = words("events.params", f"{self.whose}, dropped")
        changed, deleted = (str(uuid4()) for _ in range(2))
        path = "/v1/widget/me/messages"
        for id, text in ((changed, together(former)), (deleted, together(regretted))):
            self._door.json("POST", path, {"id": id, "text": text}, expected=201)
        self._door.json("PATCH", f"{path}/{changed}", {"text": together(then)})
        self._door.bytes("DELETE", f"{path}/{deleted}", expected=204)
        self.canaries += [*former, *then]
        self.dropped += regretted

    def _answer_changed(self) -> None:
        """An operator changes the marketing answer, and writes why."""
        reason = words("receipts.details", self.whose)
        change = {"marketing": "no", "reason": together(reason)}
        self.company.door.json("PATCH", f"/v1/visitors/{self.id}", change)
        self.canaries += reason

    def send(self) -> None:
        """Sends files of every kind, and is sent one; then they are looked at, as they are kept."""
        operators = self.company.door
        self.sent = sending.send(self._door, operators, self.chat_id, self.whose)
        for each in self.sent:
            self.canaries += each.kept(operators, self.whose)
            self.dropped += each.file.dropped

    def ask(self) -> None:
        """Asks for a right, and is restricted for a moment."""
        self.request, planted = asking.ask(self.company.door, self.id, self.whose)
        self.canaries += planted

    def close(self) -> None:
        """Closes the visitor's connections."""
        self._door.close()

    def search_for(self) -> None:
        """Operators look for the person; what they looked for must stay nowhere."""
        email = next(each for each in self.canaries if each.field == "visitors.email")
        first = next(each for each in self.canaries if each.field == "events.params")
        for path in ("/v1/visitors?email=", "/v1/visitors?q=", "/v1/chats?view=all&q="):
            sought = email if "email" in path else first
            self.company.door.json("GET", path + _quoted(sought.text))

    def shown(self) -> dict[str, bytes]:
        """Returns what the product shows operators of the person, by what it is."""
        door = self.company.door
        found = asking.shown(door, self.id, self.request) if self.request else {}
        for path in (
            f"/v1/visitors/{self.id}",
            f"/v1/visitors/{self.id}/receipts",
            f"/v1/chats/{self.chat_id}",
            *(path for each in self.sent for path in each.paths()),
        ):
            found[path] = door.bytes("GET", path)
        after = ""
        while True:
            path = f"/v1/chats/{self.chat_id}/events?limit=200{after}"
            found[path] = door.bytes("GET", path)
            further = door.json("GET", path)["next"]
            if further is None:
                return sending.with_pixels(found)
            after = f"&after={further}"

    def copies(self) -> dict[str, bytes]:
        """Returns the copies that are handed out of the person, by what they are."""
        door = self.company.door
        copies = {
            "the chat as a file": door.bytes("GET", f"/v1/chats/{self.chat_id}/export"),
            "the chat with its files": door.bytes(
                "GET", f"/v1/chats/{self.chat_id}/export?files=true"
            ),
            "the person as a file": door.bytes("GET", f"/v1/visitors/{self.id}/export"),
            "the visitor's own copy": self._door.bytes("GET", "/v1/widget/me/export"),
        }
        return sending.with_pixels(copies)

    def erase(self) -> dict[str, Any]:
        """Erases the person as an owner would; returns the erasure, certified."""
        asked = self.company.door.json("DELETE", f"/v1/visitors/{self.id}", expected=202)
        return self.company.door.until(f"/v1/erasures/{asked['erasure']['id']}", "live", "final")

    def statuses_when_gone(self) -> dict[str, int]:
        """Returns what the product answers when it is asked for the person."""
        own = {"the visitor's own token": self._door.status("GET", "/v1/widget/me")}
        paths = (
            f"/v1/visitors/{self.id}",
            f"/v1/chats/{self.chat_id}",
            f"/v1/chats/{self.chat_id}/events",
            f"/v1/visitors/{self.id}/export",
            *(path for each in self.sent for path in each.paths()),
        )
        return own | {path: self.company.door.status("GET", path) for path in paths}

    def found_by_search(self) -> int:
        """Returns how many visitors and chats the product's own search still finds."""
        email = next(each for each in self.canaries if each.field == "visitors.email")
        first = next(each for each in self.canaries if each.field == "events.params")
        door = self.company.door
        visitors = door.json("GET", f"/v1/visitors?email={_quoted(email.text)}")["items"]
        chats = door.json("GET", f"/v1/chats?view=all&q={_quoted(first.text)}")["items"]
        return len(visitors) + len(chats)


def _quoted(text: str) -> str:
    return quote(text, safe="")
