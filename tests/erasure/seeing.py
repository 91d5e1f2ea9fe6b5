"""What everybody sees of the product, held against what the model says."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
from hypothesis.stateful import RuleBasedStateMachine, invariant

from tests.driving import Account, Server, all_items, json_of
from tests.erasure.known import OPERATOR, VISITOR, Known, Said, World

UNDER_WAY = {"waiting", "queued", "running"}
Refusal = tuple[int, str | None]
"""A status, and the code of its problem where it is of interest."""


class Seeing(RuleBasedStateMachine):
    """A game on the server that the test gives it: what is looked at after every step."""

    server: Server
    account: Account
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    @invariant()
    def everybody_sees_what_the_model_says(self) -> None:
        """Operators and visitors see exactly what they should."""
        people = self.world.people
        if not people:
            return
        chats = {each["id"]: each for each in all_items(self.account.http, "/v1/chats", view="all")}
        # A chat may be listed before anything was said: for a name, say.
        said = {p.chat_id for p in people if p.said}
        assert chats.keys() & said == {p.chat_id for p in people if p.said and not p.hidden}
        visitors = {each["id"] for each in all_items(self.account.http, "/v1/visitors")}
        assert visitors == {p.id for p in people if not p.hidden and self.world.alone(p)}
        for person in people:
            self._operators_see(person, chats.get(person.chat_id) if person.said else None)
            self._visitor_sees(person)
        self._those_who_care_see()
        talked = [person for person in people if any(text for _, text in person.texts)]
        # Whoever is there and hidden is what a search might find; of others one is enough.
        for person in sorted(talked, key=lambda p: (not p.kept_apart, p.gone))[:1]:
            self._search_finds(person)

    def _those_who_care_see(self) -> None:
        """One list alone shows who is restricted or held, and whose erasure waits."""
        listed = all_items(self.account.http, "/v1/restrictions")
        stands = Counter((each["visitor"]["id"], each["kind"]) for each in listed)
        assert stands == Counter(
            {(p.id, kind): count for p in self.world.people for kind, count in p.standing.items()}
        )
        waiting = {each["visitor"]["id"] for each in listed if each["erasure_waits"]}
        assert waiting == {p.id for p in self.world.people if p.asked and p.holds}

    def _search_finds(self, person: Known) -> None:
        """What somebody said last is found with them, and with nobody who is hidden."""
        words = next(text for _, text in reversed(person.texts) if text)
        asked = {"view": "all", "q": words}
        found = {each["id"] for each in all_items(self.account.http, "/v1/chats", **asked)}
        wanted = words.strip().casefold()
        seen = [p for p in self.world.people if p.said and not p.hidden]
        assert found & {p.chat_id for p in self.world.people if p.said} == {
            p.chat_id for p in seen if p.says(wanted)
        }

    def _operators_see(self, person: Known, chat: dict[str, Any] | None) -> None:
        found = self.account.http.get(person.path)
        assert found.status_code == (404 if person.hidden else 200)
        if person.hidden:
            return
        view = found.json()
        assert view["name"] == person.name
        assert (view["marketing"] or {}).get("answer") == person.marketing
        assert view["merged_into"] == person.into
        assert {each["id"] for each in view["merged"]} == {p.id for p in self.world.merged(person)}
        if chat is not None:
            assert chat["unread"] == person.unread
            assert texts(self.account.events(person.chat_id)) == person.texts
            assert texts([chat["last_event"]]) == person.texts[-1:]

    def _visitor_sees(self, person: Known) -> None:
        me = person.client.http.get("/v1/widget/me")
        if person.asked:
            assert me.status_code == 401
            return
        view = json_of(me)
        assert view["visitor"]["name"] == person.name
        assert (view["marketing"] or {}).get("answer") == person.marketing
        proofs = [each["answer"] for each in view["receipts"] if each["subject"] == "marketing"]
        assert next(iter(proofs), None) == person.proof
        assert texts(person.client.events()) == person.texts
        stands = view["restriction"]
        assert (stands is not None) == person.kept_apart
        assert stands is None or stands["held"] == bool(person.holds)

    def send(self, person: Known, said: Said, text: str) -> httpx.Response:
        """Sends a message of a visitor."""
        body = {"id": said.id, "text": text}
        return person.client.http.post("/v1/widget/me/messages", json=body)

    def message(self, pick: int, which: int) -> tuple[Known, Said]:
        """Returns somebody's message, whoever wrote it."""
        talking = [person for person in self.world.people if person.said]
        person = talking[pick % len(talking)]
        return person, person.said[which % len(person.said)]

    def at(self, person: Known, said: Said, side: str) -> tuple[httpx.Client, str]:
        """Returns the browser of one side, and a message's address there."""
        if side == VISITOR:
            return person.client.http, f"/v1/widget/me/messages/{said.id}"
        return self.account.http, f"/v1/chats/{person.chat_id}/messages/{said.id}"

    def until_gone(self, person: Known) -> None:
        """Waits until every erasure is done that waits for no hold; the person is gone then."""
        deadline = time.monotonic() + 90
        waiting = sum(each.asked and bool(each.holds) for each in self.world.people)
        while len(self._erasures(under_way=True)) > waiting:
            assert time.monotonic() < deadline, "the erasure did not come to its end"
            time.sleep(0.02)
        for done in self._erasures(under_way=False):
            assert all(store["verified"] for store in done["receipts"])
        self.world.let_go(person)

    def find_holds(self) -> None:
        """Learns the holds that stand after a restore: those that came since have new ids.

        Whoever is one person ends those that began together by whichever of their ids.
        """
        shared: dict[tuple[str, str], str] = {}
        for person in self.world.people:
            if person.gone:
                continue
            listed = json_of(self.account.http.get(f"{person.path}/restrictions"))["items"]
            stands = [e for e in listed if e["kind"] == "hold" and e["lifted_at"] is None]
            assert len(stands) == len(person.holds) + person.times_held
            whose = person.into or person.id
            person.holds = {shared.setdefault((whose, e["began_at"]), e["id"]) for e in stands}
            person.times_held = 0

    def _erasures(self, *, under_way: bool) -> list[dict[str, Any]]:
        found = all_items(self.account.http, "/v1/erasures")
        return [each for each in found if (each["status"] in UNDER_WAY) == under_way]

    def teardown(self) -> None:
        """Lets everybody go."""
        for person in self.world.people:
            person.client.http.close()
        if hasattr(self, "account"):
            self.account.http.close()


def texts(events: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    """Returns who said what; what was deleted has no text."""
    kinds = {"visitor-message": VISITOR, "operator-message": OPERATOR}
    return [(kinds[e["type"]], e["params"].get("text")) for e in events if e["type"] in kinds]


def told(answer: httpx.Response) -> Refusal:
    """Returns the status and the code of a refusal."""
    return answer.status_code, answer.json()["code"]


def agrees(answer: httpx.Response, expected: Refusal) -> bool:
    """Whether an answer is as expected; without a code the status alone is compared."""
    status, code = expected
    return answer.status_code == status and (code is None or answer.json()["code"] == code)
