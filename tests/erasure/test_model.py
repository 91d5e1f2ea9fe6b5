"""A model of what everybody sees, and the product beside it: they agree after every step.

Steps: come, say, answer, identify, consent, withdraw, restrict, lift, hold, release, erase, and
(with `CHATHAVEN_MODEL_CRASHES=on`, on a server of its own) kill and start again.
`CHATHAVEN_MODEL_EXAMPLES=200` plays more games than the suite does. Merging contacts, editing and
deleting messages are no parts of the product yet.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.driving import Account, Server, VisitorClient, all_items, json_of, sign_up, visit
from tests.ground import private_folder

pytestmark = pytest.mark.slow
EXAMPLES = int(os.environ.get("CHATHAVEN_MODEL_EXAMPLES", "6"))
CRASHES = os.environ.get("CHATHAVEN_MODEL_CRASHES") == "on"
MOST = 3
QUESTION = {"enabled": True, "texts": {"en": "May we write to you about offers?"}}
PICK = st.integers(0, 99)
TEXT = st.text("abc äß漢🙂", min_size=1, max_size=12).filter(lambda text: text.strip() != "")


@dataclass
class Known:
    """One person as the model knows them."""

    client: VisitorClient
    chat_id: str
    name: str | None = None
    said: list[tuple[str, str]] = field(default_factory=list)
    marketing: str | None = None
    restricted: bool = False
    holds: list[str] = field(default_factory=list)
    erasure: str | None = None
    gone: bool = False

    @property
    def hidden(self) -> bool:
        """Whether operators see nothing of them."""
        return self.gone or self.restricted or bool(self.holds)


def until_gone(account: Account, erasure: str) -> None:
    deadline = time.monotonic() + 90
    while json_of(account.http.get(f"/v1/erasures/{erasure}"))["status"] not in {"live", "final"}:
        assert time.monotonic() < deadline, "the erasure did not come to its end"
        time.sleep(0.02)


class Game(RuleBasedStateMachine):
    """Plays one game on the server that the test gives it."""

    server: Server
    account: Account

    @initialize()
    def begin(self) -> None:
        """A new account that asks the marketing question."""
        self.account = sign_up(self.server)
        asked = {"email_request": {"enabled": True, "marketing": QUESTION}}
        json_of(self.account.http.patch("/v1/settings", json=asked))
        self.people: list[Known] = []

    def one(self, pick: int) -> Known:
        return self.people[pick % len(self.people)]

    @precondition(lambda self: len(self.people) < MOST)
    @rule()
    def come(self) -> None:
        """Somebody comes."""
        client = visit(self.server, self.account.site_key)
        self.people.append(Known(client, client.chat_id))

    @precondition(lambda self: self.people)
    @rule(pick=PICK, text=TEXT)
    def say(self, pick: int, text: str) -> None:
        """A visitor writes: refused while restricted, and when erased."""
        person = self.one(pick)
        body = {"id": str(uuid4()), "text": text}
        answer = person.client.http.post("/v1/widget/me/messages", json=body)
        if person.erasure is not None:
            assert answer.status_code == 401
        elif person.hidden:
            assert (answer.status_code, answer.json()["code"]) == (409, "processing_restricted")
        else:
            assert answer.status_code == 201, answer.text
            person.said.append(("visitor", text))

    @precondition(lambda self: self.people)
    @rule(pick=PICK, text=TEXT)
    def answer(self, pick: int, text: str) -> None:
        """An operator writes: to whom they see."""
        person = self.one(pick)
        body = {"id": str(uuid4()), "text": text}
        path = f"/v1/chats/{person.chat_id}/messages"
        status = self.account.http.post(path, json=body).status_code
        # A chat is there with its first message.
        if person.hidden or not person.said:
            assert status in ({404} if person.hidden else {201, 404})
        else:
            assert status == 201
        if status == 201:
            person.said.append(("operator", text))

    @precondition(lambda self: self.people)
    @rule(pick=PICK, name=TEXT)
    def identify(self, pick: int, name: str) -> None:
        """A visitor says their name: as long as they are there, restricted or not."""
        person = self.one(pick)
        answer = person.client.http.patch("/v1/widget/me", json={"name": name})
        assert answer.status_code == (401 if person.erasure is not None else 200), answer.text
        if person.erasure is None:
            person.name = name.strip()

    @precondition(lambda self: self.people)
    @rule(pick=PICK, answer=st.sampled_from(["yes", "no"]))
    def consent(self, pick: int, answer: str) -> None:
        """A visitor consents, refuses, or withdraws."""
        person = self.one(pick)
        given = person.client.http.patch("/v1/widget/me", json={"marketing": answer})
        assert given.status_code == (401 if person.erasure is not None else 200), given.text
        if person.erasure is None:
            person.marketing = answer

    @precondition(lambda self: self.people)
    @rule(pick=PICK)
    def restrict(self, pick: int) -> None:
        """An owner restricts somebody; twice is once."""
        person = self.one(pick)
        body = {"ground": "accuracy", "reason": "It is contested"}
        path = f"/v1/visitors/{person.client.visitor_id}/restriction"
        status = self.account.http.post(path, json=body).status_code
        assert status == (404 if person.gone else 201)
        person.restricted = person.restricted or not person.gone

    @precondition(lambda self: self.people)
    @rule(pick=PICK)
    def lift(self, pick: int) -> None:
        """An owner lifts a restriction; holds stay."""
        person = self.one(pick)
        path = f"/v1/visitors/{person.client.visitor_id}/restriction"
        status = self.account.http.delete(path).status_code
        assert status == (204 if person.restricted and not person.gone else 404)
        person.restricted = False

    @precondition(lambda self: self.people)
    @rule(pick=PICK)
    def hold(self, pick: int) -> None:
        """An owner puts somebody on hold, once more each time."""
        person = self.one(pick)
        review = (datetime.now(UTC) + timedelta(days=30)).isoformat()
        path = f"/v1/visitors/{person.client.visitor_id}/holds"
        answer = self.account.http.post(path, json={"matter": "A dispute", "review_at": review})
        if person.gone:
            assert answer.status_code == 404
        else:
            person.holds.append(json_of(answer, 201)["id"])

    @precondition(lambda self: any(person.holds for person in self.people))
    @rule(pick=PICK)
    def release(self, pick: int) -> None:
        """A hold ends; an erasure that waited for the last one runs."""
        held = [person for person in self.people if person.holds]
        person = held[pick % len(held)]
        hold = person.holds.pop(pick % len(person.holds))
        assert self.account.http.delete(f"/v1/holds/{hold}").status_code == 204
        if person.erasure is not None and not person.holds:
            until_gone(self.account, person.erasure)
            person.gone = True

    @precondition(lambda self: self.people)
    @rule(pick=PICK)
    def erase(self, pick: int) -> None:
        """Somebody is erased, or waits for the end of a hold."""
        person = self.one(pick)
        answer = self.account.http.delete(f"/v1/visitors/{person.client.visitor_id}")
        if person.gone:
            assert answer.status_code == 404
            return
        erasure = json_of(answer, 202)["erasure"]
        assert person.erasure in {None, erasure["id"]}
        person.erasure = erasure["id"]
        if person.holds:
            assert erasure["status"] == "waiting"
            return
        until_gone(self.account, erasure["id"])
        person.gone, person.restricted = True, False

    @precondition(lambda self: CRASHES and self.people)
    @rule()
    def crash(self) -> None:
        """The server is killed and starts again."""
        self.server.restart()

    @invariant()
    def everybody_sees_what_the_model_says(self) -> None:
        """Operators and visitors see exactly what they should."""
        people = getattr(self, "people", [])
        if not people:
            return
        listed = {each["id"] for each in all_items(self.account.http, "/v1/chats", view="all")}
        expected = {p.chat_id for p in people if p.said and not p.hidden}
        assert listed & {p.chat_id for p in people if p.said} == expected
        for person in people:
            self._operators_see(person)
            self._visitor_sees(person)

    def _operators_see(self, person: Known) -> None:
        found = self.account.http.get(f"/v1/visitors/{person.client.visitor_id}")
        assert found.status_code == (404 if person.hidden else 200)
        if not person.hidden:
            view = found.json()
            assert view["name"] == person.name
            assert (view["marketing"] or {}).get("answer") == person.marketing
            if person.said:
                assert _said(self.account.events(person.chat_id)) == person.said

    def _visitor_sees(self, person: Known) -> None:
        me = person.client.http.get("/v1/widget/me")
        if person.erasure is not None:
            assert me.status_code == 401
            return
        view = json_of(me)
        assert view["visitor"]["name"] == person.name
        assert (view["marketing"] or {}).get("answer") == person.marketing
        assert _said(person.client.events()) == person.said
        stands = view["restriction"]
        assert (stands is not None) == (person.restricted or bool(person.holds))
        assert stands is None or stands["held"] == bool(person.holds)

    def teardown(self) -> None:
        """Lets everybody go."""
        for person in getattr(self, "people", []):
            person.client.http.close()
        self.account.http.close()


def _said(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    kinds = {"visitor-message": "visitor", "operator-message": "operator"}
    return [(kinds[e["type"]], e["params"]["text"]) for e in events if e["type"] in kinds]


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Iterator[Server]:
    """The shared server, or one of its own that may be killed."""
    if not CRASHES:
        yield request.getfixturevalue("server")
        return
    with private_folder() as folder, Server(folder) as server:
        yield server


def test_model_and_product_agree(stage: Server) -> None:
    class Here(Game):
        server = stage

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
